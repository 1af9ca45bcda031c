"""The terminal as a platform: one person, one answer at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias, assert_never

from adapters.audience import NOBODY, Reader, Room, audience
from adapters.base import Adapter, MessageRef, Person, Place, Posted, Question, Rated, Stopped, Wanted
from adapters.escaping import safe_line
from adapters.plain import rendered
from adapters.spending import sentences
from adapters.terminal.commands import HELP, Ask, Command, Nothing, Rate, Resume, Unclear, read
from adapters.terminal.interrupts import interrupts
from adapters.terminal.lines import Key
from adapters.terminal.screen import Screen
from adapters.terminal.showing import show
from adapters.wishes import Conversations, History, Used

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence
    from datetime import datetime

    from rich.console import Console

    from adapters.base import Audience, Desk, Event, Journal, Notice
    from adapters.parts import Part
    from adapters.terminal.commands import Line
    from adapters.terminal.lines import Lines
    from adapters.terminal.showing import Shown
    from adapters.wishes import Past

PLATFORM: Final = "terminal"
_PROMPT = "> "
_CLIPPED = 60
_Happenings: TypeAlias = asyncio.Queue[Literal["ended", "interrupted"]]
_RATEABLE = {"answered", "unknown", "stopped", "cut"}
_BROKEN = {"failed", "cut", "paused", "limited"}


class Terminal(Adapter):
    """Reads lines, shows answers. Ids and the time come from outside, so that tests can say what they are.

    ``failed`` says whether a line of a pipe got no whole answer; at a keyboard, a person has seen so.
    """

    name = PLATFORM
    anywhere = False  # what was asked here is answered here

    def __init__(  # noqa: PLR0913 - all that the outside world is, keyword-only
        self,
        *,
        team: str,
        user: str,
        lines: Lines,
        console: Console,
        now: Callable[[], datetime],
        token: Callable[[], str],
    ) -> None:
        """Be ``user``'s terminal in ``team``; ``token`` gives a new id each time, ``now`` an aware time."""
        self._team = team
        self._person = Person(id=user, name=user)
        self._lines = lines
        self._screen = Screen(console)
        self._now = now
        self._token = token
        self._conversation = self._new()
        self._overview: Sequence[Past] = ()
        self._last: Shown | None = None
        self._hinted = False
        self._asked: str | None = None
        self._ours: set[str] = set()
        self._put_off: set[str] = set()
        self._offered: str | None = None
        self._happened = _Happenings()
        self._notices: deque[str] = deque()
        self._typing = asyncio.Lock()
        self._showing = asyncio.Lock()
        self.failed = False

    async def __aenter__(self) -> Self:
        """Need nothing."""
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Hold nothing."""

    async def run(self, desk: Desk, /) -> None:
        """Take in lines until they end; each answer is shown before the next line is read."""
        if self._lines.interactive:
            self._screen.say("Ask a question. /help lists the commands, Ctrl-D ends.", "dim")
        interrupted = False
        while True:
            while self._notices:
                self._screen.say(self._notices.popleft(), "dim")
            async with self._typing:
                line = await self._lines.read(_PROMPT)
            if line is Key.END or (line is Key.INTERRUPT and interrupted):
                return
            interrupted = line is Key.INTERRUPT
            if isinstance(line, Key):
                self._screen.say("Ctrl-C once more ends; so does /quit.", "dim")
            elif not await self._handle(read(line), desk):
                return

    @property
    def interactive(self) -> bool:
        """Whether a person sits here, and not a pipe."""
        return self._lines.interactive

    def notice(self, text: str, /) -> None:
        """Show a sentence that nobody asked for before the next prompt, where it is in nobody's way."""
        self._notices.append(text)

    async def reply(self, question: Question, parts: AsyncGenerator[Part], journal: Journal, /) -> None:
        """Show the parts as they come; those of an earlier chat's question between two lines, whole and by themselves.

        What scrolled away cannot be replaced, so a reply that is taken up again is shown again.
        """
        shown: Shown | None = None
        awaited = question.id == self._asked
        try:
            async with nullcontext() if awaited else self._typing, self._showing:
                await journal.before(0)
                if question.id not in self._ours:
                    self._screen.say("From an earlier chat:")
                self._repeat(question)
                shown = await show(self._screen, parts)
                await journal.after(Posted(part=0, message=self._message(question)))
                self._answered(shown, asked_here=awaited)
                if shown and shown.ending.verdict == "paused":
                    self._put_off.add(question.id)
                self._offered = question.id if shown and shown.ending.verdict == "offered" else self._offered
        finally:
            self._judge(shown)
            if question.id == self._asked:
                self._asked = None
                self._happened.put_nowait("ended")

    async def audience(self, place: Place, asker: Person, /) -> Audience:
        """Give the one person who sits here; nobody for a place that is not this terminal."""
        if place.platform != PLATFORM:
            return NOBODY
        room = Room(workspace=self._team, channel=PLATFORM, kind="direct")
        return audience(place, room, Reader(id=asker.id, standing="member"))

    async def notify(self, place: Place, notice: Notice, /) -> None:  # noqa: ARG002 - it is the only one
        """Show it before the next prompt."""
        self.notice(rendered(notice.blocks))

    def question(self, text: str) -> Question:
        """Make a question of this thread."""
        question = Question(
            id=f"{PLATFORM}:{self._token()}",
            conversation=self._conversation,
            place=self._place(),
            asker=self._person,
            text=text,
            asked_at=self._now(),
        )
        self._ours.add(question.id)
        return question

    async def _handle(self, line: Line, desk: Desk) -> bool:
        """Do what a line says; give whether to go on."""
        match line:
            case Nothing():
                pass
            case Ask():
                await self._ask(line.text, desk)
            case Rate():
                await self._rate(line, desk)
            case Resume():
                await self._resume(line.number, desk)
            case Unclear():
                self._screen.say(line.told)
            case Command():
                return await self._command(line, desk)
            case _:
                assert_never(line)
        return True

    async def _command(self, command: Command, desk: Desk) -> bool:
        match command.word:
            case "quit":
                return False
            case "help":
                self._help()
            case "new":
                self._turn_to(self._new())
                self._screen.say("A new thread.")
            case "sources":
                self._show_sources()
            case "history":
                await self._history(desk)
            case "threads":
                await self._threads(desk)
            case "usage":
                await self._usage(desk)
            case "yes":
                await self._want(desk)
            case _:
                assert_never(command.word)
        return True

    def _help(self) -> None:
        for word, meaning in HELP:
            self._screen.say(f"{word:<12}{meaning}")

    async def _usage(self, desk: Desk) -> None:
        for sentence in sentences(await desk.usage(Used(person=self._person, place=self._place()))):
            self._screen.say(sentence)

    async def _ask(self, text: str, desk: Desk) -> None:
        """Put a question and wait until its answer has been shown."""
        question = self.question(text)
        self._asked = question.id
        self._happened = happened = _Happenings()
        interrupted = False
        with interrupts(lambda: happened.put_nowait("interrupted")):
            if told := await self._refused(question, desk):
                self._repeat(question)
                self._screen.say(told)
                self._asked = None
                self._judge(None)
                return
            while await happened.get() == "interrupted":
                if interrupted:
                    raise KeyboardInterrupt  # the first one was not heard
                interrupted = True
                if self._asked:
                    await self._accepted(Stopped(question=question.id, person=self._person, workspace=self._team), desk)
        if interrupted and not self._lines.interactive:
            raise KeyboardInterrupt  # whoever interrupts a pipe wants no answers to the lines that are left

    async def _rate(self, rate: Rate, desk: Desk) -> None:
        if self._last is None:
            self._screen.say("There is no answer to rate yet.")
            return
        rated = Rated(target=self._last.ending.answer, person=self._person, vote=rate.vote, at=self._now())
        if await self._accepted(rated, desk):
            self._screen.say("Noted: this answer helped." if rate.vote == 1 else "Noted: this answer did not help.")

    async def _want(self, desk: Desk) -> None:
        if self._offered is None:
            self._screen.say("You were not asked about an old question.")
        elif await self._accepted(Wanted(question=self._offered, person=self._person, workspace=self._team), desk):
            self._screen.say("It is answered next.")
            self._offered = None

    async def _accepted(self, event: Event, desk: Desk) -> bool:
        """Hand an event over; an error that a person may read is shown, any other one is raised."""
        if told := await self._refused(event, desk):
            self._screen.say(told)
        return told is None

    async def _refused(self, event: Event, desk: Desk) -> str | None:
        """Hand an event over; give what a person may read of an error, and raise any other one."""
        try:
            await desk.accept(event)
        except Exception as error:
            told = getattr(error, "told", None)
            if not isinstance(told, str):
                raise
            return told
        return None

    def _repeat(self, question: Question) -> None:
        """Say what is answered, where that does not stand there already."""
        fresh = question.id in self._ours - self._put_off
        if not (fresh and (self._lines.interactive or self._asked is None)):
            self._screen.say(f"{_PROMPT}{safe_line(question.text)}\n")

    async def _history(self, desk: Desk) -> None:
        turns = await desk.history(self._wish())
        for turn in turns:
            self._screen.told(turn.question, turn.text, turn.verdict)
        if not turns:
            self._screen.say("This thread is empty so far.")

    async def _threads(self, desk: Desk) -> None:
        self._overview = await desk.conversations(self._all())
        for number, past in enumerate(self._overview, 1):
            here = "*" if past.conversation == self._conversation else " "
            first = safe_line(past.first_question)
            clipped = first if len(first) <= _CLIPPED else f"{first[: _CLIPPED - 1]}…"
            questions = "1 question" if past.turns == 1 else f"{past.turns} questions"
            self._screen.say(f"{here}{number:>3}  {clipped}  ({questions}, {past.last_at:%Y-%m-%d %H:%M})")
        if not self._overview:
            self._screen.say("There are no threads yet; ask a question to begin one.")

    async def _resume(self, number: int, desk: Desk) -> None:
        if not self._overview:
            self._overview = await desk.conversations(self._all())
        if number > len(self._overview):
            self._screen.say(f"There is no thread {number}; /threads lists {len(self._overview) or 'none yet'}.")
            return
        self._turn_to(self._overview[number - 1].conversation)
        await self._history(desk)

    def _wish(self) -> History:
        return History(conversation=self._conversation, person=self._person, place=self._place())

    def _all(self) -> Conversations:
        return Conversations(person=self._person, platform=PLATFORM, workspace=self._team)

    def _show_sources(self) -> None:
        if self._last and self._last.citations:
            self._screen.sources(self._last.citations, quotes=True)
        else:
            self._screen.say("The last answer cites nothing." if self._last else "There is no answer yet.")

    def _answered(self, shown: Shown | None, *, asked_here: bool) -> None:
        """Remember an answer that claims something, so that thanks after it do not take its place."""
        if shown is None or shown.ending.verdict not in _RATEABLE:
            return
        self._last = shown
        if asked_here and self._lines.interactive and not self._hinted:
            self._hinted = True
            self._screen.say("+ or - rates this answer; /sources quotes what it rests on.", "dim")

    def _judge(self, shown: Shown | None) -> None:
        if not self._lines.interactive and (shown is None or shown.ending.verdict in _BROKEN):
            self.failed = True

    def _place(self) -> Place:
        return Place(platform=PLATFORM, workspace=self._team, channel=PLATFORM, thread=self._conversation)

    def _message(self, question: Question) -> MessageRef:
        return MessageRef(platform=PLATFORM, workspace=self._team, channel=PLATFORM, message=question.id)

    def _turn_to(self, conversation: str) -> None:
        self._conversation = conversation
        self._last = None

    def _new(self) -> str:
        return f"{PLATFORM}:{self._token()}"
