"""Where lines come from: a keyboard with editing, or whatever is at the other end of a pipe."""

from __future__ import annotations

import asyncio
import enum
import os
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.output import Output

_BLOCK = 65_536


class Key(enum.Enum):
    """What a person may give instead of a line."""

    END = "end"
    """Ctrl-D, or the end of a pipe."""
    INTERRUPT = "interrupt"
    """Ctrl-C at an empty prompt."""


class Lines(Protocol):
    """Gives lines, one at a time."""

    interactive: bool
    """Whether a person types them now, and so sees prompts and may interrupt."""

    async def read(self, prompt: str, /) -> str | Key:
        """Give the next line without its end, or a key."""
        ...


class Keyboard(Lines):
    """Lines typed at a terminal, with editing and this session's earlier lines behind the arrow keys."""

    interactive = True

    def __init__(self, source: Input | None = None, output: Output | None = None) -> None:
        """Use the process's own terminal, or the given ends of one."""
        from prompt_toolkit import PromptSession  # noqa: PLC0415 - a tenth of a second that a pipe need not pay

        self._session: PromptSession[str | Key] = PromptSession(
            key_bindings=_bindings(), input=source, output=output, enable_suspend=True
        )

    async def read(self, prompt: str, /) -> str | Key:
        """Show the prompt and wait for a line."""
        try:
            return await self._session.prompt_async(prompt)
        except EOFError:
            return Key.END
        except KeyboardInterrupt:
            return Key.INTERRUPT


def _bindings() -> KeyBindings:
    from prompt_toolkit.key_binding import KeyBindings  # noqa: PLC0415 - as above

    bindings = KeyBindings()

    @bindings.add("c-c")
    @bindings.add("<sigint>")
    def _(event: KeyPressEvent) -> None:
        """Clear what was typed; where nothing was, say so."""
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(result=Key.INTERRUPT)

    return bindings


class Pipe(Lines):
    """Lines from a descriptor that no person sits at: a pipe, a file, a socket, ``/dev/null``.

    Waiting needs no thread, so a cancelled read ends at once. Bytes that are not UTF-8 become
    the replacement character.
    """

    interactive = False

    def __init__(self, descriptor: int) -> None:
        """Read from a descriptor, which stays the caller's."""
        self._descriptor = descriptor
        self._held = b""
        self._ended = False

    async def read(self, prompt: str, /) -> str | Key:  # noqa: ARG002 - nobody would see it
        """Wait for a whole line; a last one without a line end counts."""
        while b"\n" not in self._held and not self._ended:
            await self._fill()
        if not self._held:
            return Key.END
        line, _, self._held = self._held.partition(b"\n")
        return line.decode("utf-8", "replace").removesuffix("\r")

    async def _fill(self) -> None:
        await self._readable()
        block = os.read(self._descriptor, _BLOCK)
        self._held += block
        self._ended = not block

    async def _readable(self) -> None:
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        try:
            loop.add_reader(self._descriptor, ready.set)
        except PermissionError:  # a regular file cannot be polled, and never blocks
            return
        try:
            await ready.wait()
        finally:
            loop.remove_reader(self._descriptor)
