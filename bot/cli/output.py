"""What commands write: lines for people, objects for programs, sentences on standard error."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from adapters.escaping import safe, safe_json

if TYPE_CHECKING:
    from rich.console import Console


def say(text: str = "", style: str = "") -> None:
    """Write to standard output, neutralised; in a style where a person sees it."""
    if style and sys.stdout.isatty():
        from rich.text import Text

        console().print(Text(safe(text), style=style, overflow="fold"))
    else:
        click.echo(safe(text))


def tell(text: str) -> None:
    """Write a sentence to standard error; where it lists something, on several lines."""
    click.echo(f"footnote: {safe(text)}", err=True)


def say_json(value: object) -> None:
    """Write one object, on lines of its own."""
    click.echo(safe_json(json.dumps(value, ensure_ascii=False, indent=2)))


def console(*, err: bool = False) -> Console:
    """Give standard output, or standard error, as rich writes to it: nothing in a text is markup."""
    from rich.console import Console

    return Console(stderr=err, markup=False, emoji=False, highlight=False)


def watched() -> bool:
    """Whether a person reads standard error now."""
    return sys.stderr.isatty()
