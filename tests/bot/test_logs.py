from __future__ import annotations

import ast
import io
import json
import logging
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.ops.logs import configure, reference, referenced
from bot.ops.redaction import masked, redacted, text_hash
from knowledge.masking import MASK
from tests.doubles.scaling import QUADRATIC, slowdown

if TYPE_CHECKING:
    from bot.ops.logs import Format

ROOT = Path(__file__).resolve().parents[2]
SECRETS = [
    "xoxb-123456789012-abcdefGHIJKL",
    "xapp-1-A0123-4567-89abcdef",
    "xoxe.xoxb-1-MS0yLTEyMzQ1Njc4OTAtYWJj",
    "xoxe-1-My0xLTEyMzQ1Njc4OTAtYWJj",
    "sk-proj-abcdefghijklmnop1234",
    "pcsk_2xYz9abcdefgh_1234",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "AKIAABCDEFGHIJKLMNOP",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    "MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.GabCdE.abcdefghijklmnopqrstuvwxyz0123456789",
]

HARD = ["://", "a:", "://a", "eyJ", "sk-", "token", "token=", "bearer ", "M" * 23, "x", "@", "://:@", "xoxb-a "]


def logged(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("around", ["{}", "using {} now", '{{"x": "{}"}}', "({}), and"])
def test_a_secret_is_masked_by_its_look(secret: str, around: str) -> None:
    text = masked(around.format(secret))
    assert secret not in text
    assert MASK in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Authorization: Bearer abcdefghijklmnop1234", f"Authorization: Bearer {MASK}"),
        ("header bearer abcdefghijklmnop1234 sent", f"header bearer {MASK} sent"),
        ("postgres://bot:hunter22@db:5432/x", f"postgres://bot:{MASK}@db:5432/x"),
        ("redis://:p@ss@host", f"redis://:{MASK}@host"),
        ("password=hunter22&x=1", f"password={MASK}&x=1"),
        ('"api_key": "abcdefgh"', f'"api_key": "{MASK}"'),
        ("OPENAI_API_KEY=abcdefgh", f"OPENAI_API_KEY={MASK}"),
        ("SLACK_SIGNING_SECRET=8f742231b10e8888abcd99", f"SLACK_SIGNING_SECRET={MASK}"),
        ("'client_secret': 'abcdefgh'", f"'client_secret': '{MASK}'"),
        ("https://hooks.slack.com/commands/T1/2/abcdefgh", f"https://hooks.slack.com/{MASK}"),
        (
            "wss://wss-primary.slack.com/link/?ticket=1a2b-3c4d&app_id=1",
            f"wss://wss-primary.slack.com/link/?ticket={MASK}&app_id=1",
        ),
    ],
)
def test_a_secret_is_masked_by_its_name(text: str, said: str) -> None:
    assert masked(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "answered in 12 ms, 400 tokens: fine",
        "see https://example.org/a:b and mail me@example.org",
        "a sk-learn pipeline, a task-list, the bot conversation-history",
        "the password is in the safe",
        "Slack does not know the token: copy it anew",
        "Token: make another one",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("the token: abcdefgh", "abcdefgh"),
        ("the token: abcdefghijk is wrong", "abcdefghijk"),
        ("the token: abc4 is wrong", "abc4"),
        ("the token=abcdefgh is wrong", "abcdefgh"),
        ("SLACK_BOT_TOKEN: abcdefgh is wrong", "abcdefgh"),
        ("'token': 'abcdefgh is wrong'", "abcdefgh"),
        ("the password: swordfish was refused", "swordfish"),
        ("the secret: swordfish was refused", "swordfish"),
    ],
)
def test_a_word_that_may_be_a_secret_is_masked_however_the_sentence_goes_on(text: str, value: str) -> None:
    assert value not in masked(text)


def test_no_sentence_of_the_program_is_taken_for_a_secret() -> None:
    sources = [path for room in ("bot", "adapters", "knowledge") for path in (ROOT / room).rglob("*.py")]
    nodes = [node for path in sources for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    said = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    sentences = [text for text in said if " " in text and text.endswith((". ", ".", "! ", "? "))]
    assert len(sentences) > 1000
    plain = [text.replace("://user:password@", "://") for text in sentences]
    assert [text for text in plain if masked(text) != text] == []


def test_what_goes_by_a_secret_name_is_masked_whatever_it_is() -> None:
    value = {"slack_bot_token": "short", "nested": [{"Authorization": ["a", "b"]}], "OPENAI_API_KEY": {"a": "b"}}
    assert redacted(value) == {
        "slack_bot_token": MASK,
        "nested": [{"Authorization": MASK}],
        "OPENAI_API_KEY": MASK,
    }


def test_counts_of_tokens_stay() -> None:
    counts = {"prompt_tokens": 12, "token": 3, "tokens": 4, "took_ms": 1.5, "cut": True, "model": None}
    assert redacted(counts) == counts


def test_what_is_nested_without_end_is_masked() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert MASK in str(redacted(endless))


@given(st.text(), st.sampled_from(SECRETS), st.text())
def test_a_secret_between_spaces_never_survives(before: str, secret: str, after: str) -> None:
    assert secret not in masked(f"{before} {secret} {after}")


@given(st.lists(st.sampled_from([*SECRETS, *HARD, MASK, " ", "=", "Authorization: ", "abcdefgh12"])).map(" ".join))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize("piece", HARD)
def test_masking_takes_time_in_proportion_to_the_text(piece: str) -> None:
    assert slowdown(lambda size: masked(piece * (size // len(piece))), 40_000) < QUADRATIC


def test_lines_are_json_where_nobody_watches() -> None:
    out = io.StringIO()
    configure(level="info", stream=out)
    structlog.get_logger().info("answered", took_ms=12, token="abc")
    (line,) = logged(out)
    assert (line["event"], line["level"], line["took_ms"], line["token"]) == ("answered", "info", 12, MASK)
    assert line["timestamp"].endswith("Z")


def test_lines_are_readable_on_a_terminal() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    configure(level="info", stream=out)
    structlog.get_logger().info("answered", took_ms=12)
    assert "answered" in out.getvalue()
    assert not out.getvalue().startswith("{")


def test_the_format_can_be_forced() -> None:
    out = io.StringIO()
    configure(level="info", form="console", stream=out)
    structlog.get_logger().info("answered")
    assert not out.getvalue().startswith("{")


def test_what_is_below_the_level_is_not_logged() -> None:
    out = io.StringIO()
    configure(level="warning", stream=out)
    structlog.get_logger().info("answered")
    assert out.getvalue() == ""


def test_a_librarys_lines_are_routed_and_redacted() -> None:
    out = io.StringIO()
    configure(level="debug", stream=out)
    library = logging.getLogger("somelib")  # noqa: TID251 - as a library would
    library.info("chatter")
    library.warning("retrying with %s", "xoxb-123456789012-abcdef")
    (line,) = logged(out)
    assert (line["library"], line["level"], line["event"]) == ("somelib", "warning", f"retrying with {MASK}")


@pytest.mark.parametrize("form", ["json", "console"])
def test_secrets_in_a_traceback_are_masked(form: Format) -> None:
    out = io.StringIO()
    configure(form=form, stream=out)
    try:
        raise ValueError("refused: sk-proj-abcdefghijklmnop1234")
    except ValueError:
        structlog.get_logger().exception("failed")
    assert "sk-proj" not in out.getvalue()
    assert "ValueError" in out.getvalue()


def test_one_reference_goes_with_a_question() -> None:
    out = io.StringIO()
    configure(level="info", stream=out)
    with referenced("terminal:1") as mark:
        structlog.get_logger().info("searched")
        structlog.get_logger().info("answered")
    structlog.get_logger().info("idle")
    assert [line.get("reference") for line in logged(out)] == [mark, mark, None]
    assert mark == reference("terminal:1") != reference("terminal:2")


def test_a_hash_stands_for_a_text() -> None:
    words = f"my private question {random.random()}"  # noqa: S311 - no secret
    assert text_hash(words) == text_hash(words) != text_hash(words + "?")
    assert len(text_hash("\ud800")) == 16
