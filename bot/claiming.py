"""The inbox's statements, built once for a process: what may be claimed, by whom, and who still may write.

Their parameters are ``claimed`` and ``held_fence``, a claim's number and fence, and what each of them names besides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import (
    Boolean,
    Double,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    null,
    or_,
    select,
    text,
    true,
    update,
)

from bot.tables import UNFINISHED, InboxRow

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy import ColumnElement, Executable, Select, Table, Update

    from bot.stores.base import Insert

INBOX: Final = cast("Table", InboxRow.__table__)
KEPT_SECONDS: Final = 24 * 3_600.0
"""How long a finished question is remembered, so that it is known when it is delivered again."""
_OFFERED_SECONDS: Final = 7 * 24 * 3_600.0
_row = INBOX.c


class Statements:
    """One process's statements; ``now`` gives the shared clock's time when one of them runs."""

    def __init__(  # noqa: PLR0913 - each is a fact about the process
        self,
        *,
        owner: str,
        lease_seconds: float,
        local: Collection[str],
        now: Callable[[], ColumnElement[float]],
        insert: Callable[[Table], Insert],
        fenced: bool = True,
    ) -> None:
        """``local`` are platforms that only this process can answer; ``fenced`` is for the test of the fence."""
        self._owner = owner
        self._lease = lease_seconds
        self._own = _row.platform.in_(local)
        self._now = now
        self._fenced = fenced
        self.put = self._put(insert)
        self.claim = self._claim()
        self.renew = self._renew()
        self.hold = select(true()).where(*self._held()).with_for_update()
        self.finish = self._finish()
        self.next = self._next()
        self.offering = self._ended(held_at=now())
        self.offer = self._ended(state="offered", lease_until=null())
        self.fail = self._fail()
        self.release = self._ended(state="waiting", owner=null(), lease_until=null(), attempts=_row.attempts - 1)
        self.wishes = self._wishes()
        put_off = _row.state.in_(("offered", "paused"))
        self.stop = self._ending(put_off, "stopped", _named(), _by_asker())
        self.halt = self._ending(put_off, "stopped", _there(), _by_asker())
        gone = or_(put_off, _row.fence == 0)  # attempts are given back by those who may have posted something
        self.delete = self._ending(gone, "deleted", _named())
        self.edit = _wished(_named()).values(newer=bindparam("words"))
        offered = _wished(_named(), _by_asker(), _row.state == "offered")
        self.want = offered.values(wanted=True, state="waiting", attempts=0)
        self.asked = select(_row.payload, _row.newer).where(_row.id == bindparam("id"))
        self.behind = select(_row.payload, _row.newer).where(_row.answer == bindparam("answer"))
        self.owed_since = self._owed_since()
        self.owed_in = select(_row.payload).where(text(UNFINISHED), _there(), *_of_workspace())
        self.sweep = self._sweep()
        self.owed = select(func.count()).select_from(INBOX).where(text(UNFINISHED), _row.state != "offered")

    def _put(self, insert: Callable[[Table], Insert]) -> Executable:
        """Insert what is given besides; with a true ``local``, for this process alone as long as it lives."""
        local: ColumnElement[bool] = bindparam("local", type_=Boolean())
        values = {
            "state": "waiting",
            "attempts": 0,
            "fence": 0,
            "owner": case((local, self._owner), else_=null()),
            "lease_until": case((local, self._now() + self._lease), else_=null()),
            "wanted": False,
            "put_at": self._now(),
        }
        given = ("id", "conversation", "platform", "payload", "asker", "answer")
        row = insert(INBOX).values({name: bindparam(name) for name in given} | values)
        return row.on_conflict_do_nothing(index_elements=["id"])

    def _claim(self) -> Executable:
        due = self._due().limit(bindparam("limit")).cte("due")
        return (
            update(INBOX)
            .where(_row.number.in_(select(due.c.number)))
            .values(
                state="running",
                owner=self._owner,
                fence=_row.fence + 1,
                attempts=_row.attempts + 1,
                lease_until=self._now() + self._lease,
            )
            .returning(*INBOX.columns)
        )

    def _due(self) -> Select[Any]:
        """Find claims whose lease ended, and what waits with nothing before it in its conversation; the oldest first.

        Two processes that look at once skip each other's rows; the index over what runs is the last word.
        """
        other = INBOX.alias("other")
        before = exists().where(
            other.c.conversation == _row.conversation,
            text(f"other.{UNFINISHED}"),
            or_(other.c.state == "running", and_(other.c.state == "waiting", other.c.number < _row.number)),
        )
        mine = and_(_row.owner == self._owner, _row.lease_until <= self._now() + self._lease)
        free = or_(_row.lease_until.is_(None), _row.lease_until < self._now(), mine)
        return (
            select(_row.number)
            .where(
                text(f"inbox.{UNFINISHED}"),
                _row.platform.in_(bindparam("platforms", expanding=True)),
                or_(
                    and_(_row.state == "running", _row.lease_until < self._now()),
                    and_(_row.state == "waiting", free, ~before),
                ),
            )
            .order_by(_row.number)
            .with_for_update(skip_locked=True, of=INBOX)
        )

    def _renew(self) -> Executable:
        """Renew ``numbers``, and what waits for this process alone; give what was renewed."""
        sooner = _row.lease_until <= self._now() + self._lease
        waits = and_(_row.state.in_(("waiting", "paused")), sooner)
        among = _row.number.in_(bindparam("numbers", expanding=True))
        runs = and_(_row.state == "running", among, _row.lease_until > self._now())
        return (
            update(INBOX)
            .where(text(UNFINISHED), _row.owner == self._owner, or_(waits, runs))
            .values(lease_until=self._now() + self._lease)
            .returning(_row.number, _row.fence)
        )

    def _held(self) -> tuple[ColumnElement[bool], ...]:
        """Whether the claim is this process's, the newest, and in time."""
        fence = (_row.owner == self._owner, _row.fence == bindparam("held_fence"), _row.lease_until > self._now())
        return (_row.number == bindparam("claimed"), _row.state == "running", *(fence if self._fenced else ()))

    def _ended(self, **values: Any) -> Update:  # noqa: ANN401 - values and SQL expressions
        return update(INBOX).where(*self._held()).values(**values)

    def _finish(self) -> Executable:
        """Finish, or find that this very claim did so already: a commit whose confirmation was lost."""
        already = and_(
            _row.number == bindparam("claimed"),
            _row.state == "finished",
            _row.owner == self._owner,
            _row.fence == bindparam("held_fence"),
        )
        done = {"state": "finished", "finished_at": self._now(), "lease_until": null()}
        return update(INBOX).where(or_(and_(*self._held()), already)).values(**done)

    def _next(self) -> Executable:
        """Find what waits in the conversation of what is ``claimed``."""
        mine = INBOX.alias("mine")
        here = select(mine.c.conversation).where(mine.c.number == bindparam("claimed")).scalar_subquery()
        return select(true()).where(text(UNFINISHED), _row.state == "waiting", _row.conversation == here).limit(1)

    def _fail(self) -> Executable:
        """Let it be tried again after ``seconds``; what only this process can answer, by others a lease later."""
        until = self._now() + bindparam("seconds", type_=Double()) + case((self._own, self._lease), else_=0.0)
        return self._ended(state="waiting", owner=case((self._own, _row.owner), else_=null()), lease_until=until)

    def _wishes(self) -> Executable:
        return select(_row.number, _row.fence, _row.stop, _row.newer).where(
            _row.number.in_(bindparam("numbers", expanding=True)),
            or_(_row.stop.is_not(None), _row.newer.is_not(None)),
        )

    def _ending(self, ends: ColumnElement[bool], wish: str, *which: ColumnElement[bool]) -> Executable:
        """Wish for the end, and make it where ``ends``: nothing is shown then that would have to say so."""
        return _wished(*which).values(
            stop=wish,
            state=case((ends, "finished"), else_=_row.state),
            finished_at=case((ends, self._now()), else_=null()),
        )

    def _owed_since(self) -> Executable:
        """Find what is owed in a workspace, the newest ``limit``."""
        newest = select(_row.payload).where(text(UNFINISHED), *_of_workspace())
        return newest.order_by(_row.number.desc()).limit(bindparam("limit"))

    def _sweep(self) -> Executable:
        unwanted = and_(_row.state == "offered", _row.put_at < self._now() - _OFFERED_SECONDS)
        return delete(INBOX).where(or_(_row.finished_at < self._now() - KEPT_SECONDS, unwanted))


def _wished(*which: ColumnElement[bool]) -> Update:
    return update(INBOX).where(text(UNFINISHED), *which)


def _named() -> ColumnElement[bool]:
    return _row.id == bindparam("question")


def _there() -> ColumnElement[bool]:
    """Whether it is of ``talk``, a conversation: a parameter of the column's own name would be set by an UPDATE."""
    return _row.conversation == bindparam("talk")


def _of_workspace() -> tuple[ColumnElement[bool], ...]:
    """Whether it was asked on ``platform``, in ``workspace``; who asked begins with that."""
    workspace = bindparam("workspace", type_=_row.asker.type)
    return (
        _row.platform == bindparam("platform"),
        func.substr(_row.asker, 1, func.length(workspace) + 8) == workspace + ":person:",
    )


def _by_asker() -> ColumnElement[bool]:
    """Whether ``by`` asked the question; without one, somebody wishes it who may do so for anybody."""
    by = bindparam("by", type_=_row.asker.type)
    return or_(by.is_(None), _row.asker == by)
