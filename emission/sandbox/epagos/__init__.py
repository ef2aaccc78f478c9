"""ePagos' room: what it accepts (``contract.py``), makes of it (``operations.py``, ``settling.py``) and tells.

``service.py`` has its methods, ``app.py`` and ``soap.py`` its two transports, ``wsdl.py`` their description.
"""

from __future__ import annotations

from emission.sandbox.epagos.app import Sandbox
from emission.sandbox.epagos.operations import Kept
from emission.sandbox.epagos.service import CREDENTIALS
from emission.sandbox.room import Room

ROOM = Room(Kept, lambda memory, faults: Sandbox(memory, faults).app(), CREDENTIALS)
