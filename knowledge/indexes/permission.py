"""Who may find what: the one condition that keywords, vectors and the catalog put into every search on SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, select

from knowledge.attributes import folded
from knowledge.tables import Attribute, Edition, Reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Select

    from knowledge.base import Filter, Scope


def readable_by(scope: Scope, filters: Sequence[Filter] = ()) -> ColumnElement[bool]:
    """Hold for an ``edition`` row that answers in the workspace, may be read within the scope and meets every filter.

    Nothing is implied: public documents count only where ``public`` is among the principals, and a scope without
    principals, like a filter without values, finds nothing.
    """
    return and_(
        Edition.workspace == scope.workspace,
        Edition.state == "live",
        exists().where(Reader.edition == Edition.number, Reader.principal.in_(sorted(scope.principals))),
        *(_has(condition) for condition in filters),
    )


def editions(scope: Scope, filters: Sequence[Filter] = ()) -> Select[int]:
    """Select the numbers of the editions that ``readable_by`` allows."""
    return select(Edition.number).where(readable_by(scope, filters))


def _has(condition: Filter) -> ColumnElement[bool]:
    values = sorted(folded(value) for value in condition.values)
    return exists().where(
        Attribute.edition == Edition.number,
        Attribute.field == condition.field,
        Attribute.value.in_(values),
    )
