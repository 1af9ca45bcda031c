"""Slack on loopback, as far as a bot can see it: Web API, Socket Mode, signed events, and people.

    async with Slack() as slack:                          # or Slack(clock=Clock(runs=True)) for other processes
        anna = slack.person("Anna")
        general = slack.channel("general", anna)
        question = slack.says(anna, general, f"{slack.mention} how long do keys live?")
        answers = await slack.until(lambda: slack.answers(general, question))
        assert answers[0].shown == "90 days. [1]"
        assert not slack.rates.violations

All of it runs in the test's own loop, so a fixture in which somebody acts is ``async``.

**Connect.** ``slack.api_url`` (``SLACK_API_URL``), ``slack.token`` (of the first workspace; others have
``slack.state.installations[team.id].token``), ``slack.app_token``, ``slack.signing_secret``. Socket Mode is on;
``await slack.deliver_to(url)`` sends signed HTTP to that address instead, and ``slack.requests`` then makes signatures.

**Furnish** (``building``): ``workspace``, ``person(…, guest=)``, ``other_bot``, ``several``, ``direct``, ``group``,
``channel(…, kind=, shared_with=, bot=)``, ``file``, ``agrees`` (a code for ``oauth.v2.access``).

**Act** (``speaking``, ``acting``): ``says``, ``broadcasts``, ``edits``, ``deletes``, ``reacts``, ``unreacts``,
``stops``, ``opens_home``, ``looks_at``, ``joins``, ``leaves``, ``shares``, ``unshares``, ``regroups``, ``changes``,
``uninstalls``, ``revokes``; ``commands``, ``clicks``, ``clicks_in``, ``asks_about``, ``submits``, ``closes`` give a
``Sent``, whose acknowledgement ``await slack.heard(sent)`` waits for.

**See** (``seeing``): ``thread``, ``answers``, ``seen``, ``whispered``, ``modal``, ``app_home``, ``session``,
``status``, ``prompts``. A ``Message`` has ``shown`` (what is read), ``tasks``, ``buttons``, ``pings`` (whom it
notifies) and ``stream``.

**Wait**: ``await slack.until(condition)``, ``await slack.heard()``. No test sleeps: ``slack.clock.move(seconds)`` lets
time pass. Three seconds without an acknowledgement are a failed attempt; events come again at once, after one minute
and after five more.

**Break**: ``slack.misbehave("dropped after", "chat.postMessage", times=1)`` until ``recover()``; see ``faults.Fault``.
``slack.sockets``: ``drop()``, ``refresh()``, ``deafen(pings=, new=)``. ``slack.installation.scopes`` and
``slack.state.app.subscriptions`` are sets to change. ``Slack(commercial=True)`` has the slow history of sold apps.

**Count**: ``slack.calls`` and ``slack.called(method)`` (each with arguments and error), ``slack.sent`` (each with
attempts, acknowledged, lost, answer), ``slack.rates.violations`` by method; with ``slack.rates.enforced = False`` no
call is refused for its rate. A fault of the double's own fails the test when it ends.

Guesses, where Slack says nothing: a stream is told of as a ``message`` at its start and a ``message_changed`` at its
end; an unknown ``thread_ts`` is ``thread_not_found``; the root leads every page of replies; a bot hears when it is
removed; what somebody looks at comes as ``app_context``; an envelope whose socket broke is sent again at once, under
another id. What was measured of long streams is in ``methods.streaming``.
"""

from tests.doubles.slack.clock import Clock
from tests.doubles.slack.records import Channel, Message, User, Workspace
from tests.doubles.slack.service import Slack

__all__ = ["Channel", "Clock", "Message", "Slack", "User", "Workspace"]
