"""One home with all planted documents, synced once; and the table that ``make attacks`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.attacks.lines import LINES
from tests.attacks.planted import PRIVATE, PRIVATE_READERS, TEAM_WIDE
from tests.attacks.stage import planted
from tests.attacks.waiting import WAITING

if TYPE_CHECKING:
    from pathlib import Path

_OUTCOMES = pytest.StashKey[dict[int, bool]]()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a bot that knows all of it; the embedder's weights are the real ones."""
    folder = tmp_path_factory.mktemp("attacked")
    planted(folder, TEAM_WIDE)
    planted(folder, PRIVATE, readers=PRIVATE_READERS)
    return folder


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_OUTCOMES] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]  # noqa: ANN201 - a wrapper of pluggy
    report = yield
    outcomes = item.config.stash[_OUTCOMES]
    for mark in item.iter_markers("attack"):
        for number in mark.args:
            if report.failed or report.when == "call":
                outcomes[number] = outcomes.get(number, True) and report.passed
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say of every line how it stands, where only the attacks were run."""
    if config.getoption("markexpr") != "attack":
        return
    outcomes = config.stash[_OUTCOMES]
    for number, what in LINES.items():
        if number in WAITING:
            told = f"waiting for {WAITING[number].feature}"
        else:
            told = {True: "contained", False: "NOT CONTAINED", None: "not run"}[outcomes.get(number)]
        terminalreporter.write_line(f"{number:>3}  {what:<66}  {told}")
    held = sum(outcomes.values())
    terminalreporter.write_line(f"{held} of {len(outcomes)} contained, {len(WAITING)} waiting for their feature")
