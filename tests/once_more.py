"""A plugin that writes down which tests failed, so that ``.ci/run`` can run them once more."""

from __future__ import annotations

from pathlib import Path

import pytest

MOST = 3
"""More than these do not fail by chance."""


def pytest_addoption(parser: pytest.Parser) -> None:
    says = f"write the tests that failed into this file, if nothing else went wrong and they are {MOST} at most"
    parser.addoption("--failed-to", metavar="FILE", type=Path, help=says)


def pytest_configure(config: pytest.Config) -> None:
    to: Path | None = config.getoption("--failed-to")
    if to is not None and not hasattr(config, "workerinput"):  # the processes of xdist report to the first one
        config.pluginmanager.register(Failed(to))


class Failed:
    """What failed in a run, in its order."""

    def __init__(self, to: Path) -> None:
        self._to = to
        self._tests: dict[str, None] = {}
        self._others = False

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._others |= report.failed

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._tests[report.nodeid] = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self) -> None:
        """Hear that a process of xdist is gone."""
        self._others = True

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if exitstatus == pytest.ExitCode.TESTS_FAILED and not self._others and len(self._tests) <= MOST:
            self._to.write_text("".join(f"{test}\n" for test in self._tests))
