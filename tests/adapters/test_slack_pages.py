"""What Slack shows beside conversations, over the wire, as what its people do was read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, TypeVar

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.base import Explained, MessageRef, Person, Place, Rated, WantedPrivately
from adapters.pacing import Budget, Pacer
from adapters.slack import answers, kit, views
from adapters.slack.acting import SHORTCUT
from adapters.slack.calls import Calls
from adapters.slack.errors import NotInstalled
from adapters.slack.events import Arrived, AskingAbout, Disliked, HomeOpened, QuotesWanted, Spot
from adapters.slack.pages import PROMPTS, Pages
from adapters.slack.read import read
from adapters.slack.workspaces import Workspace, Workspaces
from adapters.spending import Allowance, Spending
from adapters.wishes import Conversations, Past, Quoted, Served, Used
from tests.doubles.adapters import CITATIONS, RecordingDesk
from tests.doubles.slack import Slack

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from adapters.parts import Citation
    from tests.doubles.slack import Channel, Message, User
    from tests.doubles.slack.faults import Fault

T = TypeVar("T")

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
DESK_AWAY = OSError("the disk is gone")


class Patient:
    """The double's time, in which every wait is over at once and can be seen."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    def now(self) -> float:
        return self._slack.clock.now()

    async def sleep(self, seconds: float, /) -> None:
        self._slack.clock.move(seconds)


class OneWorkspace(Workspaces):
    """The double's first workspace."""

    def __init__(self, slack: Slack, clock: Patient) -> None:
        client = AsyncWebClient(base_url=slack.api_url, token=slack.token, retry_handlers=[])
        budget = Budget(calls=100, burst=10)
        self.one = Workspace(
            team=slack.home.id,
            bot=slack.installation.bot.id,
            calls=Calls(client=client, clock=clock),
            pacer=Pacer(opening=budget, showing=budget, closing=budget, now=0.0),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        return

    async def of(self, team: str, /) -> Workspace:
        if team != self.one.team:
            raise NotInstalled("not here")
        return self.one

    async def which(self, teams: Sequence[str], /) -> str:
        return next(iter(teams), "")

    def bot(self, team: str, /) -> str:
        return self.one.bot

    async def teams(self) -> Sequence[str]:
        return [self.one.team]

    async def forget(self, team: str, /) -> None:
        return


class People:
    """Knows what everybody is called whom the double has."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def name(self, team: str, user: str, /) -> str:
        assert team
        known = self._slack.state.users.get(user)
        return known.name if known else user


class AwayDesk(RecordingDesk):
    """Its disk is gone."""

    async def usage(self, wish: Used, /) -> Spending:
        raise DESK_AWAY

    async def conversations(self, wish: Conversations, /) -> Sequence[Past]:
        raise DESK_AWAY

    async def quoted(self, wish: Quoted, /) -> Sequence[Citation]:
        raise DESK_AWAY

    async def served(self, platform: str, workspace: str, since: datetime, /) -> Sequence[Served]:
        raise DESK_AWAY


@pytest.fixture
async def slack() -> AsyncGenerator[Slack]:
    async with Slack() as slack:
        yield slack


@pytest.fixture
def pages(slack: Slack) -> Pages:
    clock = Patient(slack)
    return Pages(workspaces=OneWorkspace(slack, clock), names=People(slack), clock=clock, now=lambda: NOW)


@pytest.fixture
def anna(slack: Slack) -> User:
    return slack.person("Anna")


@pytest.fixture
def general(slack: Slack, anna: User) -> Channel:
    return slack.channel("general", anna)


@pytest.fixture
def desk() -> RecordingDesk:
    return RecordingDesk()


async def answered(slack: Slack, channel: Channel, thread: Message | None = None) -> Message:
    """Post an answer with its buttons, as the bot does."""
    client = AsyncWebClient(base_url=slack.api_url, token=slack.token, retry_handlers=[])
    posted = await client.chat_postMessage(
        channel=channel.id,
        text="90 days. [1]",
        blocks=[dict(block) for block in answers.after("a1", cited=True)],
        thread_ts=thread.ts if thread else None,
    )
    return channel.messages[str(posted["ts"])]


def happened(slack: Slack, kind: type[T]) -> T:
    """Read the last thing that the double has to tell."""
    made = read(slack.sent[-1].payload, slack.installation.bot.id, NOW)
    assert isinstance(made, kind)
    return made


def opened(slack: Slack, user: User, tab: str = "home") -> HomeOpened:
    slack.opens_home(user, tab)
    return happened(slack, HomeOpened)


def home(slack: Slack, user: User) -> str:
    """What the page says, as one text."""
    view = slack.app_home(user)
    assert view is not None
    return "\n".join(block.get("text", {}).get("text", "") for block in view.view["blocks"])


def words(view: dict[str, Any]) -> str:
    return json.dumps(view, ensure_ascii=False)


async def test_the_apps_page_says_what_it_can_do_and_what_of_the_limits_is_used(
    slack: Slack, pages: Pages, anna: User, desk: RecordingDesk
) -> None:
    allowance = Allowance(of="person", unit="questions", used=3, limit=10, resets_at=NOW + timedelta(hours=15))
    desk.spending = Spending(allowances=(allowance,))
    await pages.home(desk, opened(slack, anna))
    page = home(slack, anna)
    for said in ("Mention me in a channel", "/ask", "3 of 10 questions", "You asked nothing yet", "Privacy"):
        assert said in page
    assert "For admins" not in page
    used, asked = desk.wishes
    assert isinstance(used, Used)
    assert used.place.private_to == anna.id
    assert asked == Conversations(person=used.person, platform="slack", workspace=f"slack:{slack.home.id}")


async def test_the_apps_page_lists_the_last_questions_with_their_channels(
    slack: Slack, pages: Pages, anna: User, general: Channel, desk: RecordingDesk
) -> None:
    team = slack.home.id
    desk.past = [
        Past(conversation=f"slack:{team}:{general.id}:1.2", first_question="How <long>?", turns=3, last_at=NOW),
        Past(conversation=f"slack:{team}:D1:1.2", first_question=f"Why @{anna.id}?", turns=1, last_at=NOW),
        Past(conversation="wordless", first_question="", turns=1, last_at=NOW),
        *(Past(conversation=f"c{n}", first_question=f"Old {n}", turns=1, last_at=NOW) for n in range(9)),
    ]
    await pages.home(desk, opened(slack, anna))
    page = home(slack, anna)
    at = f"<!date^{int(NOW.timestamp())}^{{date_short_pretty}} at {{time}}|30 Nov 2026>"
    assert f"• How &lt;long&gt;? · {at} · in <#{general.id}> · 3 questions" in page
    assert f"• Why @{anna.name}? · {at}\n" in page.replace("\u2060", "")
    assert f"• … · {at}\n" in page
    assert "Old 1" in page
    assert "Old 2" not in page


async def test_an_admin_sees_how_much_is_asked_and_what_the_workspace_may_spend(
    slack: Slack, pages: Pages, desk: RecordingDesk
) -> None:
    boss, workspace = slack.person("Boss", admin=True), f"slack:{slack.home.id}"
    month = Allowance(of="workspace", unit="questions", used=40, limit=5_000, resets_at=NOW)
    desk.spending = Spending(allowances=(month,))
    desk.lately = [
        Served(conversation=f"{workspace}:C1:{n}", channel="C1", last_at=NOW - timedelta(hours=10 * n))
        for n in range(20)
    ]
    await pages.home(desk, opened(slack, boss))
    page = home(slack, boss)
    assert "in the last day: 3, in the last seven days: 17." in page
    assert "*Cost.* This month this workspace has used 40 of 5,000 questions" in page


async def test_a_page_of_which_nothing_can_be_read_is_shown_all_the_same(slack: Slack, pages: Pages) -> None:
    boss = slack.person("Boss", admin=True)
    await pages.home(AwayDesk(), opened(slack, boss))
    page = home(slack, boss)
    assert page.count("cannot be read just now") == 3
    assert "not known just now" in page


async def test_who_cannot_be_told_to_be_an_admin_is_none(slack: Slack, pages: Pages, desk: RecordingDesk) -> None:
    boss = slack.person("Boss", admin=True)
    slack.misbehave("error", "users.info")
    await pages.home(desk, opened(slack, boss))
    assert "For admins" not in home(slack, boss)


async def test_who_looks_at_the_messages_is_given_something_to_ask(
    slack: Slack, pages: Pages, anna: User, desk: RecordingDesk
) -> None:
    slack.direct(anna)
    await pages.home(desk, opened(slack, anna, "messages"))
    assert slack.prompts(slack.direct(anna)) == list(PROMPTS)
    assert slack.app_home(anna) is None


async def test_the_form_for_a_question_about_a_message_is_opened(
    slack: Slack, pages: Pages, anna: User, general: Channel, desk: RecordingDesk
) -> None:
    said = slack.says(anna, general, "keys live 90 days")
    slack.asks_about(anna, said, SHORTCUT)
    await pages.ask_about(desk, happened(slack, AskingAbout))
    modal = slack.modal(anna)
    assert modal is not None
    assert modal.view["callback_id"] == "ask"
    assert "keys live 90 days" in words(modal.view)


async def test_a_thumb_down_asks_for_the_reason(slack: Slack, pages: Pages, anna: User, general: Channel) -> None:
    slack.clicks(anna, await answered(slack, general), answers.RATE, "-a1")
    await pages.disliked(happened(slack, Disliked))
    modal = slack.modal(anna)
    assert modal is not None
    assert modal.view["callback_id"] == "reason"
    assert views.about(modal.view["private_metadata"]) == ("a1", Spot(channel=general.id))


async def test_who_is_mentioned_in_a_message_has_a_name_in_its_form(
    slack: Slack, pages: Pages, anna: User, general: Channel, desk: RecordingDesk
) -> None:
    ben = slack.person("Ben")
    said = slack.says(anna, general, f"<@{ben.id}> and <@U0STRANGER1> know")
    slack.asks_about(anna, said, SHORTCUT)
    await pages.ask_about(desk, happened(slack, AskingAbout))
    modal = slack.modal(anna)
    assert modal is not None
    assert f"@{ben.name} and @somebody know" in words(modal.view).replace("\u2060", "")


async def test_a_reaction_that_says_no_is_asked_for_its_reason_once(
    slack: Slack, pages: Pages, anna: User, general: Channel
) -> None:
    answer = await answered(slack, general, slack.says(anna, general, "how long?"))
    target = MessageRef(platform="slack", workspace=f"slack:{slack.home.id}", channel=general.id, message=answer.ts)
    rated = Rated(target=target, person=Person(id=anna.id, name="Anna"), vote=-1, at=NOW)
    await pages.ask_why(rated)
    await pages.ask_why(rated)
    (whispered,) = slack.whispered(anna, general)
    assert whispered.root == answer.root
    slack.clicks(anna, whispered, answers.WHY)
    wish = happened(slack, Disliked)
    assert wish.rated is None
    await pages.disliked(wish)
    chosen = {"type": "radio_buttons", "selected_option": {"value": "wrong"}}
    slack.submits(anna, {views.WHY: {views.VALUE: chosen}})
    assert happened(slack, Explained).answer == target


async def test_an_offer_that_is_accepted_has_no_button(slack: Slack, pages: Pages, anna: User) -> None:
    direct = slack.direct(anna)
    client = AsyncWebClient(base_url=slack.api_url, token=slack.token, retry_handlers=[])
    blocks: list[dict[str, object]] = [dict(kit.section("In <#C1> you asked.")), dict(answers.privately("q1"))]
    posted = await client.chat_postMessage(channel=direct.id, text="In <#C1> you asked.", blocks=blocks)
    offer = direct.messages[posted["ts"]]
    sent = slack.clicks(anna, offer, answers.PRIVATELY)
    await pages.accepted(happened(slack, WantedPrivately), sent.payload["message"])
    assert offer.buttons == []
    assert "you asked" in offer.shown


async def test_quotes_are_shown_to_who_asks_for_them_as_the_desk_lets_them_be_read_there(
    slack: Slack, pages: Pages, anna: User, general: Channel, desk: RecordingDesk
) -> None:
    desk.citations["a1"] = CITATIONS
    question = slack.says(anna, general, f"{slack.mention} how long?")
    slack.clicks(anna, await answered(slack, general, question), answers.QUOTES)
    await pages.quotes(desk, happened(slack, QuotesWanted))
    modal = slack.modal(anna)
    assert modal is not None
    assert "Set OPENAI_API_KEY to use a model." in words(modal.view)
    (wish,) = desk.wishes
    place = Place(platform="slack", workspace=f"slack:{slack.home.id}", channel=general.id, thread=question.ts)
    assert wish == Quoted(answer="a1", person=Person(id=anna.id, name=anna.name), place=place)


async def test_quotes_whose_view_opened_unheard_are_shown_in_it(
    slack: Slack, pages: Pages, anna: User, general: Channel, desk: RecordingDesk
) -> None:
    desk.citations["a1"] = CITATIONS
    slack.clicks(anna, await answered(slack, general), answers.QUOTES)
    wanted = happened(slack, QuotesWanted)
    slack.misbehave("dropped after", "views.open", times=1)
    await pages.quotes(desk, wanted)
    modal = slack.modal(anna)
    assert modal is not None
    assert "Set OPENAI_API_KEY to use a model." in words(modal.view)


async def test_quotes_in_direct_messages_are_asked_for_as_private(
    slack: Slack, pages: Pages, anna: User, desk: RecordingDesk
) -> None:
    slack.clicks(anna, await answered(slack, slack.direct(anna)), answers.QUOTES)
    await pages.quotes(desk, happened(slack, QuotesWanted))
    wish, *_ = desk.wishes
    assert isinstance(wish, Quoted)
    assert wish.place.private_to == anna.id


@pytest.mark.parametrize("away", [False, True])
async def test_quotes_that_may_not_or_cannot_be_read_are_told_of_in_the_same_words(
    slack: Slack, pages: Pages, anna: User, general: Channel, *, away: bool
) -> None:
    slack.clicks(anna, await answered(slack, general), answers.QUOTES)
    await pages.quotes(AwayDesk() if away else RecordingDesk(), happened(slack, QuotesWanted))
    modal = slack.modal(anna)
    assert modal is not None
    assert "cannot be shown here now" in words(modal.view)


async def test_a_form_whose_moment_has_passed_is_not_shown_and_nothing_breaks(
    slack: Slack, pages: Pages, anna: User, general: Channel, desk: RecordingDesk
) -> None:
    said = slack.says(anna, general, "keys live 90 days")
    slack.asks_about(anna, said, SHORTCUT)
    asking = happened(slack, AskingAbout)
    shown = await answered(slack, general)
    slack.clicks(anna, shown, answers.QUOTES)
    wanted = happened(slack, QuotesWanted)
    slack.clicks(anna, shown, answers.RATE, "-a1")
    disliked = happened(slack, Disliked)
    slack.clock.move(4.0)
    await pages.ask_about(desk, asking)
    await pages.quotes(desk, wanted)
    await pages.disliked(disliked)
    assert slack.modal(anna) is None
    assert [call.error for call in slack.called("views.open")] == ["expired_trigger_id"] * 3


@pytest.mark.parametrize("fault", ["dropped after", "dropped before", "error", "garbage", "ratelimited"])
async def test_nothing_that_slack_answers_is_raised(
    slack: Slack, pages: Pages, anna: User, general: Channel, fault: Fault
) -> None:
    desk = RecordingDesk()
    shown = await answered(slack, general)
    slack.clicks(anna, shown, answers.QUOTES)
    wanted = happened(slack, QuotesWanted)
    slack.misbehave(fault)
    await pages.quotes(desk, wanted)
    await pages.home(desk, opened(slack, anna))
    await pages.home(desk, opened(slack, anna, "messages"))
    await pages.introduce(Arrived(place=wanted.place))


async def test_a_workspace_that_is_not_served_is_shown_nothing(slack: Slack, pages: Pages, desk: RecordingDesk) -> None:
    person, elsewhere = Person(id="U1", name="u"), "slack:T0ELSE"
    await pages.home(desk, HomeOpened(person=person, workspace=elsewhere, channel="D1", tab="home"))
    message = MessageRef(platform="slack", workspace=elsewhere, channel="C1", message="1.0")
    await pages.ask_about(desk, AskingAbout(message=message, subject="C1 1.0 1.0", text="", person=person, trigger="1"))
    assert not slack.calls


async def test_the_bot_introduces_itself_once(slack: Slack, pages: Pages, anna: User) -> None:
    place = Place(platform="slack", workspace=f"slack:{slack.home.id}", channel=slack.channel("new", anna).id)
    for _ in range(2):
        await pages.introduce(Arrived(place=place))
    (said,) = slack.seen(slack.state.channels[place.channel])
    assert f"<@{slack.installation.bot.id}>" in json.dumps(said.blocks)
    assert len(slack.called("chat.postMessage")) == 1
    slack.clock.move(3_601)
    await pages.introduce(Arrived(place=place))
    assert len(slack.called("chat.postMessage")) == 2


async def test_an_introduction_that_may_have_arrived_is_not_said_again(slack: Slack, pages: Pages, anna: User) -> None:
    place = Place(platform="slack", workspace=f"slack:{slack.home.id}", channel=slack.channel("new", anna).id)
    slack.misbehave("dropped after", "chat.postMessage", times=1)
    await pages.introduce(Arrived(place=place))
    assert len(slack.seen(slack.state.channels[place.channel])) == 1
