"""How much of this machine the process may use: fewer cores and less memory than there are, in a container."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Final

GROUP: Final = Path("/sys/fs/cgroup")
"""Where a container sees its own limits (https://docs.kernel.org/admin-guide/cgroup-v2.html)."""
_LANE: Final = 64_000_000
"""Bytes that a thread may take while it runs a model of 12 layers on a text of 512 tokens, generously."""


def lanes(group: Path = GROUP) -> int:
    """Give how many threads should compute at once: one a core, and together within half of the memory."""
    return max(1, min(cores(group), memory(group) // 2 // _LANE))


def cores(group: Path = GROUP) -> int:
    """Count the cores that the process may run on, and that its container is given time for; part of one counts."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota, _, period = _said(group / "cpu.max").partition(" ")
    if quota.isdigit() and period.isdigit() and int(period):
        return max(1, min(allowed, math.ceil(int(quota) / int(period))))
    return allowed


def memory(group: Path = GROUP) -> int:
    """Give the bytes of memory that there are, or that the container may have."""
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = _said(group / "memory.max")
    return min(there, int(limit)) if limit.isdigit() else there


def _said(file: Path) -> str:
    """Give a file's line; nothing where there is none, as outside Linux."""
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
