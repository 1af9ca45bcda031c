"""The program as processes of its own: commands to their end, and a service until it is told to end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

ROOT: Final = Path(__file__).resolve().parents[2]
PATIENCE: Final = 60.0


def handbook(where: Path) -> Path:
    """Write a page to sync, and give the folder in which its own lies."""
    pages = where / "handbook"
    pages.mkdir()
    (pages / "keys.md").write_text("# Keys\n\nAccess keys live for 90 days.\n")
    return where


def environment(more: Mapping[str, str]) -> dict[str, str]:
    own = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "FOOTNOTE_EMBEDDER": "lite", "PORT": "0"}
    return {**own, "FOOTNOTE_HOST": "127.0.0.1", "FOOTNOTE_LOG_LEVEL": "info", **more}


async def footnote(folder: Path, settings: Mapping[str, str], *arguments: str) -> str:
    """Run a command to its end."""
    told = asyncio.subprocess
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=folder, env=environment(settings), stdout=told.PIPE
    )
    out, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 0, out.decode()
    return out.decode()


@asynccontextmanager
async def serving(folder: Path, settings: Mapping[str, str], secrets: Sequence[str]) -> AsyncGenerator[int]:
    """Serve, and give the port; at the end it is told to end, and does, and logged no error and none of ``secrets``."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", cwd=folder, env=environment(settings), stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    try:
        async with asyncio.TaskGroup() as tasks, asyncio.timeout(PATIENCE):
            while "port" not in (said := json.loads(await process.stderr.readline())):
                pass
            rest = tasks.create_task(process.stderr.read())
            yield said["port"]
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
            logged = (await rest).decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert not [secret for secret in secrets if secret in logged]
    assert '"level": "error"' not in logged
