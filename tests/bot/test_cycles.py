"""The collector of cycles lets be what a start made, and collects what came after that."""

from __future__ import annotations

import gc
from weakref import ref

from bot.ops.cycles import settled


class Held:
    """Holds itself."""

    def __init__(self) -> None:
        self.held = self


def test_what_is_there_by_then_is_walked_over_in_the_end_alone() -> None:
    before = Held()
    with settled():
        assert not any(one is before for one in gc.get_objects())
    assert any(one is before for one in gc.get_objects())


def test_what_comes_later_is_collected_as_ever() -> None:
    with settled():
        later = ref(Held())
        gc.collect()
        assert later() is None
