"""ePagos' room: its REST v1.0 (``app.py``), what it accepts (``contract.py``) and answers (``operations.py``)."""

from __future__ import annotations

from emission.sandbox.epagos.app import CREDENTIALS, Sandbox
from emission.sandbox.epagos.operations import Kept
from emission.sandbox.room import Room

ROOM = Room(Kept, lambda memory, faults: Sandbox(memory, faults).app(), CREDENTIALS)
