"""All that was measured, as it goes into the file of ``--json``."""

from __future__ import annotations

import msgspec

from bench.contest import Contest
from bench.endtoend import EndToEnd, Sizes
from bench.machine import Machine
from bench.memory import Growth
from bench.peaks import Lot
from bench.rendering import Rendering
from bench.spending import Spending
from bench.workers import Workers


class Engine(msgspec.Struct, frozen=True):
    """Of rendering alone; ``peaks`` are MiB by engine. What is told by /proc is empty where the system has none."""

    rendering: Rendering
    spending: Spending
    workers: Workers
    peaks: dict[str, float]
    lots: list[Lot]


class Figures(msgspec.Struct, frozen=True):
    """``end_to_end`` and what follows is missing where engines alone were asked for, ``memory`` where nobody asked."""

    machine: Machine
    engine: Engine
    qr: Contest | None = None
    end_to_end: EndToEnd | None = None
    sizes: Sizes | None = None
    memory: Growth | None = None
