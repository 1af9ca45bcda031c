from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.base import Person, Place, Question, Rated, Stopped, Turn, Wanted
from adapters.parts import Ending, Sources, Verification
from adapters.spending import Allowance, Spending
from adapters.terminal import Terminal
from adapters.terminal.lines import Key
from adapters.wishes import Conversations, History, Past, Used
from tests.contracts.adapter import AdapterContract
from tests.doubles.adapters import AN_ANSWER, CITATIONS, MARY, NOON, RecordingDesk, Stream, a_question, said
from tests.doubles.journal import Remembering
from tests.doubles.terminal import ScriptedLines, a_console, tokens

if TYPE_CHECKING:
    import io
    from collections.abc import Sequence

    from adapters.base import Adapter, Event
    from adapters.parts import Part, Verdict


class TestTerminal(AdapterContract):
    _out: io.StringIO

    def adapter(self) -> Adapter:
        console, self._out = a_console(terminal=True)
        return Terminal(
            team="terminal:local",
            user="mary",
            lines=ScriptedLines("How do I set a key?"),
            console=console,
            now=lambda: NOON,
            token=tokens(),
        )

    def shown(self) -> str:
        return self._out.getvalue()

    def place(self) -> Place:
        return Place(platform="terminal", workspace="terminal:local", channel="terminal", thread="t1")


class TestTerminalBehindAPipe(TestTerminal):
    def adapter(self) -> Adapter:
        console, self._out = a_console()
        lines = ScriptedLines("How do I set a key?", interactive=False)
        return Terminal(
            team="terminal:local", user="mary", lines=lines, console=console, now=lambda: NOON, token=tokens()
        )


async def test_a_notice_is_shown_before_the_next_prompt() -> None:
    session = Session("How do I set a key?", "/quit")
    session.terminal.notice("The source handbook was brought up to date: 1 added.")
    shown = await session.run()
    assert shown.index("brought up to date") < shown.index("OPENAI_API_KEY")
    assert shown.count("brought up to date") == 1


class Session:
    """A terminal, a desk that answers every question with the same parts, and what was shown."""

    def __init__(
        self, *lines: str | Key, answer: Sequence[Part] = AN_ANSWER, typed: bool = True, terminal: bool = False
    ) -> None:
        console, self._out = a_console(terminal=terminal)
        self._answer = answer
        self.desk = RecordingDesk(self.on)
        self.terminal = Terminal(
            team="terminal:local",
            user="mary",
            lines=ScriptedLines(*lines, interactive=typed),
            console=console,
            now=lambda: NOON,
            token=tokens(),
        )

    async def on(self, event: Event) -> None:
        if isinstance(event, Question):
            await self.terminal.reply(event, Stream(*self._answer)(), Remembering())

    async def run(self) -> str:
        async with asyncio.timeout(30):
            await self.terminal.run(self.desk)
        return self._out.getvalue()

    @property
    def questions(self) -> list[Question]:
        return [event for event in self.desk.events if isinstance(event, Question)]


async def test_an_answer_is_shown_with_the_sources_that_it_used() -> None:
    shown = await Session("How?").run()
    assert "Set OPENAI_API_KEY.[1] Nothing else is needed.[1]" in shown
    assert "[1] Settings › Keys\n    https://docs.example/settings · changed 2026-11-21" in shown
    assert "[2]" not in shown


async def test_what_is_used_of_the_limits_is_shown_on_wish() -> None:
    session = Session("/usage")
    mine = Allowance(of="person", unit="micros", used=420_000, limit=5_000_000, resets_at=NOON)
    session.desk.spending = Spending(allowances=(mine,))
    assert "Today you have used $0.42 of $5.00 (8 %)" in await session.run()
    (wish,) = session.desk.wishes
    assert isinstance(wish, Used)
    assert (wish.person, wish.place.workspace, wish.place.channel) == (
        Person(id="mary", name="mary"),
        "terminal:local",
        "terminal",
    )


async def test_a_pipe_shows_question_and_answer_and_no_hints() -> None:
    shown = await Session("How?", typed=False).run()
    assert shown.startswith("> How?\n\nSet OPENAI_API_KEY.[1]")
    assert "rates" not in shown
    assert "Ctrl" not in shown


async def test_the_hint_on_rating_comes_once() -> None:
    shown = await Session("How?", "How?").run()
    assert shown.count("+ or - rates this answer") == 1


async def test_questions_of_one_thread_share_a_conversation_and_differ_in_id() -> None:
    session = Session("How?", "And then?", "/new", "Who?")
    await session.run()
    first, second, third = session.questions
    assert first.conversation == second.conversation != third.conversation
    assert first.place == Place(
        platform="terminal", workspace="terminal:local", channel="terminal", thread=first.conversation
    )
    assert len({first.id, second.id, third.id}) == 3


async def test_a_thumb_rates_the_last_answer() -> None:
    session = Session("How?", "+", "-")
    shown = await session.run()
    votes = [event for event in session.desk.events if isinstance(event, Rated)]
    person = votes[0].person
    assert votes == [
        Rated(target="a1", person=person, vote=1, at=NOON),
        Rated(target="a1", person=person, vote=-1, at=NOON),
    ]
    assert "this answer helped" in shown
    assert "did not help" in shown


@pytest.mark.parametrize("lines", [("+",), ("How?", "/new", "-")])
async def test_without_an_answer_there_is_nothing_to_rate(lines: tuple[str, ...]) -> None:
    session = Session(*lines)
    assert "There is no answer to rate yet." in await session.run()
    assert not [event for event in session.desk.events if isinstance(event, Rated)]


async def test_thanks_after_an_answer_do_not_take_its_place() -> None:
    session = Session("How?", "thanks", "+")
    told = (said("You are welcome."), Ending(answer="a2", verdict="told"))
    answers = iter((AN_ANSWER, told))

    async def on(event: Event) -> None:
        if isinstance(event, Question):
            await session.terminal.reply(event, Stream(*next(answers))(), Remembering())

    session.desk._then = on
    await session.run()
    assert [event.target for event in session.desk.events if isinstance(event, Rated)] == ["a1"]


@pytest.mark.parametrize(("confidence", "told"), [(0.7, True), (0.71, False)])
async def test_an_answer_that_may_not_be_relied_on_says_so(confidence: float, *, told: bool) -> None:
    session = Session("How?")
    ending = Ending(answer="a1", verdict="answered", cited=(1,), verification=Verification(confidence=confidence))

    async def on(event: Event) -> None:
        if isinstance(event, Question):
            await session.terminal.reply(event, Stream(*AN_ANSWER[:-1], ending)(), Remembering())

    session.desk._then = on
    assert ("before you rely on" in await session.run()) is told


async def test_sources_are_shown_with_their_quotes() -> None:
    shown = await Session("How?", "/sources").run()
    assert "“Set OPENAI_API_KEY to use a model.”" in shown


async def test_sources_before_any_answer_say_so() -> None:
    assert "There is no answer yet." in await Session("/sources").run()


async def test_sources_of_an_answer_that_cites_nothing_say_so() -> None:
    unknown = (said("I don't know."), Ending(answer="a1", verdict="unknown"))
    assert "cites nothing" in await Session("How?", "/sources", answer=unknown).run()


async def test_a_history_shows_this_threads_turns() -> None:
    session = Session("/history")
    turn = Turn(answer="a1", question="How?", text="I don't know.", verdict="unknown", asked_at=NOON)
    session.desk.turns["terminal:1"] = (turn,)
    shown = await session.run()
    assert "> How?\nI don't know.\n(unknown)" in shown
    [wish] = session.desk.wishes
    assert isinstance(wish, History)
    assert (wish.conversation, wish.place.workspace) == ("terminal:1", "terminal:local")


async def test_an_empty_history_says_so() -> None:
    assert "This thread is empty so far." in await Session("/history").run()


PAST = (
    Past(conversation="old", first_question="How do I\nbegin? " * 9, turns=3, last_at=NOON),
    Past(conversation="older", first_question="Who?", turns=1, last_at=NOON),
)


async def test_threads_are_listed_and_resumed_by_number() -> None:
    session = Session("/threads", "/thread 2", "And now?")
    session.desk.past = PAST
    turn = Turn(answer="a0", question="Who?", text="Mary.", verdict="answered", asked_at=NOON)
    session.desk.turns["older"] = (turn,)
    shown = await session.run()
    assert "   1  How do I begin?" in shown
    assert "(3 questions, 2026-11-21 12:00)" in shown
    assert "   2  Who?  (1 question, 2026-11-21 12:00)" in shown
    assert "> Who?\nMary." in shown
    assert [question.conversation for question in session.questions] == ["older"]
    assert isinstance(session.desk.wishes[0], Conversations)
    assert session.desk.wishes[0].person.id == "mary"


async def test_a_thread_that_does_not_exist_is_told() -> None:
    session = Session("/thread 3")
    session.desk.past = PAST
    assert "There is no thread 3; /threads lists 2." in await session.run()


async def test_without_threads_the_overview_says_so() -> None:
    assert "no threads yet" in await Session("/threads").run()


async def test_an_unknown_command_is_told_and_asks_nothing() -> None:
    session = Session("/histroy")
    assert "did you mean /history?" in await session.run()
    assert not session.desk.events


async def test_quit_ends_before_the_lines_do() -> None:
    session = Session("/quit", "How?")
    await session.run()
    assert not session.questions


async def test_the_help_lists_the_commands() -> None:
    assert "/thread N   go on with thread N" in await Session("/help").run()


async def test_two_interrupts_at_an_empty_prompt_end_and_one_hints() -> None:
    session = Session(Key.INTERRUPT, "How?", Key.INTERRUPT, Key.INTERRUPT, "Who?")
    shown = await session.run()
    assert shown.count("Ctrl-C once more ends") == 2
    assert [question.text for question in session.questions] == ["How?"]


class Told(Exception):
    told = "A question may have 10,000 characters; this one has 10,001."


async def test_a_refused_question_is_told_and_the_next_one_is_asked() -> None:
    session = Session("long", "How?", typed=False)

    async def on(event: Event) -> None:
        if isinstance(event, Question) and event.text == "long":
            raise Told
        await session.on(event)

    session.desk._then = on
    shown = await session.run()
    assert Told.told in shown
    assert "Set OPENAI_API_KEY." in shown


async def test_an_error_that_nobody_may_read_is_raised() -> None:
    session = Session("How?")

    async def on(event: Event) -> None:
        raise LookupError(event)

    session.desk._then = on
    with pytest.raises(LookupError):
        await session.run()


@pytest.mark.parametrize(
    ("verdict", "word"), [("stopped", "stopped"), ("failed", "Reference: r-7"), ("paused", "paused")]
)
async def test_how_an_answer_ended_is_said(verdict: Verdict, word: str) -> None:
    ending = Ending(answer="a1", verdict=verdict, cited=(1,), reference="r-7")
    assert word in await Session("How?", answer=(*AN_ANSWER[:-1], ending)).run()


async def test_nothing_shown_can_drive_the_terminal() -> None:
    evil = "\x1b]0;owned\x07\x9b2J\u202e"
    citation = replace(CITATIONS[0], title=evil, url=evil, quote=evil, section=(evil,), publisher=evil)
    answer: tuple[Part, ...] = (Sources(citations=(citation,)), said(evil, 1), AN_ANSWER[-1])
    session = Session(evil, "/sources", "/history", "/threads", f"/{evil}", answer=answer)
    session.desk.turns["terminal:1"] = (Turn(answer="a1", question=evil, text=evil, verdict="answered", asked_at=NOON),)
    session.desk.past = (Past(conversation="c", first_question=evil, turns=1, last_at=NOON),)
    shown = await session.run()
    assert not set(shown) & set("\x1b\x07\x9b\u202e")


async def test_the_first_interrupt_stops_the_answer_and_the_next_line_is_read() -> None:
    session = Session("How?", "+")
    stopped = asyncio.Event()

    async def parts() -> object:
        yield said("Before.")
        os.kill(os.getpid(), signal.SIGINT)
        await stopped.wait()
        yield Ending(answer="a1", verdict="stopped")

    async with asyncio.timeout(30), asyncio.TaskGroup() as group:

        async def on(event: Event) -> None:
            if isinstance(event, Question):
                group.create_task(session.terminal.reply(event, parts(), Remembering()))  # type: ignore[arg-type]
            if isinstance(event, Stopped):
                stopped.set()

        session.desk._then = on
        shown = await session.run()
    assert [type(event) for event in session.desk.events] == [Question, Stopped, Rated]
    assert "Before." in shown
    assert "stopped" in shown


async def test_after_an_answer_interrupts_are_again_for_the_handler_from_before() -> None:
    caught: list[int] = []
    outer = signal.signal(signal.SIGINT, lambda number, _: caught.append(number))
    try:
        before = signal.getsignal(signal.SIGINT)
        await Session("How?").run()
        assert signal.getsignal(signal.SIGINT) is before
        os.kill(os.getpid(), signal.SIGINT)
        assert caught == [signal.SIGINT]
    finally:
        signal.signal(signal.SIGINT, outer)


async def test_everybody_here_is_the_public_the_team_and_the_person() -> None:
    audience = await Session().terminal.audience(a_question().place, MARY)
    assert audience.everyone == {"public", "terminal:local", "terminal:local:person:mary"}


async def test_in_another_teams_terminal_nobody_reads() -> None:
    place = replace(a_question().place, workspace="terminal:other")
    assert (await Session().terminal.audience(place, MARY)).everyone == frozenset()


async def test_a_terminal_sees_the_status_while_it_lasts() -> None:
    shown = await Session("How?", terminal=True).run()
    assert 0 < shown.find("searching …") < shown.find("reading 2 sources …") < shown.find("writing …")
    assert shown.rfind("writing …") < shown.rfind("Set OPENAI_API_KEY.")


async def test_a_pipe_sees_no_status() -> None:
    assert "searching" not in await Session("How?", typed=False).run()


async def test_an_answer_after_a_pause_comes_with_its_question() -> None:
    session = Session("How?", answer=(Ending(answer="a1", verdict="paused"),))
    before = await session.run()
    assert "> How?" not in before
    await session.terminal.reply(session.questions[0], Stream(*AN_ANSWER)(), Remembering())
    shown = session._out.getvalue().removeprefix(before)
    assert shown.startswith("> How?")
    assert "Set OPENAI_API_KEY." in shown


async def test_an_answer_that_was_not_asked_at_the_prompt_gets_no_hint() -> None:
    console, out = a_console()
    terminal = Terminal(
        team="terminal:local", user="mary", lines=ScriptedLines(), console=console, now=lambda: NOON, token=tokens()
    )
    await terminal.reply(terminal.question("How?"), Stream(*AN_ANSWER)(), Remembering())
    assert "Set OPENAI_API_KEY." in out.getvalue()
    assert "rates" not in out.getvalue()


async def test_a_pipe_gets_long_lines_whole() -> None:
    long = "word " * 100
    shown = await Session(long, answer=(said(long), AN_ANSWER[-1]), typed=False).run()
    assert [len(line) for line in shown.splitlines() if "word" in line] == [501, 500]


@pytest.mark.parametrize(
    ("verdict", "failed"),
    [
        ("answered", False),
        ("unknown", False),
        ("told", False),
        ("stopped", False),
        ("cut", True),
        ("failed", True),
        ("paused", True),
    ],
)
async def test_a_pipe_remembers_whether_any_line_got_no_whole_answer(verdict: Verdict, *, failed: bool) -> None:
    session = Session("How?", answer=(said("Well."), Ending(answer="a1", verdict=verdict)), typed=False)
    await session.run()
    assert session.terminal.failed is failed


async def test_a_pipe_remembers_an_answer_that_never_ended() -> None:
    session = Session("How?", answer=(said("Well."),), typed=False)
    await session.run()
    assert session.terminal.failed


async def test_one_whole_answer_does_not_make_up_for_one_that_failed() -> None:
    session = Session("Why?", "How?", typed=False)
    asked = iter([(said("It is down."), Ending(answer="a1", verdict="failed")), AN_ANSWER])

    async def on(event: Event) -> None:
        if isinstance(event, Question):
            await session.terminal.reply(event, Stream(*next(asked))(), Remembering())

    session.desk = RecordingDesk(on)
    await session.run()
    assert session.terminal.failed


async def test_at_a_keyboard_a_failure_is_seen_and_not_remembered() -> None:
    session = Session("How?", answer=(said("It is down."), Ending(answer="a1", verdict="failed")))
    await session.run()
    assert not session.terminal.failed


class Leftover(Session):
    """A session into which a question of an earlier chat comes as soon as somebody is at the prompt."""

    async def run_with(self, question: Question, answer: Sequence[Part]) -> str:
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            group.create_task(self.terminal.reply(question, Stream(*answer)(), Remembering()))
            await self.terminal.run(self.desk)
        return self._out.getvalue()


async def test_what_an_earlier_chat_left_is_shown_with_its_question_and_by_itself() -> None:
    left = replace(a_question("What was it?"), id="terminal:of-an-earlier-chat")
    shown = await Leftover("How?").run_with(left, (said("It was this."), AN_ANSWER[-1]))
    assert "From an earlier chat:\n> What was it?\n\nIt was this." in shown
    assert shown.count("Set OPENAI_API_KEY.") == 1


async def test_yes_has_an_old_question_answered() -> None:
    left = replace(a_question("What was it?"), id="terminal:old")
    session = Leftover("How?", "/yes", "/yes")
    shown = await session.run_with(left, (said("Still?"), Ending(answer="a9", verdict="offered")))
    assert [event.question for event in session.desk.events if isinstance(event, Wanted)] == ["terminal:old"]
    assert "/yes has it answered." in shown
    assert "It is answered next." in shown
    assert "You were not asked about an old question." in shown
