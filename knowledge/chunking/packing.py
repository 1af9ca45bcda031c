"""From an outline to chunks: sections filled up to the limit, small ones put together with their siblings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.chunking.outline import spanned
from knowledge.chunking.splitting import Piece, Policy, pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from knowledge.chunking.outline import Lines, Section

__all__ = ["Packed", "Policy", "pack"]


_BREAK = len("\n\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A chunk before it has a name. ``path`` is what all of it stands under; headings below that are in ``text``."""

    path: tuple[str, ...]
    anchor: str | None
    text: str
    lines: Lines | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What one section gives to one chunk."""

    path: tuple[str, ...]
    anchor: str | None
    text: str
    size: int
    lines: Lines | None
    why: str
    alone: bool = False


def pack(sections: Sequence[Section], policy: Policy) -> list[Packed]:
    """Cut and fill. No chunk is blank, none is longer than the policy's limit, or ``whole`` for one code or table."""
    drafts: list[_Draft] = []
    for number, section in enumerate(sections):
        if section.blocks:
            drafts.extend(_filled(section, policy))
        elif not _has_children(sections, number):
            drafts.append(_bare(section))
    return [_packed(group) for group in _grouped(drafts, policy)]


def _bare(section: Section) -> _Draft:
    return _Draft(path=section.path, anchor=section.anchor, text="", size=0, lines=None, why="a bare heading")


def _has_children(sections: Sequence[Section], number: int) -> bool:
    """Whether the next section stands under this one, so that its path tells this one's heading."""
    path = sections[number].path
    return number + 1 < len(sections) and sections[number + 1].path[: len(path)] == path != sections[number + 1].path


def _filled(section: Section, policy: Policy) -> Iterator[_Draft]:
    """Fill chunks with the section's pieces; a closing lead ("For example:") moves over to what it announces."""
    group: list[Piece] = []
    size = 0
    for piece in pieces(section.blocks, policy):
        own = policy.measure.size(piece.text)
        if group and (piece.alone or group[-1].alone or size + _BREAK + own > policy.limit):
            moved = _moved(group, piece, own, policy)
            yield _draft(section, group, policy, why="full")
            group = moved
            size = policy.measure.size(group[0].text) if group else 0
        group.append(piece)
        size += own + (_BREAK if size else 0)
    if group:
        yield _draft(section, group, policy, why="the section ends")


def _moved(group: list[Piece], piece: Piece, size: int, policy: Policy) -> list[Piece]:
    """Take a lead off the end of a full group, where it fits with what comes, of that size, and is not all there is."""
    lead = group[-1]
    fits = policy.measure.size(lead.text) + _BREAK + size <= policy.limit
    return [group.pop()] if len(group) > 1 and lead.lead and fits and not piece.alone else []


def _draft(section: Section, group: Sequence[Piece], policy: Policy, *, why: str) -> _Draft:
    reasons = dict.fromkeys(piece.why for piece in group if piece.why)
    text = _joined(group)
    return _Draft(
        path=section.path,
        anchor=section.anchor,
        text=text,
        size=policy.measure.size(text),
        lines=spanned(piece.lines for piece in group),
        why="; ".join(reasons) or why,
        alone=group[-1].alone,
    )


def _joined(group: Sequence[Piece]) -> str:
    rest = (part for piece in group[1:] for part in ("\n" if piece.tight else "\n\n", piece.text))
    return "".join((group[0].text, *rest))


def _grouped(drafts: Iterable[_Draft], policy: Policy) -> Iterator[list[_Draft]]:
    """Put a small section together with those before it, where it is a sibling of the first or stands below one."""
    group: list[_Draft] = []
    size = 0
    for draft in drafts:
        base = max(0, len((group or [draft])[0].path) - 1)
        grown = size + _size(draft, group[-1].path if group else draft.path[:base], policy)
        small = size < policy.small or draft.size < policy.small
        related = bool(group) and not (group[0].alone or draft.alone) and draft.path[:base] == group[0].path[:base]
        if group and not (small and related and grown <= policy.limit):
            yield group
            group, grown = [], _size(draft, draft.path[:-1], policy)
        group.append(draft)
        size = grown
    if group:
        yield group


def _size(draft: _Draft, told: tuple[str, ...], policy: Policy) -> int:
    """What a draft adds at most: its text, and its headings that the one before did not tell."""
    headings = _headings(draft.path, len(_shared(told, draft.path)))
    return draft.size + sum(policy.measure.size(heading) + _BREAK for heading in headings) + _BREAK


def _headings(path: tuple[str, ...], told: int) -> list[str]:
    """The headings of a path that were not told yet, as they are written in a text."""
    return [f"{'#' * (level + 1)} {path[level]}" for level in range(told, len(path))]


def _packed(group: Sequence[_Draft]) -> Packed:
    first = group[0]
    why = first.why if len(group) == 1 else f"{len(group)} small sections together"
    return Packed(
        path=_common(group),
        anchor=first.anchor,
        text=_text(group),
        lines=spanned(draft.lines for draft in group),
        why=why,
    )


def _text(group: Sequence[_Draft]) -> str:
    """The group's texts under those of their headings that are not common to all."""
    if len(group) == 1:
        return group[0].text or group[0].path[-1]
    told = _common(group)
    parts: list[str] = []
    for draft in group:
        parts.extend(_headings(draft.path, len(_shared(told, draft.path))))
        parts.append(draft.text)
        told = draft.path
    return "\n\n".join(part for part in parts if part) or group[0].path[-1]


def _common(group: Sequence[_Draft]) -> tuple[str, ...]:
    common = group[0].path
    for draft in group[1:]:
        common = _shared(common, draft.path)
    return common


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    return one[:same]
