"""What commands write: lines for people, objects for programs, sentences on standard error."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from adapters.escaping import safe, safe_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.text import Text


def say(text: str = "", style: str = "", *, margin: str = "", first: str | None = None) -> None:
    """Write to standard output, neutralised; in a style and wrapped between words where a person sees it.

    ``margin`` is put in front of each line that is not blank, or ``first`` in front of the first one. Without one, the
    spaces that a single line begins with are its margin.
    """
    if not margin and "\n" not in text:
        margin, text = " " * (len(text) - len(text.lstrip(" "))), text.lstrip(" ")
    lines = _wrapped(text, style, len(margin)) if text and sys.stdout.isatty() else safe(text).split("\n")
    for number, line in enumerate(lines):
        before = first if first is not None and not number else margin if line else ""
        if isinstance(line, str):
            click.echo(before + line)
        else:
            console().print(before, line, sep="", soft_wrap=True)


def _wrapped(text: str, style: str, margin: int) -> Sequence[Text]:
    """Break lines between words where the terminal, without the margin, ends."""
    from rich.text import Text

    screen = console()
    lines = Text(safe(text), style=style).wrap(screen, max(20, screen.width - margin), overflow="fold")
    for line in lines:
        line.rstrip()
    return list(lines)


def tell(text: str) -> None:
    """Write a sentence to standard error, between words where a person sees it; where it lists something, on lines."""
    said = f"footnote: {safe(text)}"
    if not watched():
        click.echo(said, err=True)
        return
    from rich.text import Text

    console(err=True).print(Text(said))


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
