"""What calling Slack may come to; one tree, so that a caller decides by what it knows of the call afterwards."""

from __future__ import annotations

from adapters.errors import PlatformError


class SlackError(PlatformError):
    """A call to Slack that did not do what it was to do."""


class Refused(SlackError):
    """Slack said no, and did nothing: ``code`` is its word for why, such as ``channel_not_found``.

    ``needed`` is the scope that is missing, where it says so.
    """

    def __init__(self, method: str, code: str, needed: str = "") -> None:
        """Name what was called."""
        super().__init__(f"Slack refused {method}: {code}{f' (it needs {needed})' if needed else ''}.")
        self.method = method
        self.code = code
        self.needed = needed


class Limited(SlackError):
    """Slack takes no more of these calls for so many ``seconds``, and did nothing."""

    def __init__(self, method: str, seconds: float) -> None:
        """Name what was called."""
        super().__init__(f"Slack takes no more calls of {method} for {seconds:g} seconds.")
        self.method = method
        self.seconds = seconds


class Away(SlackError):
    """Slack could not be reached, so that it did nothing."""


class Unsure(SlackError):
    """Nobody knows whether Slack did it: it was asked, and no answer of its own came back. Look before asking again."""


class WholeOrganisation(SlackError):
    """Somebody wants the bot in all workspaces of an organisation at once."""

    def __init__(self) -> None:
        """Say what can be done instead."""
        super().__init__(
            "The app cannot be installed for a whole organisation at once, and nothing was kept. Install it in a "
            "single workspace."
        )


class NotInstalled(SlackError):
    """The bot is not installed in a workspace, or no longer."""
