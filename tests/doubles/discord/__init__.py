"""Discord on loopback, as far as a bot can see it: REST API, gateway, interactions, and people.

    async with Discord() as discord:                      # or Discord(clock=Clock(runs=True)) for other processes
        guild = discord.guild("Acme")
        anna = discord.person("Anna", guild)
        general = discord.channel("general", guild)
        question = discord.says(anna, general, f"{discord.mention} how long do keys live?")
        answers = await discord.until(lambda: discord.answers(discord.thread_of(question)))
        assert answers[0].shown == "90 days. [1]"
        assert not discord.rates.violations

All of it runs in the test's own loop, so a fixture in which somebody acts is ``async``. Ids are strings, as they are in
payloads. The behaviour is simcord's (``world`` mends it); it is served over real HTTP and a real websocket.

**Connect.** ``discord.api_url`` (``DISCORD_API_URL``), ``discord.gateway_url`` (``DISCORD_GATEWAY_URL``),
``discord.token``; ``discord.me`` and ``discord.application`` are ids, ``discord.mention`` calls the bot.
``discord.redirected()`` is a context in which discord.py in this process goes here.

**Furnish** (``building``): ``guild(name, permissions=)`` (of the bot there, a ``discord.Permissions``),
``person(name, *guilds, roles=, bot=)``, ``role(name, guild, permissions=)``, ``channel(name, guild, kind=, private_to=,
without=)`` of kind text, voice, forum or announcement, ``direct(person)``, ``direct(person, closed=True)``.
``private_to`` are the roles and people who see the channel; ``without`` are permissions that the bot lacks there.
``discord.intents_granted`` is a set of names to change.

**Act** (``speaking``, ``acting``): ``says(person, channel, text, replies_to=)``, ``posts(person, forum, title, text)``
(gives the thread), ``thread(person, channel, name, message=)``, ``edits``, ``unfurls`` (an update without an edit),
``deletes(*messages)``, ``reacts``, ``unreacts``, ``archives``, ``locks``, ``deletes_channel``, ``overwrites``,
``joins``, ``leaves``, ``gives(person, role)``, ``takes(person, role)``, ``adds(guild)`` and ``removes(guild)`` (the
bot); ``commands(person, channel, name, **options)``, ``types(person, channel, name, option, text)``,
``asks_about(person, message)``, ``clicks(person, message, label)`` (or a custom id), ``presses(person, message,
custom_id)`` (any id, as a forger would) and ``submits(person, modal, {…})`` give an ``Interaction``.

**What came of an interaction**: ``acknowledged`` (its ``at`` and ``type``), ``response`` (the body of the callback),
``modal``, ``choices``, ``original`` and ``followups`` (messages), ``ephemeral``, ``refused`` (codes). A second response
gets 40060, one after three seconds 10062; its token is invalid (50027) after 15 minutes, and unknown (10015) before it
was acknowledged.

**See** (``seeing``): ``messages(channel)``, ``answers(channel)`` (the bot's own), ``whispered(person)``,
``thread_of(message)``, ``threads(channel)``, ``typing(channel)``. A ``Message`` has ``content``, ``shown`` (with no
markup of small text), ``buttons``, ``components``, ``reactions``, ``flags``, ``pings`` (whom it notified), ``edits``
(times and contents it had), ``replies_to``, ``nonce``, ``deleted``, ``ephemeral``, ``link``.

**Wait**: ``await discord.until(condition)``. No test sleeps: ``discord.clock.move(seconds)`` lets time pass.

**Break**: ``discord.misbehave("dropped after", "POST", "/channels/*/messages", times=1)`` until ``recover()``; see
``faults.Fault``. ``discord.gateway``: ``drop()``, ``drop(resumable=False)``, ``reconnect()``, ``deafen()``,
``duplicate(n)``, ``close(code)``, ``send(event, payload)`` (whatever you like); ``identified``, ``resumed``,
``sessions``, ``connected``, ``beat`` (seconds between heartbeats).

**Count**: ``discord.calls`` and ``discord.called(method, pattern)`` (each with ``method``, ``path``, ``json``,
``params``, ``status``, ``code``), ``discord.rates.violations`` by route: requests sent although nothing remained;
``discord.rates.enforced = False`` refuses none and announces none, and ``discord.rates.instead`` has other rates. Rates
go by real time and by what the clock was moved.

A request whose body breaks Discord's published specification, an unknown route, and a fault of the double's own fail
the test when it ends; ``discord.complaints`` are these.
"""

from tests.doubles.discord.records import Channel, Guild, Message, Person, Role
from tests.doubles.discord.service import Discord
from tests.doubles.slack.clock import Clock

__all__ = ["Channel", "Clock", "Discord", "Guild", "Message", "Person", "Role"]
