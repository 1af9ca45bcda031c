from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from rich.console import Console

from adapters.joining import JOINER
from adapters.plain import rendered
from adapters.slack import answers
from adapters.slack.render import body
from adapters.terminal.render import drawn
from adapters.terminal.screen import Screen
from tests.contracts.renderer import RendererContract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.markup import Tree
    from adapters.parts import Citation


class TestPlain(RendererContract):
    def tree(self, tree: Tree) -> str:
        return rendered(tree)

    def sources(self, citation: Citation) -> str:
        out = io.StringIO()
        Screen(Console(file=out, width=2_000)).sources([citation], quotes=True)
        return out.getvalue()


class TestTerminal(RendererContract):
    def tree(self, tree: Tree) -> str:
        out, console = _console()
        console.print(drawn(tree))
        return _bare(out)

    def sources(self, citation: Citation) -> str:
        out, console = _console()
        Screen(console).sources([citation], quotes=True)
        return _bare(out)


class TestSlack(RendererContract):
    """The texts of blocks, as Slack reads them."""

    joiner = JOINER

    def tree(self, tree: Tree) -> str:
        return "\n".join(_texts(body(tree, {})))

    def sources(self, citation: Citation) -> str:
        return "\n".join(_texts(answers.quoted([citation])))


def _texts(given: object) -> Iterator[str]:
    """Give every text in blocks of which Slack may make something; the words of rich text are none."""
    match given:
        case {"type": "text"}:
            pass
        case {"text": str() as text}:
            yield text
        case dict():
            for inner in given.values():
                yield from _texts(inner)
        case list():
            for inner in given:
                yield from _texts(inner)
        case _:
            pass


def _console() -> tuple[io.StringIO, Console]:
    out = io.StringIO()
    return out, Console(file=out, force_terminal=True, width=2_000, color_system="standard")


def _bare(out: io.StringIO) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", out.getvalue())
