"""Secrets in what is about to be shown, masked: the last of three places, after ingest and prompt. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.containing import changed, each
from adapters.markup import Code, CodeBlock, Plain
from knowledge.masking import masked

if TYPE_CHECKING:
    from adapters.markup import Block, Inline


def sealed(block: Block) -> Block:
    """Give a block without secrets, node by node."""
    return changed(block, _run, _code)


def _run(nodes: tuple[Inline, ...]) -> tuple[Inline, ...]:
    return each(nodes, lambda text: (Plain(masked(text)),), lambda text: Code(masked(text)))


def _code(block: CodeBlock) -> CodeBlock:
    return replace(block, text=masked(block.text))
