"""All that was measured, as it goes into the file of ``--json``."""

from __future__ import annotations

import msgspec

from bench.contest import Contest
from bench.endtoend import EndToEnd, Sizes
from bench.machine import Machine
from bench.memory import Growth


class Figures(msgspec.Struct, frozen=True):
    """``memory`` is missing where nobody asked for it, or the system does not tell."""

    machine: Machine
    end_to_end: EndToEnd
    rendering: Contest
    qr: Contest
    sizes: Sizes
    memory: Growth | None
