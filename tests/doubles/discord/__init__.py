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
``discord.token``; ``discord.me`` and ``discord.application`` are ids, ``discord.bot`` is a person, ``discord.mention``
calls the bot. ``discord.redirected()`` is a context in which discord.py in this process goes here. ``Discord(shards=)``
is how many it recommends.

**Furnish** (``building``): ``guild(name, permissions=)`` (of the bot there, a ``discord.Permissions``; usually
``building.USUAL``), ``person(name, *guilds, roles=, bot=, owns=)``, ``role(name, guild, permissions=)``,
``channel(name, guild, kind=, private_to=, without=, bot=)`` of kind text, voice, forum or announcement,
``direct(person)``, ``direct(person, closed=True)``. ``private_to`` are the roles and people who see the channel;
``without`` are permissions that the bot lacks there; with ``bot=False`` it does not see it. A person without guilds
is a stranger. ``discord.intents_granted`` is a set of names to change. Permissions are called as discord.py calls them.

**Act** (``speaking``, ``acting``): ``says(person, channel, text, replies_to=, files=)``,
``forwards``, ``webhook(name, channel, text)``, ``notes`` (a system message), ``posts(person, forum, title, text)``
(gives the thread), ``thread(person, channel, name, message=, private=)``, ``edits(message, text)``, ``unfurls`` (an
update without an edit), ``deletes(*messages)``, ``reacts``, ``unreacts``, ``archives(thread, archived=)``,
``locks(thread, locked=)``, ``deletes_channel``, ``overwrites(channel, whom, allow=, deny=)``, ``joins``, ``leaves``,
``gives(person, role)``, ``takes(person, role)``, ``permits(role or guild, *permissions)`` (exactly these),
``adds(guild)`` and ``removes(guild)`` (the bot);
``commands(person, channel, name, **options)``, ``types(person, channel, name, option, text)``,
``asks_about(person, message, name)``, ``clicks(person, message, button)`` (label, emoji or custom id),
``presses(person, message, custom_id)`` (any id, as a forger would) and ``submits(person, form, {…})`` (by label or
custom id) give an interaction (``interactions.Asked``). A command of commands has both names: ``"footnote usage"``.
Commands need not be registered unless ``discord.strict``; if they are, options and permissions must fit.

**What came of an interaction**: ``acknowledged`` (its ``at`` and ``type``), ``response`` (the body of the callback),
``modal`` and its ``fields``, ``choices``, ``original`` and ``followups`` (messages), ``ephemeral``, ``refused``
(codes). A second response gets 40060, one after three seconds 10062; its token is invalid (401, 50027) after 15
minutes, and unknown (404, 10015) if it was not acknowledged within three seconds.

**See** (``seeing``): ``messages(channel)``, ``answers(channel)`` (the bot's own; both of None are empty),
``whispered(person)``, ``thread_of(message)``, ``threads(channel)``, ``typing(channel)``, ``message(id)``. A ``Message``
has ``content``, ``shown`` (with no markup of small text, links and escapes), ``buttons``, ``components``,
``reactions``, ``flags``, ``pings`` (whom it notified), ``edits`` (times and contents it had), ``replies_to``,
``nonce``, ``deleted``, ``ephemeral``, ``loading``, ``type``, ``link``.

**Wait**: ``await discord.until(condition)``. No test sleeps: ``discord.clock.move(seconds)`` lets time pass.

**Break**: ``discord.misbehave("dropped after", "POST", "/channels/*/messages", times=1)`` until ``recover()``; see
``faults.Fault``. ``discord.gateway``: ``drop()``, ``drop(resumable=False)``, ``reconnect()``, ``deafen()``,
``duplicate(n)``, ``close(code)``, ``shut()`` and ``let_in()`` (whoever connects meanwhile waits),
``send(event, payload)`` (whatever you like); ``identified``, ``resumed``, ``refused`` (close codes), ``sessions`` (with
all that each was ``told``), ``connected``, ``beat`` (seconds between heartbeats), ``beats``.

**Count**: ``discord.calls`` and ``discord.called(method, pattern)`` (each with ``method``, ``path``, ``json``,
``params``, ``at``, ``status``, ``code``, ``fault``), ``discord.rates.violations`` by route: requests sent although
nothing remained; ``discord.rates.enforced = False`` refuses none and announces none, and ``discord.rates.instead`` has
other rates. Rates go by real time and by what the clock was moved, since discord.py waits by the wall's clock.

A request whose body breaks Discord's published specification, an unknown route or field, and a fault of the double's
own fail the test when it ends; ``discord.complaints`` are these, to clear where one was meant.

Guesses, where Discord documents nothing: the rates in ``rates``; a nonce is known for five minutes, in its channel; the
first message of a thread is by whoever said the one that it began with; a locked thread refuses with 160005, an
archived one with 50083; duplicates after a RESUME come with new sequence numbers.
"""

from tests.doubles.discord.records import Channel, Guild, Message, Person, Role
from tests.doubles.discord.service import Discord
from tests.doubles.slack.clock import Clock

__all__ = ["Channel", "Clock", "Discord", "Guild", "Message", "Person", "Role"]
