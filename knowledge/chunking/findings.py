"""Audit reports: one finding with its severity, condition, cause and recommendation is cut by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from knowledge.chunking.clauses import is_finding, part
from knowledge.chunking.packing import Packed, pack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from knowledge.chunking.outline import Section
    from knowledge.chunking.splitting import Policy

_HOLDER: Final = re.compile(
    r"(?:\d[\d.]*\s+)?(?:detailed |audit |key |current )?(?:findings|observations)(?: and recommendations)?",
    re.IGNORECASE,
)
_SEVERITY: Final = re.compile(
    r"(?:critical|high|medium|moderate|low|informational)(?: (?:risk|severity))?", re.IGNORECASE
)


@dataclass(slots=True)
class _Run:
    """Sections that are cut together: a finding with its parts, or what stands between findings."""

    finding: tuple[str, ...] = ()
    sections: list[Section] = field(default_factory=list)
    beside: tuple[str, ...] = ()
    """The path of the last part that was written beside its finding instead of below it."""

    def takes(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        """Give the path that a section has in this run; None where it belongs to none of its parts."""
        if path[: len(self.finding)] == self.finding:
            return path
        if path and part(path[-1]):
            self.beside = path
        within = bool(self.beside) and path[: len(self.beside)] == self.beside
        return (*self.finding, *path[len(self.beside) - 1 :]) if within else None


def pack_findings(sections: Sequence[Section], finding: Policy, rest: Policy) -> list[Packed]:
    """Cut each finding by one policy, whole where it fits, and what stands between them by the other."""
    packed: list[Packed] = []
    for run in _runs(sections):
        if not run.finding:
            packed.extend(pack(run.sections, rest))
        else:
            packed.extend(_told(pack(run.sections, finding)))
    return packed


def _told(packed: Sequence[Packed]) -> Iterator[Packed]:
    parts = len(packed)
    for number, chunk in enumerate(packed, start=1):
        cut = f"part {number} of {parts} of one finding: {chunk.why}"
        yield replace(chunk, why=cut if parts > 1 else "one finding, whole")


def _runs(sections: Sequence[Section]) -> Iterator[_Run]:
    run = _Run()
    for section in sections:
        if opens_finding(section.path):
            yield _without_holders(run, section.path)
            run = _Run(section.path, [section])
        elif (path := run.takes(section.path)) is not None:
            run.sections.append(replace(section, path=path))
        else:
            yield run
            run = _Run((), [section])
    yield run


def _without_holders(run: _Run, path: tuple[str, ...]) -> _Run:
    """Leave out bare headings such as ``Findings`` above a finding, whose path tells them."""
    while run.sections and not run.sections[-1].blocks and path[: len(run.sections[-1].path)] == run.sections[-1].path:
        run.sections.pop()
    return run


def opens_finding(path: tuple[str, ...]) -> bool:
    """Whether a heading begins a finding, by its own words or as a title right below ``Findings``."""
    if not path or part(path[-1]):
        return False
    return is_finding(path[-1]) or (holds_findings(path[:-1]) and not _SEVERITY.fullmatch(path[-1]))


def holds_findings(path: tuple[str, ...]) -> bool:
    """Whether what stands right below is findings, by their severity or not."""
    if path and _SEVERITY.fullmatch(path[-1]):
        return holds_findings(path[:-1])
    return bool(path) and _HOLDER.fullmatch(path[-1]) is not None
