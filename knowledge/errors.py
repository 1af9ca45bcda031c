"""What can go wrong with knowledge, each with a sentence that a person may read.

KnowledgeError
├── NothingThere        a path that does not exist or cannot be read
├── Unreadable          a file that is not what its name says
├── WrongVectors        the index holds another model's vectors
├── Damaged             the knowledge file is corrupt
├── Busy                the knowledge file is locked by another process
└── NoSpace             the disk is full
"""

from __future__ import annotations


class KnowledgeError(Exception):
    """The base. ``told`` says what happened and what to do about it, and may be shown to anyone."""

    def __init__(self, told: str) -> None:
        """Keep the sentence."""
        super().__init__(told)
        self.told = told


class NothingThere(KnowledgeError):
    """A path that does not exist or cannot be read."""


class Unreadable(KnowledgeError):
    """A file that is not what its name says: binary, or in no encoding that we know."""


class WrongVectors(KnowledgeError):
    """The index holds another model's vectors."""


class Damaged(KnowledgeError):
    """The knowledge file is corrupt or no database at all."""


class Busy(KnowledgeError):
    """The knowledge file is locked by another process."""


class NoSpace(KnowledgeError):
    """The disk is full."""
