"""ETpay's room: its endpoints (``app.py``), what they accept (``contract.py``), what a session is (``sessions.py``)."""

from __future__ import annotations

from emission.sandbox.etpay.app import CREDENTIALS, Sandbox
from emission.sandbox.etpay.sessions import Kept
from emission.sandbox.room import Room

ROOM = Room(Kept, lambda memory, faults: Sandbox(memory, faults).app(), CREDENTIALS)
