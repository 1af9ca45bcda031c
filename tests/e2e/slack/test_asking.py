"""What people do in Slack, over both transports: ask, go on, edit, stop, ask again; one answer each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.doubles.slack_team import ANSWER, QUESTION, whole

if TYPE_CHECKING:
    from tests.doubles.slack import Slack
    from tests.doubles.slack_team import Team

    Values = dict[str, dict[str, dict[str, object]]]

SLOWLY = 40
"""Characters after which the model waits: the first sentence is out."""


async def test_a_mention_is_answered_in_its_thread_with_footnotes(slack: Slack, bot: Team) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
    await slack.until(lambda: whole(slack.answers(general, asked)), within=30)
    (answer,) = slack.answers(general, asked)
    assert "Tuesdays at 14:00" in answer.shown
    assert "[1]" in answer.shown
    assert "Deploying" in answer.shown
    assert not answer.unfurls
    assert answer.pings == []
    assert {"rate", "again", "quotes"} <= {button["action_id"] for button in answer.buttons}
    assert len(bot.model.asked) == 1


async def test_what_follows_in_the_thread_needs_no_mention(slack: Slack, bot: Team) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
    await slack.until(lambda: whole(slack.answers(general, asked)), within=30)
    slack.says(anna, general, "Who approves each deploy?", thread=asked)
    await slack.until(lambda: len(slack.answers(general, asked)) == 2, within=30)
    elsewhere = slack.says(anna, general, "Who approves each deploy?")
    await slack.heard()
    assert slack.answers(general, elsewhere) == []


async def test_people_who_talk_in_a_thread_are_let_be_and_what_they_want_to_know_is_answered(
    slack: Slack, bot: Team
) -> None:
    anna, ben = slack.person("Anna"), slack.person("Ben")
    general = slack.channel("general", anna, ben)
    asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
    await slack.until(lambda: whole(slack.answers(general, asked)), within=30)
    told = len(slack.called("assistant.threads.setStatus"))
    between = ("thanks :pray:", ":+1:", f"<@{ben.id}> are you coming to lunch?", "ok will do", "my umbrella is purple")
    for words in between:
        slack.says(anna, general, words, thread=asked)
    await slack.heard()
    slack.says(ben, general, "and approval of each deploy by Maria", thread=asked)
    await slack.until(lambda: len(slack.answers(general, asked)) == 2, within=30)
    assert "Tuesdays" in slack.answers(general, asked)[1].shown
    assert not [one for one in slack.called("assistant.threads.setStatus")[told:] if one.arguments["status"]]


async def test_a_direct_message_is_answered(slack: Slack, bot: Team) -> None:
    anna = slack.person("Anna")
    asked = slack.says(anna, slack.direct(anna), QUESTION)
    await slack.until(lambda: whole(slack.answers(slack.direct(anna), asked)), within=30)
    assert "Tuesdays" in slack.answers(slack.direct(anna), asked)[0].shown


async def test_a_command_is_answered_beneath_what_it_asked(slack: Slack, bot: Team) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    sent = slack.commands(anna, general, "/ask", QUESTION)
    await slack.heard(sent)
    await slack.until(lambda: whole([one for one in slack.seen(general) if one.is_reply]), within=30)
    root = next(one for one in slack.seen(general) if not one.is_reply)
    assert QUESTION in root.shown
    assert "Tuesdays" in slack.answers(general, root)[-1].shown


async def test_what_is_said_beneath_a_command_goes_on_and_stops_it(slack: Slack, bot: Team) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    await slack.heard(slack.commands(anna, general, "/ask", QUESTION))
    await slack.until(lambda: whole([one for one in slack.seen(general) if one.is_reply]), within=30)
    root = next(one for one in slack.seen(general) if not one.is_reply)
    slack.says(anna, general, "and who approves each deploy?", thread=root)
    await slack.until(lambda: len([one for one in slack.answers(general, root) if whole([one])]) == 2, within=30)
    bot.model.after = SLOWLY
    bot.model.gate.clear()
    await slack.heard(slack.commands(anna, general, "/ask", QUESTION))
    await slack.until(lambda: len([one for one in slack.seen(general) if not one.is_reply]) == 2, within=30)
    later = [one for one in slack.seen(general) if not one.is_reply][1]
    await slack.until(lambda: slack.session(general, later) == "processing", within=30)
    slack.says(anna, general, "stop", thread=later)
    await slack.until(lambda: "Stopped." in "".join(one.shown for one in slack.answers(general, later)), within=30)


async def test_a_command_where_the_bot_is_not_is_answered_to_one_alone_with_an_invitation(
    slack: Slack, bot: Team
) -> None:
    anna = slack.person("Anna")
    elsewhere = slack.channel("elsewhere", anna, bot=False)
    sent = slack.commands(anna, elsewhere, "/ask", QUESTION)
    await slack.heard(sent)
    await slack.until(lambda: any("Tuesdays" in one.shown for one in slack.whispered(anna)), within=30)
    assert any("/invite" in one.shown for one in slack.whispered(anna))
    assert slack.seen(elsewhere) == []


async def test_a_message_can_be_asked_about(slack: Slack, bot: Team) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    said = slack.says(anna, general, "The deploy is late again.")
    await slack.heard(slack.asks_about(anna, said, "ask_about"))
    await slack.until(lambda: slack.modal(anna), within=30)
    words = {"question": {"value": {"type": "plain_text_input", "value": QUESTION}}}
    await slack.heard(slack.submits(anna, words))
    await slack.until(lambda: whole(slack.answers(general, said)), within=30)
    assert slack.modal(anna) is None
    above, _ = slack.answers(general, said)
    assert above.text.startswith(f"<@{anna.id}> asked: {QUESTION[:10]}")


async def test_a_question_is_asked_again_by_the_button(slack: Slack, bot: Team) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
    await slack.until(lambda: whole(slack.answers(general, asked)), within=30)
    await slack.heard(slack.clicks(anna, slack.answers(general, asked)[0], "again"))
    await slack.until(lambda: len([one for one in slack.answers(general, asked) if whole([one])]) == 2, within=30)
    assert len(bot.model.asked) == 2


async def test_an_edit_before_the_first_sentence_begins_anew_and_one_after_it_changes_nothing(
    slack: Slack, bot: Team
) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    bot.model.after = 0
    bot.model.gate.clear()
    asked = slack.says(anna, general, f"{slack.mention} What is a failed deploy?")
    await slack.until(lambda: len(bot.model.asked) == 1, within=30)
    slack.edits(asked, f"{slack.mention} {QUESTION}")
    await slack.until(lambda: len(bot.model.asked) == 2, within=30)
    bot.model.gate.set()
    await slack.until(lambda: whole(slack.answers(general, asked)), within=30)
    assert QUESTION in bot.model.asked[1].question
    slack.edits(asked, f"{slack.mention} And what else?")
    await slack.heard()
    assert len(slack.answers(general, asked)) == 1
    assert len(bot.model.asked) == 2


async def test_a_question_that_is_deleted_is_not_answered(slack: Slack, bot: Team) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    bot.model.after = 0
    bot.model.gate.clear()
    asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
    await slack.until(lambda: len(bot.model.asked) == 1, within=30)
    slack.deletes(asked)
    await slack.until(lambda: bot.model.closed == 1, within=30)
    assert all("Tuesdays" not in one.shown for one in slack.seen(general))


@pytest.mark.parametrize("way", ["button of the session", "word"])
async def test_stopping_ends_the_model_and_its_cost(slack: Slack, bot: Team, way: str) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    bot.model.after = SLOWLY
    bot.model.gate.clear()
    asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
    await slack.until(lambda: bot.model.asked and slack.session(general, asked) == "processing", within=30)
    if way == "word":
        slack.says(anna, general, "stop", thread=asked)
    else:
        slack.stops(anna, general, asked)
    await slack.until(lambda: bot.model.closed == 1, within=30)
    await slack.until(lambda: slack.session(general, asked) != "processing", within=30)


async def test_an_answer_is_stopped_by_its_asker_alone_and_says_so(slack: Slack, bot: Team) -> None:
    anna, ben = slack.person("Anna"), slack.person("Ben")
    general = slack.channel("general", anna, ben)
    bot.model.after = 0
    bot.model.gate.clear()
    asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
    await slack.until(lambda: bot.model.asked, within=30)
    slack.says(ben, general, "stop", thread=asked)
    await slack.until(lambda: slack.whispered(ben, general), within=30)
    assert slack.whispered(ben, general)[0].shown == "Only who asked can stop an answer."
    slack.says(anna, general, "stop", thread=asked)
    await slack.until(lambda: slack.answers(general, asked), within=30)
    assert [one.shown for one in slack.answers(general, asked)] == ["Stopped."]
    bot.model.gate.set()


async def test_a_thumb_down_by_reaction_is_explained_by_a_button(slack: Slack, bot: Team) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
    await slack.until(lambda: whole(slack.answers(general, asked)), within=30)
    (answer,) = slack.answers(general, asked)
    name = next(button["value"] for button in answer.buttons if button["action_id"] == "rate")[1:]
    slack.reacts(anna, answer, "-1")
    await slack.until(lambda: slack.whispered(anna, general), within=30)
    await slack.heard(slack.clicks(anna, slack.whispered(anna, general)[0], "why"))
    await slack.until(lambda: slack.modal(anna), within=30)
    chosen: Values = {"why": {"value": {"type": "radio_buttons", "selected_option": {"value": "outdated"}}}}
    await slack.heard(slack.submits(anna, chosen))
    await slack.until(lambda: len(slack.whispered(anna, general)) == 2, within=30)
    assert (await bot.ratings.reasons(name))[anna.id].reason == "outdated"


async def test_one_message_that_comes_as_two_events_and_each_three_times_is_answered_once(
    slack: Slack, bot: Team
) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
    for sent in list(slack.sent):
        slack.delivery.send(type(sent)(type=sent.type, payload=sent.payload))
        slack.delivery.send(type(sent)(type=sent.type, payload=sent.payload))
    await slack.until(lambda: whole(slack.answers(general, asked)), within=30)
    await slack.heard()
    assert len(slack.answers(general, asked)) == 1
    assert len(bot.model.asked) == 1


async def test_thumbs_by_reaction_and_by_button_are_one_vote_that_can_be_withdrawn(slack: Slack, bot: Team) -> None:
    anna, ben = slack.person("Anna"), slack.person("Ben")
    general = slack.channel("general", anna, ben)
    asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
    await slack.until(lambda: whole(slack.answers(general, asked)), within=30)
    (answer,) = slack.answers(general, asked)
    name = next(button["value"] for button in answer.buttons if button["action_id"] == "rate")[1:]
    slack.reacts(anna, answer, "+1")
    await slack.heard(slack.clicks(ben, answer, "rate", f"-{name}"))
    await slack.heard()
    assert await bot.ratings.votes(name) == {anna.id: 1, ben.id: -1}
    await slack.until(lambda: slack.modal(ben), within=30)
    chosen: Values = {"why": {"value": {"type": "radio_buttons", "selected_option": {"value": "outdated"}}}}
    comment: Values = {"comment": {"value": {"type": "plain_text_input", "value": "It is Wednesdays now."}}}
    await slack.heard(slack.submits(ben, chosen | comment))
    await slack.until(lambda: slack.whispered(ben, general), within=30)
    slack.unreacts(anna, answer, "+1")
    await slack.heard()
    assert await bot.ratings.votes(name) == {ben.id: -1}


async def test_what_an_answer_rests_on_is_shown_on_demand(slack: Slack, bot: Team) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna)
    asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
    await slack.until(lambda: whole(slack.answers(general, asked)), within=30)
    await slack.heard(slack.clicks(anna, slack.answers(general, asked)[0], "quotes"))
    quote = "Deploys happen on Tuesdays at 14:00."
    await slack.until(lambda: (view := slack.modal(anna)) and quote in str(view.view), within=30)


async def test_bots_and_the_bot_itself_are_not_answered(slack: Slack, bot: Team) -> None:
    robot, anna = slack.other_bot("Robot"), slack.person("Anna")
    general = slack.channel("general", anna, robot)
    slack.says(robot, general, f"{slack.mention} {QUESTION}")
    await slack.heard()
    asked = slack.says(anna, general, f"{slack.mention} {QUESTION}")
    await slack.until(lambda: whole(slack.answers(general, asked)), within=30)
    await slack.heard()
    assert len(bot.model.asked) == 1
    assert ANSWER[:20] in slack.answers(general, asked)[0].shown


async def test_the_home_and_the_agent_view_say_what_it_can_do(slack: Slack, bot: Team) -> None:
    anna = slack.person("Anna")
    slack.direct(anna)
    slack.opens_home(anna)
    await slack.until(lambda: slack.app_home(anna), within=30)
    slack.opens_home(anna, "messages")
    await slack.until(lambda: slack.prompts(slack.direct(anna)), within=30)


async def test_it_introduces_itself_where_it_is_added(slack: Slack, bot: Team) -> None:
    anna = slack.person("Anna")
    general = slack.channel("general", anna, bot=False)
    slack.joins(slack.bot, general, invited_by=anna)
    await slack.until(lambda: any(one.bot for one in slack.seen(general)), within=30)
