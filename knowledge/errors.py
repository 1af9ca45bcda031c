"""What can go wrong with knowledge, each with a sentence that a person may read.

KnowledgeError
├── NothingThere        a path that does not exist or cannot be read
├── Unreadable          a file that is not what its name says
├── OtherOrigin         another folder has this source's name already
├── NoSuchSource        nothing is known of a source of this name
├── WrongVectors        the index takes no vectors of this length or metric
├── Unreachable         a server that knowledge needs does not answer, or not now
├── Refused             such a server does not let us in, or not do that
├── Unaffordable        a limit of money does not allow it, or nobody can keep account
├── Damaged             the knowledge file is corrupt, or no knowledge file at all
├── OtherVersion        the knowledge file was made by another version of Footnote
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


class OtherOrigin(KnowledgeError):
    """Another folder has this source's name already."""


class NoSuchSource(KnowledgeError):
    """Nothing is known of a source of this name."""


class WrongVectors(KnowledgeError):
    """The index takes no vectors of this length or metric."""


class Unreachable(KnowledgeError):
    """A server that knowledge needs does not answer, or has too much to do now; trying again may help."""


class Refused(KnowledgeError):
    """Such a server does not let us in, or does not do what was asked; trying again does not help."""


class Unaffordable(KnowledgeError):
    """A limit of money does not allow a call that costs some, or nobody can keep account of it: it was not made."""


class Damaged(KnowledgeError):
    """The knowledge file is corrupt, or no knowledge file at all."""


class OtherVersion(KnowledgeError):
    """The knowledge file was made by another version of Footnote."""


class Busy(KnowledgeError):
    """The knowledge file is locked by another process, or another sync is writing to it."""


class NoSpace(KnowledgeError):
    """The disk is full."""
