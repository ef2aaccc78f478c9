"""What a provider's sandbox is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple

from starlette.applications import Starlette

from emission.sandbox.faults import Faults
from emission.sandbox.memory import K, Memory


class Room(NamedTuple, Generic[K]):
    """``kept``: what is remembered of an operation; ``app``: the contract and the controls over a memory.

    ``credentials`` is what the server says of them at its start: they are fixed, public, and good for nothing else.
    """

    kept: type[K]
    app: Callable[[Memory[K], Faults], Starlette]
    credentials: str
