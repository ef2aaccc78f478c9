"""How much is tried: the suite has ten minutes for all; ``make faults`` takes the time that it takes."""

from __future__ import annotations

import os

THOROUGH = os.environ.get("EMISSION_FAULTS") == "all"
