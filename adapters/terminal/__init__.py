"""The terminal: the shortest adapter, and the model for the others.

``adapter`` takes in and answers · ``commands`` reads a line (pure) · ``render`` turns the tree into what rich draws
(pure) · ``screen`` writes · ``showing`` takes a reply from its first part to its end · ``lines`` reads from a keyboard
or a pipe · ``interrupts`` is Ctrl-C.
"""

from __future__ import annotations

from adapters.terminal.adapter import Terminal

__all__ = ["Terminal"]
