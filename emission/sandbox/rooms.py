"""The providers that have a room here. Another one is one line more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from emission.errors import UsageError
from emission.sandbox import bind, ecommpay, epagos, etpay
from emission.sandbox.faults import Faults
from emission.sandbox.memory import Memory
from emission.sandbox.room import Room

ROOMS: dict[str, Room[Any]] = {
    "epagos": epagos.ROOM,
    "bind": bind.ROOM,
    "etpay": etpay.ROOM,
    "ecommpay": ecommpay.ROOM,
}


def room_of(provider: str) -> Room[Any]:
    """The room of ``provider``.

    Raises:
        UsageError: ``sandbox-unknown``.
    """
    if provider not in ROOMS:
        raise UsageError("sandbox-unknown", found=provider, known=", ".join(ROOMS))
    return ROOMS[provider]


def open_room(provider: str, state: Path | None, faults: Faults | None = None) -> tuple[Starlette, Memory[Any]]:
    """The application of ``provider`` over the memory at ``state`` (``None``: nowhere), which the caller closes.

    Raises:
        UsageError: ``sandbox-unknown``, or ``sandbox-state-of-another``.
    """
    room = room_of(provider)
    memory = Memory(state, provider, room.kept)
    return room.app(memory, faults or Faults()), memory
