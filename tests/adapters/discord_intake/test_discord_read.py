from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

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
from adapters.discord import kit
from adapters.discord.acting import ASK, REASON, sees
from adapters.discord.base import Spot
from adapters.discord.events import (
    AskingAbout,
    Commanded,
    Disliked,
    Dropped,
    Heard,
    PageWanted,
    Pressed,
    QuotesWanted,
    Suggesting,
    Where,
)
from adapters.discord.payload import moment, snowflake, when
from adapters.discord.read import idle, placed, read
from adapters.discord.saying import said
from tests.doubles.discord_junk import spoiled
from tests.doubles.discord_payloads import (
    ANN,
    ANSWER,
    APP,
    BOB,
    CHANNEL,
    DM,
    GUILD,
    INTERACTION,
    ME,
    MESSAGE,
    MY_ROLE,
    THREAD,
    about,
    ask,
    direct,
    edited,
    form,
    in_direct,
    in_thread,
    mention,
    message,
    page,
    pressed,
    reaction,
    replying,
    typing,
    user,
)

if TYPE_CHECKING:
    from adapters.discord.events import Read
    from tests.doubles.discord_payloads import Payload

WHERE = Where(me=ME, application=APP, roles=frozenset({MY_ROLE}))
NOW = when(MESSAGE)
TEXT = Spot(sort="text", channel=CHANNEL)
IN_THREAD = Spot(sort="thread", channel=CHANNEL, thread=THREAD)
ID = f"discord:{GUILD}:{CHANNEL}:{MESSAGE}"
WORKSPACE = f"discord:{GUILD}"


def _read(payload: Payload, event: str = "MESSAGE_CREATE", spot: Spot | None = TEXT) -> Read:
    (found,) = read(event, payload, WHERE, NOW, spot)
    return found


def _question(payload: Payload, spot: Spot | None = TEXT) -> Question:
    found = _read(payload, spot=spot)
    assert isinstance(found, Question)
    return found


def _acted(payload: Payload) -> Read:
    return _read(payload, "INTERACTION_CREATE", None)


def test_a_mention_in_a_channel_asks_in_the_thread_that_its_answer_makes() -> None:
    assert _question(mention()) == Question(
        id=ID,
        conversation=f"{WORKSPACE}:{MESSAGE}",
        place=Place(platform="discord", workspace=WORKSPACE, channel=CHANNEL, thread=MESSAGE),
        asker=Person(id=ANN, name="Ann A."),
        text="how long do keys live?",
        asked_at=when(MESSAGE),
    )


def test_a_mention_in_a_thread_goes_on_there() -> None:
    question = _question(mention(channel_id=THREAD), IN_THREAD)

    assert question.id == f"{WORKSPACE}:{THREAD}:{MESSAGE}"
    assert question.conversation == f"{WORKSPACE}:{THREAD}"
    assert (question.place.channel, question.place.thread) == (CHANNEL, THREAD)


def test_a_mention_where_there_are_no_threads_is_a_conversation_of_its_own() -> None:
    question = _question(mention(), Spot(sort="voice", channel=CHANNEL))

    assert question.place.thread is None
    assert question.conversation == f"{WORKSPACE}:{MESSAGE}"


def test_a_direct_message_is_its_persons_alone() -> None:
    question = _question(direct(), None)

    assert question.id == f"discord:@me:{DM}:{MESSAGE}"
    assert question.conversation == f"discord:@me:{DM}"
    assert question.place == Place(platform="discord", workspace="discord:@me", channel=DM, private_to=ANN)


def test_the_role_that_the_bot_alone_has_mentions_the_bot() -> None:
    assert _question(message(f"<@&{MY_ROLE}> how long?", mention_roles=[MY_ROLE])).text == "how long?"


def test_what_mentions_nobody_is_heard() -> None:
    found = _read(message())

    assert isinstance(found, Heard)
    assert not found.question.overheard


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (message("thanks!"), "chatter"),
        (message(""), "chatter"),
        (message(f"<@{BOB}> how long?"), "said to somebody else"),
        (message("@everyone how long?", mention_everyone=True), "said to somebody else"),
        (message("<@&5> how long?"), "said to somebody else"),
        (replying("how long?", message(author=user(BOB))), "said to somebody else"),
        (mention(author=user(ME)), "the bot itself"),
        (mention(author=user(BOB, bot=True)), "a bot"),
        (mention(webhook_id="5"), "a webhook"),
        (mention(type=21), "a message that nobody wrote"),
        (mention(type=18), "a message that nobody wrote"),
        (mention(type=True), "a message that nobody wrote"),
        (mention(id=None), "incomplete"),
    ],
)
def test_what_starts_nothing_is_dropped_with_its_reason(payload: Payload, why: str) -> None:
    assert _read(payload) == Dropped(why=why)


def test_in_a_channel_that_nobody_knows_nothing_is_asked() -> None:
    assert isinstance(_read(mention(), spot=None), Dropped)


def test_only_what_people_write_in_guilds_needs_to_be_placed() -> None:
    assert placed("MESSAGE_CREATE", mention(), WHERE) == (GUILD, CHANNEL)
    assert placed("MESSAGE_CREATE", direct(), WHERE) is None
    assert placed("MESSAGE_CREATE", mention(author=user(ME)), WHERE) is None
    assert placed("MESSAGE_DELETE", mention(), WHERE) is None


def test_a_reply_to_the_bot_is_addressed_to_it_without_a_mention() -> None:
    answer = message("up to a year", author=user(ME), id="5", message_reference={"type": 0, "message_id": "4"})

    question = _question(replying("and certificates?", answer))

    assert question.follows == f"{WORKSPACE}:4"
    assert question.first_asked_at == question.asked_at
    assert question.conversation == f"{WORKSPACE}:{MESSAGE}"


@pytest.mark.parametrize(("asker", "follows"), [(ANN, f"{WORKSPACE}:{INTERACTION}"), (BOB, None)])
def test_a_reply_to_an_answer_to_a_command_follows_on_it_for_who_gave_it(asker: str, follows: str | None) -> None:
    begun = {"id": INTERACTION, "user": user(asker)}
    answer = message("up to a year", author=user(ME), id="5", interaction_metadata=begun)

    assert _question(replying("and certificates?", answer)).follows == follows


def test_in_a_thread_a_reply_follows_on_nothing_but_the_thread() -> None:
    answer = message("up to a year", author=user(ME), id="5", message_reference={"type": 0, "message_id": "4"})

    assert _question(replying("and certificates?", answer), IN_THREAD).follows is None


def test_a_mention_by_a_reply_alone_is_none_of_another_persons_message() -> None:
    theirs = replying("how long?", message(author=user(BOB)), mentions=[user(BOB)])

    assert _read(theirs) == Dropped(why="said to somebody else")


def test_stop_in_a_thread_halts_and_begins_nothing_elsewhere() -> None:
    halted = _read(message("stop"), spot=IN_THREAD)

    person = Person(id=ANN, name="Ann A.")
    assert halted == Halted(conversation=f"{WORKSPACE}:{THREAD}", person=person, workspace=WORKSPACE)
    asked = _read(mention("stop"), spot=IN_THREAD)
    assert isinstance(asked, Halted)
    assert asked.ask is not None
    assert _question(mention("stop")).text == "stop"


def test_stop_as_a_reply_halts_what_it_replies_to() -> None:
    begun = {"id": INTERACTION, "user": user()}
    found = _read(replying("stop", message(author=user(ME), interaction_metadata=begun)))

    assert isinstance(found, Halted)
    assert found.conversation == f"{WORKSPACE}:{INTERACTION}"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (f"<@{ME}> hello", "hello"),
        (f"hello <@!{ME}>", "hello"),
        (f"ask <@{BOB}> about it", "ask @Bob B. about it"),
        ("ask <@5>, <@&6> or <#7>", "ask @somebody, @role or #channel"),
        ("<:blob:123> and <a:dance:124>", ":blob: and :dance:"),
        ("at <t:1700000000:R>", "at 2023-11-14 22:13 UTC"),
        ("at <t:9999999999999>", "at <t:9999999999999>"),
        ("use </ask:123>", "use /ask"),
        ("see <id:customize>", "see #customize"),
        ("a < b and b > c", "a < b and b > c"),
    ],
)
def test_words_are_as_people_read_them(content: str, words: str) -> None:
    mentioned = [user(BOB, "bob", global_name="Bob B.")]

    assert said(message(content, mentions=mentioned), WHERE) == words


def test_a_message_that_is_only_passed_on_says_what_that_says() -> None:
    passed = direct("", message_snapshots=[{"message": {"content": "how long do keys live?"}}])

    assert _question(passed, None).text == "how long do keys live?"


def test_an_edit_says_something_else() -> None:
    assert _read(edited("and certificates?"), "MESSAGE_UPDATE") == Edited(question=ID, text="and certificates?")


def test_an_edit_that_mentions_the_bot_asks_what_may_be_asked_already() -> None:
    found = _read(edited(f"<@{ME}> and certificates?"), "MESSAGE_UPDATE")

    assert isinstance(found, Question)
    assert (found.id, found.text) == (ID, "and certificates?")


def test_an_old_message_asks_nothing_by_an_edit() -> None:
    old = snowflake(NOW.timestamp() - 7 * 3_600)

    assert isinstance(_read(edited(f"<@{ME}> why?", id=old), "MESSAGE_UPDATE"), Edited)


def test_a_link_that_is_unfolded_is_no_edit() -> None:
    assert isinstance(_read(mention(), "MESSAGE_UPDATE"), Dropped)


def test_what_bots_say_and_edits_of_no_words_are_idle_wherever_they_are() -> None:
    assert idle("MESSAGE_CREATE", mention(author=user(BOB, bot=True))) == "a bot"
    assert idle("MESSAGE_UPDATE", mention()) == "an edit that changes no words"
    assert not idle("MESSAGE_CREATE", mention())
    assert not idle("MESSAGE_UPDATE", edited("why?"))
    assert not idle("MESSAGE_DELETE", mention(author=user(BOB, bot=True)))


def test_deletions_name_their_messages() -> None:
    gone = {"id": MESSAGE, "channel_id": CHANNEL, "guild_id": GUILD}

    assert _read(gone, "MESSAGE_DELETE") == Deleted(question=ID)
    many = read("MESSAGE_DELETE_BULK", gone | {"ids": [MESSAGE, THREAD, None]}, WHERE, NOW)
    assert many == (Deleted(question=ID), Deleted(question=f"{WORKSPACE}:{CHANNEL}:{THREAD}"))


def test_thumbs_vote_on_the_message_they_stand_at() -> None:
    shown = MessageRef(platform="discord", workspace=WORKSPACE, channel=CHANNEL, message=MESSAGE)

    down = _read(reaction(), "MESSAGE_REACTION_ADD")
    assert down == Rated(target=shown, person=Person(id=ANN, name="ann"), vote=-1, at=NOW)
    up = _read(reaction("\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-5}"), "MESSAGE_REACTION_ADD")
    assert isinstance(up, Rated)
    assert up.vote == 1
    taken = reaction()
    del taken["member"], taken["message_author_id"]
    gone = _read(taken, "MESSAGE_REACTION_REMOVE")
    assert isinstance(gone, Rated)
    assert gone.vote == 0


@pytest.mark.parametrize(
    "given",
    [
        reaction("\N{PARTY POPPER}"),
        reaction(message_author_id=BOB),
        reaction(user_id=ME),
        reaction(emoji={"id": "5", "name": "\N{THUMBS UP SIGN}"}),
    ],
)
def test_other_reactions_are_none_of_ours(given: Payload) -> None:
    assert isinstance(_read(given, "MESSAGE_REACTION_ADD"), Dropped)


def test_ask_asks_by_its_interaction() -> None:
    found = _acted(ask("what is <#7>?"))

    assert isinstance(found, Commanded)
    assert found.question.id == f"{WORKSPACE}:interaction:{INTERACTION}"
    assert found.question.conversation == f"{WORKSPACE}:{INTERACTION}"
    assert found.question.place == Place(platform="discord", workspace=WORKSPACE, channel=CHANNEL)
    assert (found.ticket.id, found.ticket.token, found.ticket.private) == (INTERACTION, "a-token", False)
    assert (found.ticket.until - NOW).total_seconds() == 15 * 60


def test_ask_in_a_thread_goes_on_there_unless_it_is_private() -> None:
    found, alone = _acted(in_thread(ask())), _acted(in_thread(ask(private=True)))

    assert isinstance(found, Commanded)
    assert isinstance(alone, Commanded)
    assert found.question.conversation == f"{WORKSPACE}:{THREAD}"
    assert (found.question.place.channel, found.question.place.thread) == (CHANNEL, THREAD)
    assert alone.question.conversation == alone.question.id
    assert alone.question.place.private_to == ANN
    assert alone.ticket.private


def test_ask_in_direct_messages_is_private_and_needs_not_be_hidden() -> None:
    found = _acted(in_direct(ask(private=True)))

    assert isinstance(found, Commanded)
    assert found.question.conversation == f"discord:@me:{DM}"
    assert found.question.place.private_to == ANN
    assert not found.ticket.private


@pytest.mark.parametrize("name", ["sources", "usage", "privacy", "help"])
def test_pages_are_shown_to_one_person(name: str) -> None:
    found = _acted(page(name))

    assert isinstance(found, PageWanted)
    assert (found.page, found.place.private_to, found.ticket.private) == (name, ANN, True)


def test_the_menu_of_a_message_asks_about_it() -> None:
    found = _acted(about(message("keys live a year")))

    assert isinstance(found, AskingAbout)
    assert (found.message.channel, found.message.message, found.text) == (CHANNEL, MESSAGE, "keys live a year")


def test_what_is_typed_is_suggested_for() -> None:
    found = _acted(typing("how lo"))

    assert isinstance(found, Suggesting)
    assert found.typed == "how lo"


def test_buttons_with_a_question_name_it() -> None:
    stop, want = _acted(pressed(kit.custom(kit.STOP, ID))), _acted(in_direct(pressed(kit.custom(kit.WANT, ID))))

    person = Person(id=ANN, name="Ann A.")
    assert isinstance(stop, Pressed)
    assert stop.event == Stopped(question=ID, person=person, workspace=WORKSPACE)
    assert isinstance(want, Pressed)
    assert want.event == Wanted(question=ID, person=Person(id=ANN, name="ann"), workspace=WORKSPACE)


def test_an_offer_is_accepted_where_one_person_alone_sees_the_answer() -> None:
    here, there = (_acted(one(pressed(kit.custom(kit.PRIVATELY, ID)))) for one in (dict, in_direct))

    assert isinstance(here, Pressed)
    assert isinstance(here.event, WantedPrivately)
    assert (here.event.conversation, here.event.place.private_to) == (f"{ID}:private", ANN)
    assert isinstance(there, Pressed)
    assert isinstance(there.event, WantedPrivately)
    assert there.event.conversation == f"{WORKSPACE}:{DM}"
    assert there.event.place == Place(platform="discord", workspace=WORKSPACE, channel=DM, private_to=ANN)


def test_thumbs_quotes_and_asking_again_name_an_answer() -> None:
    up, down, quotes, again = (
        _acted(pressed(kit.custom(action, ANSWER) + "|key-1")) for action in (kit.UP, kit.DOWN, kit.QUOTES, kit.AGAIN)
    )

    assert isinstance(up, Pressed)
    assert isinstance(up.event, Rated)
    assert (up.event.target, up.event.vote) == (ANSWER, 1)
    assert isinstance(down, Disliked)
    assert down.rated.vote == -1
    assert isinstance(quotes, QuotesWanted)
    assert quotes.place.private_to is None
    assert isinstance(again, Pressed)
    assert isinstance(again.event, Again)
    assert again.event.question == f"{WORKSPACE}:again:{ANSWER}:{INTERACTION}"


def test_what_one_person_sees_is_theirs_and_none_of_the_channels() -> None:
    again = _acted(pressed(kit.custom(kit.AGAIN, ANSWER), flags=64))

    assert isinstance(again, Pressed)
    assert isinstance(again.event, Again)
    assert again.event.place.private_to == ANN
    assert again.ticket.private


def test_an_answer_in_direct_messages_says_which_guild_it_is_of() -> None:
    again = _acted(in_direct(pressed(kit.custom(kit.AGAIN, f"{GUILD}/{ANSWER}"))))

    assert isinstance(again, Pressed)
    assert isinstance(again.event, Again)
    assert again.event.place == Place(platform="discord", workspace=WORKSPACE, channel=DM, private_to=ANN)


def test_a_guild_before_an_answer_counts_in_direct_messages_alone() -> None:
    quotes = _acted(pressed(kit.custom(kit.QUOTES, f"5/{ANSWER}")))

    assert isinstance(quotes, QuotesWanted)
    assert quotes.place.workspace == WORKSPACE


def test_a_form_says_why_an_answer_is_bad() -> None:
    found = _acted(form(kit.custom(REASON, ANSWER), {"why": ["wrong"], "comment": "no"}))

    assert isinstance(found, Pressed)
    person = Person(id=ANN, name="Ann A.")
    assert found.event == Explained(answer=ANSWER, person=person, reason="wrong", comment="no", at=NOW)


def test_a_form_asks_about_a_message() -> None:
    found = _acted(form(kit.custom(ASK, f"{CHANNEL}:{MESSAGE}"), {"question": "is that so?"}))

    assert isinstance(found, Commanded)
    assert found.question.id == f"{WORKSPACE}:about:{CHANNEL}:{MESSAGE}:{INTERACTION}"
    assert found.question.text == "is that so?"


@pytest.mark.parametrize(
    "given",
    [
        pressed("somebody:else"),
        pressed("f:other:1"),
        form("f:ask:1", {"question": "why?"}),
        form(f"f:reason:{ANSWER}", {"comment": "no"}),
        page("other"),
        ask(context=2, guild_id=None),
        ask(token=""),
    ],
)
def test_other_interactions_are_none_of_ours(given: Payload) -> None:
    assert isinstance(_acted(given), Dropped)


@pytest.mark.parametrize(("permissions", "seen"), [("1024", True), ("8", True), ("2048", False), (None, None)])
def test_an_interaction_says_whether_the_bot_sees_its_channel(permissions: str | None, *, seen: bool | None) -> None:
    assert sees(ask(app_permissions=permissions)) is seen


def test_ids_hold_their_times() -> None:
    assert when("175928847299117063") == datetime(2016, 4, 30, 11, 18, 25, 796000, tzinfo=UTC)
    assert moment(snowflake(1_700_000_000.5)) == pytest.approx(1_700_000_000.5)


def test_two_thousand_spoiled_payloads_are_read_to_the_end() -> None:
    for event, payload in spoiled(2_000):
        for spot in (None, TEXT, IN_THREAD):
            placed(event, payload, WHERE)
            found = read(event, payload, WHERE, NOW, spot)
            assert found, "never nothing without a reason"
            assert all(one is not None for one in found)
            assert not idle(event, payload) or all(isinstance(one, Dropped) for one in found)
