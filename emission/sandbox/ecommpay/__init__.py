"""ecommpay's room: its endpoints (``app.py``), what they accept (``contract.py``) and say (``payments.py``)."""

from __future__ import annotations

from emission.sandbox.ecommpay.app import CREDENTIALS, Sandbox
from emission.sandbox.ecommpay.payments import Kept
from emission.sandbox.room import Room

ROOM = Room(Kept, lambda memory, faults: Sandbox(memory, faults).app(), CREDENTIALS)
