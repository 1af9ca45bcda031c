"""The methods of Slack's Web API that a bot like ours uses, as ``name -> Method``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.doubles.slack.methods.posting import POSTING
from tests.doubles.slack.methods.reading import READING
from tests.doubles.slack.methods.sessions import SESSIONS
from tests.doubles.slack.methods.streaming import STREAMING
from tests.doubles.slack.methods.views import VIEWS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.doubles.slack.arguments import Method

METHODS: Final[Mapping[str, Method]] = {**POSTING, **STREAMING, **SESSIONS, **READING, **VIEWS}
