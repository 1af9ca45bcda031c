"""``make bench``: every benchmark, as a table or as JSON. It judges nothing: the aims stand beside the figures."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.benchmarks.figures import Figure

TITLES = {
    "startup": "Start",
    "overhead": "Engine, beyond model and retrieval",
    "abstention": "Abstaining, in 10,000 chunks",
    "inbox": "Inbox, with a scripted engine",
    "slack": "A mention in Slack, with a scripted model",
    "discord": "A mention in Discord, with a scripted model, and 1,000 guilds",
    "ledger": "Ledger of money",
    "rates": "Rates, of three windows",
    "sync": "Sync",
    "search": "Search, by the number of chunks",
    "vectors": "Vectors in PostgreSQL, 100,000 of 384 dimensions",
    "large": "Search in 1,000,000 chunks",
    "vectors_large": "Vectors in PostgreSQL, 1,000,000 of 384 dimensions",
    "retrieval": "Retrieval",
    "pairings": "Retrieval, by where the knowledge is kept",
    "pruning": "Keywords, visiting few chunks and visiting all",
    "attribution": "Verifier, on claims with their passages",
    "statements": "Verifier, on sentences written to deceive it and on paraphrases",
    "tripwire": "Tripwire",
    "sizes": "Size of the code",
}
WITH_DATA = {"retrieval", "pairings", "pruning", "attribution", "tripwire"}
ASKED_FOR = {"large", "vectors_large"}
"""What takes minutes and gigabytes."""


def main() -> None:
    """Measure what was asked for, saying on standard error what is under way."""
    asked = _arguments().parse_args()
    under_way = Console(stderr=True)
    shown = Console(width=None if sys.stdout.isatty() else 120)
    found: dict[str, Sequence[Figure]] = {}
    for name in asked.only or _usual(with_data=asked.data is not None):
        with under_way.status(f"measuring: {TITLES[name]}"):
            found[name] = _figures(name, asked.data)
        if not asked.json:
            shown.print(_table(TITLES[name], found[name]))
    if asked.json:
        sys.stdout.write(_as_json(found))


def _usual(*, with_data: bool) -> list[str]:
    return [name for name in TITLES if name not in ASKED_FOR and (with_data or name not in WITH_DATA)]


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="measure retrieval over the BEIR folders in it")
    parser.add_argument("only", nargs="*", choices=[*TITLES, []], metavar="|".join(TITLES), help="these alone")
    return parser


def _figures(name: str, data: Path | None) -> Sequence[Figure]:
    module = import_module(f"tests.benchmarks.{name}")
    figures: Sequence[Figure] = module.figures(data) if name in WITH_DATA else module.figures()
    return figures


def _table(title: str, figures: Sequence[Figure]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", min_width=90)
    table.add_column("measured")
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("ratio")
    table.add_column("aim")
    for figure in figures:
        ratio = "" if figure.ratio is None else f"{figure.ratio:,.2f} x {figure.to}"
        table.add_row(figure.name, f"{_rounded(figure.value)} {figure.unit}", ratio, figure.aim)
    return table


def _rounded(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _as_json(found: Mapping[str, Sequence[Figure]]) -> str:
    rows = {name: [dataclasses.asdict(figure) for figure in figures] for name, figures in found.items()}
    return json.dumps(rows, indent=2) + "\n"


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:  # what was built is removed by then
        sys.exit(130)
