"""What calling Discord may come to."""

from __future__ import annotations

from adapters.errors import PlatformError


class DiscordError(PlatformError):
    """A call to Discord that did not do what it was to do."""


class Refused(DiscordError):
    """Discord said no, and did nothing: ``code`` is its number for why, such as 10003, and ``status`` is HTTP's."""

    def __init__(self, what: str, code: int, status: int, words: str = "") -> None:
        """Name what was called, as ``POST /channels/{channel_id}/messages``."""
        super().__init__(f"Discord refused {what}: {words or status} ({code}).")
        self.code = code
        self.status = status


class Limited(DiscordError):
    """Discord takes no more of these calls for so many ``seconds``, and did nothing."""

    def __init__(self, what: str, seconds: float) -> None:
        """Name what was called."""
        super().__init__(f"Discord takes no more of {what} for {seconds:g} seconds.")
        self.seconds = seconds


class Away(DiscordError):
    """Discord could not be reached, so that it did nothing."""


class Unsure(DiscordError):
    """Nobody knows whether Discord did it: it was asked, and no answer of its own came back."""


class Unlisted(DiscordError):
    """A server that only resembles Discord's has no notion of who is in a guild."""


class Misset(DiscordError):
    """The bot cannot work as it is set up at Discord, such as with a token that is none."""
