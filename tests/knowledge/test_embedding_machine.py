from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from knowledge.embedding import machine

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _eight_cores_and_eight_gigabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 8_000_000_000 // 4096}
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(os, "sysconf", sizes.__getitem__)


def test_without_a_container_there_is_a_lane_for_each_core(tmp_path: Path) -> None:
    assert machine.lanes(tmp_path) == machine.cores(tmp_path) == 8


@pytest.mark.parametrize(
    ("said", "cores"),
    [("max 100000", 8), ("200000 100000", 2), ("150000 100000\n", 2), ("50000 100000", 1), ("9900000 100000", 8)],
)
def test_a_containers_time_counts_and_part_of_a_core_is_one(tmp_path: Path, said: str, cores: int) -> None:
    (tmp_path / "cpu.max").write_text(said)
    assert machine.cores(tmp_path) == cores


@pytest.mark.parametrize("said", ["", "rubbish", "100", "1 0", "\u00e9"])
def test_a_file_that_says_nothing_sensible_limits_nothing(tmp_path: Path, said: str) -> None:
    (tmp_path / "cpu.max").write_text(said)
    (tmp_path / "memory.max").write_text(said or "max")
    assert machine.cores(tmp_path) == 8


def test_a_containers_memory_limits_the_lanes(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("512000000")
    assert machine.lanes(tmp_path) == 4
    (tmp_path / "memory.max").write_text("64000000")
    assert machine.lanes(tmp_path) == 1


def test_this_machine_has_at_least_one_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert machine.lanes() >= 1


def test_where_the_system_knows_no_affinity_all_cores_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert machine.cores(tmp_path) == 3
