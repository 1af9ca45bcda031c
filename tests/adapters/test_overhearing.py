"""What people say in threads, as they say it: chatter is let be, questions are heard, and the rest may be one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.emoji import without_names
from adapters.overhearing import overheard

CHATTER = (
    "", " ", "...", ":+1:", ":pray:", ":tada::tada: :+1::skin-tone-2:", "👍", "🙏🏽 🎉",
    "https://wiki.example/page?id=1", "thanks :pray:", "thanks", "Thank you so much!", "thx, that worked",
    "thx a lot everyone", "great, thanks!", "got it thanks", "cheers mate", "many thanks, Ben",
    "yes, in 5 minutes", "yes", "Yep, I did that yesterday", "lol", "lol nice one", "haha yes", "hahaha", "ok",
    "OK.", "ok will do", "ok, let me know when you are done", "okay cool", "will do", "Will do!", "+1",
    "+1 from me", "sounds good", "sounds good to me", "makes sense", "nice", "Perfect!", "super, danke", "sure",
    "no, that is the old one", "nope", "no worries", "np", "I'll check with Tom", "let me check", "on it",
    "on my way", "I'm done", "brb", "see you tomorrow", "good morning everyone", "hi all",
    "hey team, standup moved to 10", "bye", "have a nice weekend", "how are you", "good point",
    "that worked, thanks", "that works for me", "it's fine", "me too", "yes, what a mess", "who knows",
    "congrats Eve", "fyi the room changed", "danke", "Danke dir!", "vielen Dank euch", "ja, in 5 Minuten",
    "ja genau", "alles klar", "passt", "mach ich", "moin", "guten Morgen zusammen", "bis gleich",
    "schönes Wochenende", "kein Problem", "super!", "gute Idee, danke", "bin gleich da",
    "Tut mir leid, ich bin spät dran", "genau, das war es", "wird gemacht", "haha ja",
    "I\N{RIGHT SINGLE QUOTATION MARK}ll do it", "ok\nthanks", "I don't know", "weiß nicht, sorry", "maybe",
    "ah ok", "oh nice", "in 5 minutes", "not yet", "great question!", "that answers my question, thanks",
)  # fmt: skip
PERHAPS = (
    "and in Europe", "for the second one too", "same for Windows", "super admin rights", "top-level domains",
    "on IT equipment", "the backup runs at night", "I think that changed last year",
    "no, I meant the staging cluster", "ok, and in Europe", "what a day", "what you said", "when I get back",
    "should be fine", "lunch at 12", "we moved it to Thursday", "ok?", "hi?", "thanks?", "und in Europa",
    "auch für Windows", "welcome pack for new hires", "how are you?", "please tell me when you are done",
    "std::map::find",
)  # fmt: skip
QUESTIONS = (
    "who approves it", "what about the second one", "tell me more about backups", "and in Europe?", "Really?",
    "how long do keys live", "When do deploys happen", "and who approves them", "thanks, and who approves it?",
    "ok, what about Windows", "thx! how do I renew it", "yes, but where is it written?",
    "hi, where is the leave policy", "please explain the second step", "show me the steps", "is there a limit",
    "can I carry days over", "do we pay for that", "what's the limit", "whose budget is that", "why",
    "which one", "I'd like to know how backups work", "more details on the rollback", "summarise that",
    "does it work on Windows", "list all approvers", "what does :eyes: mean", "wer genehmigt das",
    "wie lange gelten Schlüssel", "und wo steht das", "was ist mit dem zweiten", "danke, und wann läuft es ab?",
    "erkläre das genauer", "gibt es eine Frist", "mehr zu Backups", "sag mir wo das steht", "haben wir das",
)  # fmt: skip


@pytest.mark.parametrize("said", CHATTER)
def test_chatter_is_let_be(said: str) -> None:
    assert overheard(said) == "chatter"


@pytest.mark.parametrize("said", PERHAPS)
def test_what_may_be_a_question_is_looked_into(said: str) -> None:
    assert overheard(said) == "perhaps"


@pytest.mark.parametrize("said", QUESTIONS)
def test_a_question_or_a_request_is_heard_without_a_question_mark_too(said: str) -> None:
    assert overheard(said) == "question"


PIECES = st.sampled_from([*CHATTER, *QUESTIONS, "?", "ok", "ha", "also", "please", " ", ":", "x" * 99])


@given(st.lists(PIECES, max_size=60))
def test_nothing_that_is_said_takes_long_or_breaks_it(said: list[str]) -> None:
    assert overheard(" ".join(said)) in {"chatter", "perhaps", "question"}


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (":wave:", ""),
        ("ok :+1::skin-tone-2: then", "ok   then"),
        ("std::map::find at 10:30:15", "std::map::find at 10:30:15"),
        ("note: this", "note: this"),
    ],
)
def test_emoji_written_as_names_are_told_from_other_colons(said: str, left: str) -> None:
    assert without_names(said).strip() == left
