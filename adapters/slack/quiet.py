"""What Bolt and the SDK log by: nothing, since their lines hold tokens' owners, bodies and signatures, unmasked.

What matters of it is logged where it is known what it means.
"""

import logging
from typing import Final

QUIET: Final = logging.Logger("slack", logging.CRITICAL + 1)  # noqa: LOG001 - in no tree, so that nobody turns it on again
"""Hand it to whatever of theirs takes a logger."""
QUIET.disabled = True
