"""Embedders: each turns texts into vectors on this machine, with weights from a Python package.

Each module here is one, under its own name: a file with ``embedder(cache)``, which gives a ``knowledge.base.Embedder``,
is all that it takes. What several of them need is in ``knowledge.embedding``.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from knowledge.base import Embedder


def names() -> tuple[str, ...]:
    """Give the names of all there are, in order; none is imported."""
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def load(name: str, cache: Path) -> Embedder:
    """Make the one of this name, which must be among ``names``; ``cache`` is a folder for what it builds once."""
    make: Callable[[Path], Embedder] = import_module(f"{__name__}.{name}").embedder
    return make(cache)
