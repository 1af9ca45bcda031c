"""Footnote: a team's questions answered in the team's own threads, from its own knowledge, with footnotes."""

__version__ = "0.1.0"
