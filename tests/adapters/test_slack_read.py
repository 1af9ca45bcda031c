from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from adapters.base import (
    Again,
    Deleted,
    Edited,
    Explained,
    Halted,
    MessageRef,
    Person,
    Place,
    Question,
    Rated,
    Stopped,
    Wanted,
    WantedPrivately,
)
from adapters.slack.acting import about
from adapters.slack.events import (
    Arrived,
    AskingAbout,
    Commanded,
    Disliked,
    Dropped,
    Heard,
    HomeOpened,
    Left,
    QuotesWanted,
    ReadersChanged,
    Uninstalled,
)
from adapters.slack.read import read, teams
from adapters.slack.saying import said
from tests.doubles.slack_junk import junk, spoiled_payloads
from tests.doubles.slack_payloads import (
    ALL,
    ANN,
    CHANNEL,
    DM,
    ME,
    ROOT,
    TEAM,
    TS,
    changed,
    command,
    deleted,
    envelope,
    mention,
    message,
    pressed,
    reaction,
    shortcut,
    submitted,
)

if TYPE_CHECKING:
    from adapters.slack.events import Read
    from tests.doubles.slack_payloads import Payload

NOW = datetime(2026, 11, 30, tzinfo=UTC)
WORKSPACE = f"slack:{TEAM}"
ID = f"{WORKSPACE}:{CHANNEL}:{TS}"
PERSON = Person(id=ANN, name=ANN)
NAMED = Person(id=ANN, name="ann")
KNOWN = (
    *(Question, Edited, Deleted, Stopped, Wanted, Rated, Heard, Commanded, Again, AskingAbout, Halted, Disliked),
    *(Explained, WantedPrivately, QuotesWanted, HomeOpened, Arrived, Left, ReadersChanged, Uninstalled, Dropped),
)


def _read(payload: object) -> Read:
    return read(payload, ME, NOW)


def _event(event: Payload) -> Read:
    return _read(envelope(event))


def _why(given_: Read) -> str:
    assert isinstance(given_, Dropped)
    return given_.why


def test_a_mention_is_a_question_in_its_thread() -> None:
    assert _event(mention()) == Question(
        id=ID,
        conversation=ID,
        place=Place(platform="slack", workspace=WORKSPACE, channel=CHANNEL, thread=TS),
        asker=PERSON,
        text="how?",
        asked_at=datetime.fromtimestamp(1_700_000_000.0002, UTC),
    )


def test_both_events_of_a_mention_are_one_question() -> None:
    assert _event(mention()) == _event(message(text=f"<@{ME}> how?"))


def _rich(*elements: Payload) -> Payload:
    section = {"type": "rich_text_section", "elements": [*elements]}
    return {"text": "", "blocks": [{"type": "rich_text", "block_id": "b", "elements": [section]}]}


def test_what_only_blocks_say_is_said_and_mentions() -> None:
    asked = _rich(
        {"type": "user", "user_id": ME},
        {"type": "text", "text": " may <@U1> read "},
        {"type": "text", "text": "A & B", "style": {"bold": True}},
        {"type": "text", "text": " in "},
        {"type": "link", "url": "https://b.example/?a=1&b=2"},
        {"type": "emoji", "name": "wave"},
    )
    found = _event(message(**asked))
    assert isinstance(found, Question)
    assert found.text == "may <@U1> read A & B in https://b.example/?a=1&b=2:wave:"
    assert not found.overheard
    assert _event(mention(**asked)) == found


def test_a_list_that_only_blocks_hold_is_read_line_by_line() -> None:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": "how?"}]}
    listed = {"type": "rich_text_list", "style": "bullet", "elements": [section, section]}
    found = _event(mention(text="", blocks=[{"type": "rich_text", "elements": [listed]}]))
    assert isinstance(found, Question)
    assert found.text == "how?\nhow?"


def test_somebody_else_who_only_blocks_mention_is_spoken_to() -> None:
    said_ = _rich({"type": "user", "user_id": ANN}, {"type": "text", "text": " are you coming to lunch?"})
    assert _why(_event(message(**said_))) == "said to somebody else"


def test_blocks_say_nothing_where_there_are_words() -> None:
    found = _event(mention(**(_rich({"type": "text", "text": "why?"}) | {"text": f"<@{ME}> how?"})))
    assert isinstance(found, Question)
    assert found.text == "how?"


@pytest.mark.parametrize(
    "words",
    [
        *("thanks :pray:", ":+1:", "", "yes, in 5 minutes", "lol", f"<@{ANN}> are you coming to lunch?"),
        *("<!here> who is in?", "<!subteam^S0OPS|@ops> who is on call?"),
    ],
)
@pytest.mark.parametrize("thread", [{}, {"thread_ts": ROOT}])
def test_what_people_say_to_each_other_is_none_of_the_bots_business(words: str, thread: Payload) -> None:
    assert _why(_event(message(text=words, **thread))) in {"chatter", "said to somebody else"}
    assert isinstance(_event(message(text=f"{words} <@{ME}>", **thread)), Question)
    assert isinstance(_event(message(text=words, channel=DM, channel_type="im", **thread)), Question)


@pytest.mark.parametrize(
    ("words", "overheard"),
    [("and in Europe", True), ("<!date^1392734382^Posted {date}|Posted> a page", True), ("how?", False)],
)
def test_what_may_be_no_question_is_only_overheard(words: str, *, overheard: bool) -> None:
    heard = _event(message(text=words, thread_ts=ROOT))
    assert isinstance(heard, Heard)
    assert heard.question.overheard is overheard
    for asked in (mention(text=f"<@{ME}> {words}"), message(text=words, channel=DM, channel_type="im")):
        question = _event(asked)
        assert isinstance(question, Question)
        assert not question.overheard


def test_a_question_in_a_thread_belongs_to_its_conversation() -> None:
    asked = _event(mention(thread_ts=ROOT))
    assert isinstance(asked, Question)
    assert (asked.id, asked.conversation) == (ID, f"{WORKSPACE}:{CHANNEL}:{ROOT}")
    assert asked.place.thread == ROOT


def test_a_direct_message_is_a_question_and_what_is_said_elsewhere_may_be_one() -> None:
    asked = _event(message(channel=DM, channel_type="im"))
    assert isinstance(asked, Question)
    assert (asked.place.thread, asked.place.private_to) == (TS, ANN)
    assert asked.conversation == f"{WORKSPACE}:{DM}:{TS}"
    heard = _event(message(thread_ts=ROOT))
    assert isinstance(heard, Heard)
    assert heard.question.conversation == f"{WORKSPACE}:{CHANNEL}:{ROOT}"
    assert heard.question.place.private_to is None


def test_what_is_read_in_direct_messages_is_private_to_its_person() -> None:
    here = {"channel": {"id": DM, "name": "directmessage"}}
    now = {**message(), "text": f"<@{ME}> why?", "edited": {"user": ANN, "ts": "1700000009.0"}}
    made = (
        _event(message(channel=DM, thread_ts=ROOT)),
        _event(message(channel=DM, text=f"<@{ME}> stop it?")),
        _event({**changed(now, message()), "channel": DM}),
        _read(pressed("again", "a1", **here)),
        _read(pressed("quotes", "a1", **here)),
        _read(submitted("ask", f"{DM} {TS} {ROOT}", {"question": {"value": {"value": "why?"}}})),
    )
    for one in made:
        assert isinstance(one, Question | Again | QuotesWanted)
        assert (one.place.channel, one.place.private_to) == (DM, ANN)
    commanded = _read(command(channel_id=DM))
    assert isinstance(commanded, Commanded)
    assert (commanded.question.place.private_to, commanded.question.place.thread) == (ANN, None)


def test_a_button_below_a_message_that_is_no_reply_means_the_thread_below_that() -> None:
    again = _read(pressed("again", "a1", message={"type": "message", "ts": TS, "user": ME}))
    assert isinstance(again, Again)
    assert (again.place.channel, again.place.thread) == (CHANNEL, TS)


def test_a_button_that_only_one_person_sees_stands_at_a_place_of_their_own() -> None:
    whispered = {"type": "message", "message_ts": TS, "channel_id": CHANNEL, "is_ephemeral": True}
    for action in ("again", "quotes"):
        made = _read(pressed(action, "a1", container=whispered, message=None))
        assert isinstance(made, Again | QuotesWanted)
        assert made.place == Place(platform="slack", workspace=WORKSPACE, channel=ANN, private_to=ANN)


def test_an_offer_is_accepted_in_direct_messages_alone_and_answered_below_it() -> None:
    offer = {"channel": {"id": DM}, "message": {"type": "message", "ts": TS, "user": ME}}
    assert _read(pressed("privately", "q1", **offer)) == WantedPrivately(
        question="q1",
        person=NAMED,
        place=Place(platform="slack", workspace=WORKSPACE, channel=DM, thread=TS, private_to=ANN),
        conversation=f"{WORKSPACE}:{DM}:{TS}",
        at=datetime.fromtimestamp(float(TS), UTC),
    )
    assert _why(_read(pressed("privately", "q1"))) == "no offer in direct messages"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"bot_id": "B1"}, "a bot"),
        ({"subtype": "bot_message", "bot_id": "B1"}, "a message that nobody wrote"),
        ({"user": "USLACKBOT"}, "a bot"),
        ({"user": ME}, "the bot itself"),
        ({"subtype": "channel_join"}, "a message that nobody wrote"),
        ({"hidden": True}, "a message that nobody wrote"),
        ({"user": "U1:person:U2"}, "incomplete"),
        ({"ts": "soon"}, "incomplete"),
        ({"channel": None}, "incomplete"),
    ],
)
def test_what_starts_no_answer_is_dropped_with_a_reason(more: Payload, why: str) -> None:
    assert _why(_event(message(text=f"<@{ME}> how?", **more))) == why


def test_files_and_broadcasts_of_people_are_heard() -> None:
    for subtype in ("file_share", "thread_broadcast"):
        assert isinstance(_event(message(subtype=subtype, text=f"<@{ME}> x")), Question)


def test_somebody_of_the_same_enterprise_is_no_outsider() -> None:
    heard = _read(envelope(message(user_team="E1"), enterprise_id="E1"))
    assert isinstance(heard, Heard)
    assert not heard.foreign


@pytest.mark.parametrize("name", ["user_team", "source_team", "team"])
def test_another_companys_mention_is_a_question_and_what_else_they_say_is_foreign(name: str) -> None:
    assert isinstance(_event(mention(**{name: "T0ELSE"})), Question)
    heard = _event(message(**{name: "T0ELSE"}))
    assert isinstance(heard, Heard)
    assert heard.foreign


def test_the_bot_that_an_envelope_names_is_believed_where_it_is_not_known_better() -> None:
    named = envelope(message(text=f"<@{ME}> x"))
    assert isinstance(read(named, "", NOW), Question)
    assert read(named, "U0OTHER", NOW) == Dropped(why="said to somebody else")


def test_the_workspace_is_that_of_the_installation_which_is_to_see_it() -> None:
    shared = envelope(mention(team="T0X"), team_id="T0X", context_team_id="T0X")
    assert teams(shared) == (TEAM, "T0X")
    asked = _read(shared)
    assert isinstance(asked, Question)
    assert asked.place.workspace == WORKSPACE
    for name in ("authorizations", "context_team_id", "team_id"):
        shared[name] = None
    assert teams(shared) == ("T0X",)
    assert _why(_read(envelope(mention(team=None), team_id=None, authorizations=None))) == "from no workspace"
    known = read(envelope(mention(team=None), team_id=None), ME, NOW, team="T0KNOWN")
    assert isinstance(known, Question)
    assert known.place.workspace == "slack:T0KNOWN"
    form = submitted("reason", "a1", {})
    form["view"]["app_installed_team_id"] = "T0FORM"
    assert teams(form) == ("T0FORM", TEAM)


def test_stop_in_a_thread_ends_what_runs_there_and_alone_is_a_question() -> None:
    halted = Halted(conversation=f"{WORKSPACE}:{CHANNEL}:{ROOT}", person=PERSON, workspace=WORKSPACE)
    assert _event(message(thread_ts=ROOT, text="Stop!")) == halted
    asked = _event(mention(thread_ts=ROOT, text=f"<@{ME}> please stop"))
    assert isinstance(asked, Halted)
    assert asked.ask is not None
    assert (replace(asked, ask=None), asked.ask.id) == (halted, ID)
    assert _event(message(thread_ts=ROOT, text=f"<@{ME}> please stop")) == asked
    assert isinstance(_event(message(text="stop")), Heard)


def test_an_edit_says_what_the_question_is_now() -> None:
    now = {**message(), "text": f"<@{ME}> why?", "edited": {"user": ANN, "ts": "1700000009.0"}}
    assert _event(changed(now, message(text=f"<@{ME}> how?"))) == Edited(question=ID, text="why?")
    assert _event(mention(edited={"user": ANN, "ts": "1700000009.0"})) == Edited(question=ID, text="how?")


def test_an_edit_that_mentions_the_bot_anew_is_a_question_of_its_own() -> None:
    now = {**message(), "text": f"<@{ME}> how?", "edited": {"user": ANN, "ts": "1700000009.0"}}
    asked = _event(changed(now, message()))
    assert isinstance(asked, Question)
    assert asked.id == f"{ID}:1700000009.0"


def test_an_edit_that_does_not_say_what_stood_there_is_of_the_question_that_was_asked() -> None:
    now = {**message(), "text": f"<@{ME}> why?", "edited": {"user": ANN, "ts": "1700000009.0"}}
    edit = changed(now, {})
    del edit["previous_message"]
    assert _event(edit) == Edited(question=ID, text="why?")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({}, "an edit that changes no words"),
        ({"text": "x", "edited": {"user": "U0BOB", "ts": "1.0"}}, "an edit by somebody else"),
        ({"text": "x", "bot_id": "B1"}, "a bot"),
        ({"text": "x", "user": ME}, "the bot itself"),
    ],
)
def test_other_edits_are_dropped(more: Payload, why: str) -> None:
    assert _why(_event(changed({**message(), **more}, message()))) == why


def test_a_deletion_is_told_with_and_without_a_tombstone() -> None:
    assert _event(deleted(message())) == Deleted(question=ID)
    assert _event(changed({**message(), "subtype": "tombstone"}, message())) == Deleted(question=ID)
    assert _why(_event(deleted(message(user=ME)))) == "a bot's message"


@pytest.mark.parametrize(
    ("name", "kind", "vote"),
    [
        ("+1", "reaction_added", 1),
        ("thumbsup::skin-tone-2", "reaction_added", 1),
        ("-1", "reaction_added", -1),
        ("thumbsdown", "reaction_removed", 0),
    ],
)
def test_a_thumb_on_a_message_of_the_bot_is_a_vote(name: str, kind: str, vote: int) -> None:
    rated = _event(reaction(name, kind))
    assert isinstance(rated, Rated)
    assert rated.target == MessageRef(platform="slack", workspace=WORKSPACE, channel=CHANNEL, message=TS)
    assert (rated.person, rated.vote) == (PERSON, vote)


def test_other_reactions_are_dropped() -> None:
    assert _why(_event(reaction("tada"))) == "no thumb on a message"
    assert _why(_event(reaction("+1", item_user="U0BOB"))) == "on a message of somebody else"
    assert _why(_event(reaction("+1", user=ME))) == "incomplete, or the bot itself"


def test_slacks_own_stop_ends_a_conversations_answer() -> None:
    stopped = {"type": "agent_session_stopped", "channel": DM, "user": ANN, "thread_ts": ROOT, "event_ts": TS}
    assert _event(stopped) == Halted(conversation=f"{WORKSPACE}:{DM}:{ROOT}", person=PERSON, workspace=WORKSPACE)


def test_the_apps_page_is_opened() -> None:
    opened = _event({"type": "app_home_opened", "user": ANN, "channel": DM, "tab": "messages"})
    assert opened == HomeOpened(person=PERSON, workspace=WORKSPACE, channel=DM, tab="messages")


def test_coming_and_going_and_sharing_change_who_reads() -> None:
    place = Place(platform="slack", workspace=WORKSPACE, channel=CHANNEL)
    here = {"channel": CHANNEL, "team": TEAM}
    assert _event({"type": "member_joined_channel", "user": ME, **here}) == Arrived(place=place)
    assert _event({"type": "member_left_channel", "user": ME, **here}) == Left(place=place)
    readers = ReadersChanged(workspace=WORKSPACE, channel=CHANNEL)
    for kind in ("member_joined_channel", "channel_shared", "channel_unshared"):
        assert _event({"type": kind, "user": ANN, **here}) == readers
    assert _event({"type": "user_change", "user": {}}) == ReadersChanged(workspace=WORKSPACE, channel=None)


def test_a_workspace_that_removes_the_app_is_told() -> None:
    assert _event({"type": "app_uninstalled"}) == Uninstalled(workspace=WORKSPACE)
    assert _event({"type": "tokens_revoked", "tokens": {"bot": [ME]}}) == Uninstalled(workspace=WORKSPACE)
    assert _why(_event({"type": "tokens_revoked", "tokens": {"oauth": [ANN]}})) == "no token of ours"


def test_the_command_asks_with_an_address_for_the_answer() -> None:
    asked = _read(command())
    assert isinstance(asked, Commanded)
    assert (asked.response, asked.question.text, asked.question.asker) == ("https://hooks.example/1", "how?", NAMED)
    assert asked.question.id == f"{WORKSPACE}:command:1.2.abc"
    assert _read(command(command="/else")) == asked


def test_a_command_without_a_trigger_is_the_same_question_each_time_that_it_is_delivered() -> None:
    def name(at: datetime = NOW, **more: object) -> str:
        asked = read(command(trigger_id=None, **more), ME, at)
        assert isinstance(asked, Commanded)
        return asked.question.id

    assert name() == name(at=NOW + timedelta(minutes=2))
    assert name() != name(response_url="https://hooks.example/2")
    assert name(response_url=None) == name(response_url=None, at=NOW + timedelta(seconds=5))
    others: list[Payload] = [{"text": "why?"}, {"user_id": "U0BOB"}, {"channel_id": "C0ELSE"}, {"command": "/else"}]
    assert len({name(response_url=None, **other) for other in ({}, *others)}) == 5


def test_a_button_that_says_no_time_was_pressed_now() -> None:
    action = {"type": "button", "block_id": "b", "action_id": "rate", "value": "+a1"}
    assert _read(pressed("rate", "+a1", actions=[action])) == Rated(target="a1", person=NAMED, vote=1, at=NOW)
    again = _read(pressed("again", "a1", actions=[{**action, "action_id": "again", "value": "a1"}]))
    assert isinstance(again, Again)
    assert again.at == NOW
    offer = {"channel": {"id": DM}, "message": {"type": "message", "ts": TS, "user": ME}}
    wanted = _read(pressed("privately", "q1", actions=[{**action, "action_id": "privately"}], **offer))
    assert isinstance(wanted, WantedPrivately)
    assert wanted.at == NOW


def test_buttons_say_what_they_are_about() -> None:
    assert _read(pressed("stop", "q1")) == Stopped(question="q1", person=NAMED, workspace=WORKSPACE)
    assert _read(pressed("want", "q1")) == Wanted(question="q1", person=NAMED, workspace=WORKSPACE)
    up = Rated(target="a1", person=NAMED, vote=1, at=datetime.fromtimestamp(float(TS), UTC))
    assert _read(pressed("rate", "+a1")) == up
    down = _read(pressed("rate", "-a1"))
    assert isinstance(down, Disliked)
    assert down.rated is not None
    assert (down.rated.vote, down.answer, down.trigger) == (-1, "a1", "1.2.abc")
    assert down.workspace == WORKSPACE
    again = _read(pressed("again", "a1"))
    assert isinstance(again, Again)
    assert again.question == f"{WORKSPACE}:again:a1:{TS}"
    assert again.place.thread == ROOT
    assert isinstance(_read(pressed("quotes", "a1")), QuotesWanted)


def test_a_button_of_nobody_or_of_no_use_is_dropped() -> None:
    assert _why(_read(pressed("stop", "q1", user=None))) == "nobody did it"
    assert _why(_read(pressed("rate", "?a1"))) == "no vote"
    assert _why(_read(pressed("else", "x"))) == "no button of ours"
    assert _why(_read(pressed("stop", ""))) == "no button of ours"


def test_the_shortcut_asks_for_a_question_about_a_message_and_the_form_asks_it() -> None:
    asking = _read(shortcut())
    assert isinstance(asking, AskingAbout)
    assert (asking.text, asking.subject) == ("it <broke>", f"{CHANNEL} {TS} {TS}\nit <broke>")
    assert about(submitted("ask", asking.subject, {})) == "it <broke>"
    assert about(submitted("reason", asking.subject, {})) == about(submitted("ask", f"{CHANNEL} {TS} {TS}", {})) == ""
    asked = _read(submitted("ask", asking.subject, {"question": {"value": {"value": " why? "}}}))
    assert isinstance(asked, Question)
    assert (asked.text, asked.conversation) == ("why?", ID)
    assert asked.id == f"{WORKSPACE}:shortcut:{CHANNEL}:{TS}:{ANN}:V0"


@pytest.mark.parametrize("subject", ["", "C1", "C1 1.0", "C1:x 1.0 1.0", "C1 1.0 1.0 1.0", "C1 x 1.0"])
def test_a_form_about_no_message_is_dropped(subject: str) -> None:
    assert _why(_read(submitted("ask", subject, {"question": {"value": {"value": "why?"}}}))) == "incomplete"


def test_the_reason_form_is_read_as_data() -> None:
    why = {"value": {"selected_option": {"value": "wrong"}}}
    values = {"why": why, "comment": {"value": {"value": "ignore all"}}}
    explained = Explained(answer="a1", person=NAMED, reason="wrong", comment="ignore all", at=NOW)
    assert _read(submitted("reason", "a1", values)) == explained
    assert _read(submitted("reason", "a1\nC1\n1.0", values)) == explained
    shown = _read(submitted("reason", f"message {CHANNEL} {TS}\n{CHANNEL}\n", values))
    assert isinstance(shown, Explained)
    assert shown.answer == MessageRef(platform="slack", workspace=WORKSPACE, channel=CHANNEL, message=TS)
    why["value"]["selected_option"]["value"] = "made up"
    assert _why(_read(submitted("reason", "a1", values))) == "incomplete"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"<@{ME}|bot> hi", "hi"),
        ("<@U2|bob> and <@U3>", "@bob and @U3"),
        ("in <#C1|general>", "in #general"),
        ("<!here> <!subteam^S1|@ops> <!date^1^x|May>", "@here @ops May"),
        ("<https://a.example|a> <https://b.example>", "a https://b.example"),
        ("1 &lt; 2 &amp;amp; 3 &gt; 2", "1 < 2 &amp; 3 > 2"),
    ],
)
def test_words_are_read_as_a_person_reads_them(text: str, words: str) -> None:
    assert said(text, ME) == words


def test_every_payload_is_read_as_something() -> None:
    assert not [payload for payload in ALL if isinstance(_read(payload), Dropped)]
    for payload in ALL:
        _holds(payload)


def _holds(payload: object) -> None:
    made = _read(payload)
    assert isinstance(made, KNOWN)
    if isinstance(made, Question):
        assert ":" not in made.place.channel
        assert made.asker.id
    asked = made.question if isinstance(made, Heard | Commanded) else made
    if isinstance(asked, Question):
        assert asked.id.startswith(f"{asked.place.workspace}:")
        assert asked.conversation.startswith(f"{asked.place.workspace}:")


@given(junk)
def test_no_json_makes_the_reader_raise(payload: object) -> None:
    _holds(payload)


@given(spoiled_payloads())
def test_no_spoiled_payload_makes_the_reader_raise(payload: object) -> None:
    _holds(payload)
