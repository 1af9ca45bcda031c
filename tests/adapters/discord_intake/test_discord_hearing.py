"""What people say and do at Discord reaches the desk once, and in its order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.base import Deleted, Edited, Question, Rated
from adapters.policies import Policies, Policy
from tests.adapters.discord_intake.hearing import Hearing, at_home

if TYPE_CHECKING:
    from tests.doubles.discord import Channel, Discord, Guild, Person


async def test_a_mention_is_asked(
    discord: Discord, guild: Guild, anna: Person, general: Channel, hearing: Hearing
) -> None:
    said = discord.says(anna, general, f"{discord.mention} how long do keys live?")
    await discord.until(lambda: hearing.desk.events)

    (question,) = hearing.of(Question)
    assert isinstance(question, Question)
    assert question.id == f"discord:{guild.id}:{general.id}:{said.id}"
    assert (question.text, question.asker.name) == ("how long do keys live?", "Anna")


async def test_what_is_said_in_a_channel_is_asked_in_its_order(
    discord: Discord, anna: Person, general: Channel, hearing: Hearing
) -> None:
    for number in range(30):
        discord.says(anna, general, f"{discord.mention} how long is {number}?")
    await discord.until(lambda: len(hearing.desk.events) == 30)

    assert [one.text for one in hearing.desk.events if isinstance(one, Question)] == [
        f"how long is {number}?" for number in range(30)
    ]


async def test_a_direct_message_is_of_its_persons_guild(
    discord: Discord, guild: Guild, anna: Person, hearing: Hearing
) -> None:
    at_home(hearing, anna.id, guild.id)
    direct = discord.direct(anna)
    said = discord.says(anna, direct, "how long do keys live?")
    await discord.until(lambda: hearing.desk.events)
    discord.edits(said, "how long do certificates live?")
    discord.deletes(said)
    await discord.until(lambda: len(hearing.desk.events) == 3)

    question, edited, gone = hearing.desk.events
    assert isinstance(question, Question)
    assert question.place.workspace == f"discord:{guild.id}"
    assert question.place.private_to == anna.id
    assert edited == Edited(question=question.id, text="how long do certificates live?")
    assert gone == Deleted(question=question.id)


async def test_a_stranger_is_told_so_once_and_asks_nothing(discord: Discord, anna: Person, hearing: Hearing) -> None:
    direct = discord.direct(anna)
    discord.says(anna, direct, "how long do keys live?")
    discord.says(anna, direct, "are you there?")
    await discord.until(lambda: discord.answers(direct))
    discord.says(anna, direct, "hello?")

    assert "find you in none" in discord.answers(direct)[0].content
    assert len(discord.answers(direct)) == 1
    assert hearing.desk.events == []


async def test_the_title_of_a_post_is_the_question_where_the_post_says_nothing_but_whom_it_asks(
    discord: Discord, guild: Guild, anna: Person, general: Channel, hearing: Hearing
) -> None:
    forum = discord.channel("help", guild, kind="forum")
    post = discord.posts(anna, forum, "How long do keys live?", discord.mention)
    discord.says(anna, post, discord.mention)
    discord.says(anna, general, discord.mention)
    await discord.until(lambda: len({one.id for one in hearing.desk.events if isinstance(one, Question)}) == 3)
    asked = {one.id.rpartition(":")[2]: one.text for one in hearing.desk.events if isinstance(one, Question)}
    assert asked.pop(post.id) == f"the title of {post.id}"
    assert set(asked.values()) == {""}


async def test_a_guild_that_is_not_meant_is_told_so_once(
    discord: Discord, guild: Guild, anna: Person, general: Channel, hearing: Hearing
) -> None:
    hearing.facts.shut.add(guild.id)
    discord.says(anna, general, f"{discord.mention} how long do keys live?")
    discord.says(anna, general, f"{discord.mention} are you there?")
    await discord.until(lambda: discord.answers(general))

    assert "DISCORD_GUILDS" in discord.answers(general)[0].content
    assert hearing.desk.events == []


async def test_a_follow_up_in_the_bots_thread_needs_no_mention(
    discord: Discord, anna: Person, general: Channel, hearing: Hearing
) -> None:
    said = discord.says(anna, general, f"{discord.mention} how long do keys live?")
    await discord.until(lambda: hearing.desk.events)
    thread = discord.thread(anna, general, "Keys", message=said)
    discord.clock.move(1)
    discord.says(anna, thread, "and in Europe?")
    other = discord.thread(anna, general, "Lunch")
    discord.says(anna, other, "what is for lunch?")
    discord.says(anna, thread, "who decides that?")
    await discord.until(lambda: len({one.id for one in hearing.desk.events if isinstance(one, Question)}) == 3)

    questions = list({one.id: one for one in hearing.desk.events if isinstance(one, Question)}.values())
    assert [one.text for one in questions] == ["how long do keys live?", "and in Europe?", "who decides that?"]
    assert len({one.conversation for one in questions}) == 1


async def test_every_question_of_a_channel_is_asked_where_that_is_wanted(
    discord: Discord, anna: Person, general: Channel
) -> None:
    policies = Policies(everywhere=Policy(answers="every question"))
    async with Hearing(discord, policies=policies).running() as hearing:
        discord.says(anna, general, "thanks!")
        discord.says(anna, general, "how long do keys live?")
        await discord.until(lambda: hearing.desk.events)

        assert [one.text for one in hearing.desk.events if isinstance(one, Question)] == ["how long do keys live?"]


async def test_an_edit_that_mentions_the_bot_asks(
    discord: Discord, anna: Person, general: Channel, hearing: Hearing
) -> None:
    said = discord.says(anna, general, "how long do keys live?")
    discord.edits(said, f"{discord.mention} how long do keys live?")
    await discord.until(lambda: hearing.of(Question))

    assert [type(one) for one in hearing.desk.events] == [Edited, Question]


async def test_thumbs_are_votes_and_can_be_taken_away(
    discord: Discord, anna: Person, general: Channel, hearing: Hearing
) -> None:
    said = discord.says(anna, general, "nothing")
    discord.reacts(anna, said, "\N{THUMBS DOWN SIGN}")
    discord.unreacts(anna, said, "\N{THUMBS DOWN SIGN}")
    await discord.until(lambda: hearing.of(Rated))

    assert [one.vote for one in hearing.desk.events if isinstance(one, Rated)][-1] == 0


async def test_what_cannot_be_kept_is_marked_and_found_again(discord: Discord, anna: Person, general: Channel) -> None:
    broken = True

    async def then(_: object) -> None:
        if broken:
            raise OSError("the database is away")

    async with Hearing(discord, then=then).running() as hearing:
        said = discord.says(anna, general, f"{discord.mention} how long do keys live?")
        await discord.until(lambda: said.reactions)
        broken = False
        before = len(hearing.desk.events)
        await discord.until(lambda: len(hearing.desk.events) > before)

        assert len({one.id for one in hearing.desk.events if isinstance(one, Question)}) == 1


async def test_a_guild_is_greeted_when_the_bot_comes_and_forgotten_when_it_goes(
    discord: Discord, guild: Guild, hearing: Hearing
) -> None:
    other = discord.guild("Other")
    await discord.until(lambda: hearing.pages.introduced)
    discord.removes(other)
    await discord.until(lambda: hearing.tickets.forgotten)

    assert hearing.pages.introduced == [other.id]
    assert hearing.tickets.forgotten == [f"discord:{other.id}"]
    assert guild.id not in hearing.pages.introduced


async def test_a_post_that_mentions_the_bot_is_asked_and_goes_on_without(
    discord: Discord, guild: Guild, anna: Person, hearing: Hearing
) -> None:
    forum = discord.channel("help", guild, kind="forum")
    post = discord.posts(anna, forum, "Keys", f"{discord.mention} how long do keys live?")
    await discord.until(lambda: hearing.desk.events)
    discord.clock.move(1)
    discord.says(anna, post, "and in Europe?")
    await discord.until(lambda: len({one.id for one in hearing.desk.events if isinstance(one, Question)}) == 2)

    questions = [one for one in hearing.desk.events if isinstance(one, Question)]
    assert {one.conversation for one in questions} == {f"discord:{guild.id}:{post.id}"}
    assert {(one.place.channel, one.place.thread) for one in questions} == {(forum.id, post.id)}
