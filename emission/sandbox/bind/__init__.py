"""BIND PSP's room: login, debts and their QRs (``app.py``), what it accepts (``contract.py``) and answers."""

from __future__ import annotations

from emission.sandbox.bind.app import CREDENTIALS, Sandbox
from emission.sandbox.bind.operations import Kept
from emission.sandbox.room import Room

ROOM = Room(Kept, lambda memory, faults: Sandbox(memory, faults).app(), CREDENTIALS)
