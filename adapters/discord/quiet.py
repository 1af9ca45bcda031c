"""What discord.py logs by: nothing, since its lines hold the tokens of interactions, and what people wrote, unmasked.

What matters of it is logged where it is known what it means.
"""

import logging


def quiet() -> None:
    """Have discord.py say nothing in this process."""
    logger = logging.getLogger("discord")  # noqa: TID251 - the library's own, above all that it logs by
    logger.setLevel(logging.CRITICAL + 1)
    logger.disabled = True
