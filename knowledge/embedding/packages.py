"""Files that come with Python packages, found without importing them: some are heavy, some change logging."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from knowledge.errors import KnowledgeError


def packaged(package: str, file: str, *, remedy: str) -> Path:
    """Give the path of a package's file; raises KnowledgeError with the remedy where either is missing."""
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations if spec else None) or ():
        if (path := Path(folder, file)).is_file():
            return path
    raise KnowledgeError(f"The embedder needs {file} of the package {package}, which is not there; {remedy}")
