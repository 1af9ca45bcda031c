"""How a test furnishes Slack: workspaces, people, channels, groups and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.doubles.slack.records import Channel, File, Group, Installation, User, Workspace
from tests.doubles.slack.state import SCOPES
from tests.doubles.slack.world import World

if TYPE_CHECKING:
    from tests.doubles.slack.records import Guest, Kind


class Building(World):
    """Makes what there is to begin with; nothing of it is an event."""

    def workspace(self, name: str, *, installed: bool = True) -> Workspace:
        """A workspace; the app is installed there, with a bot and a token of its own, unless it is not."""
        made = Workspace(id=self.state.id("T"), name=name, domain=name.lower().replace(" ", "-"))
        self.state.workspaces[made.id] = made
        if installed:
            self.install(made)
        return made

    def install(self, workspace: Workspace) -> Installation:
        state = self.state
        bot = User(
            id=state.id("U"),
            team=workspace.id,
            name=state.app.name,
            real_name=state.app.name,
            bot_id=state.id("B"),
            app=state.app.id,
        )
        token = f"xoxb-{workspace.id}-{bot.id}-double"
        made = Installation(team=workspace.id, app=state.app.id, bot=bot, token=token, scopes=set(SCOPES))
        state.users[bot.id] = bot
        state.installations[workspace.id] = made
        return made

    def agrees(self, workspace: Workspace) -> str:
        """Somebody agrees in the browser that the app be installed; give the code that ``oauth.v2.access`` takes."""
        if workspace.id not in self.state.installations:
            self.install(workspace)
        code = self.state.id("code.")
        self.state.codes[code] = workspace.id
        return code

    def person(
        self, name: str, team: Workspace | None = None, *, guest: Guest | None = None, admin: bool = False
    ) -> User:
        """Somebody in a workspace; in the first one, where none is named."""
        home = (team or self.home).id
        made = User(id=self.state.id("U"), team=home, name=name.lower(), real_name=name, guest=guest, admin=admin)
        self.state.users[made.id] = made
        return made

    def other_bot(self, name: str, *, app: str | None = "A0OTHERAPP") -> User:
        """A bot of another app in the first workspace; an old integration's has no ``app``."""
        made = self.person(name)
        made.bot_id, made.app = self.state.id("B"), app
        return made

    def channel(
        self,
        name: str,
        *members: User,
        kind: Kind = "public",
        team: Workspace | None = None,
        shared_with: tuple[Workspace, ...] = (),
        bot: bool = True,
    ) -> Channel:
        """A channel with these members and, unless it is without ``bot``, the app's."""
        home = team or self.home
        made = Channel(
            id=self.state.id("C"), team=home.id, name=name, kind=kind, created=int(self.clock.now()),
            connected=[one.id for one in shared_with],
        )  # fmt: skip
        made.members = [one.id for one in members]
        if bot:
            made.members.append(self.state.installations[home.id].bot.id)
        self.state.channels[made.id] = made
        return made

    def several(self, *members: User) -> Channel:
        """A direct message of several people and the bot."""
        name = "mpdm-" + "--".join(one.name for one in members) + "-1"
        return self.channel(name, *members, kind="mpim")

    def direct(self, user: User) -> Channel:
        """The direct messages of somebody and the bot."""
        return self.state.direct(user)

    def group(self, handle: str, *members: User, team: Workspace | None = None) -> Group:
        made = Group(
            id=self.state.id("S"), team=(team or self.home).id, handle=handle, members=[one.id for one in members],
            updated=int(self.clock.now()),
        )  # fmt: skip
        self.state.groups[made.id] = made
        return made

    def file(self, user: User, name: str, content: bytes, mimetype: str = "text/plain") -> File:
        """A file that somebody uploaded; ``says(…, files=[…])`` attaches it."""
        made = File(
            id=self.state.id("F"), team=user.team, user=user.id, name=name, mimetype=mimetype, content=content,
            created=int(self.clock.now()),
        )  # fmt: skip
        self.state.files[made.id] = made
        return made
