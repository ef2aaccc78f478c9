"""``python -m bench.readers``: random codes of every kind, blurred and sampled, read by zxing-cpp and by zbar."""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from bench.paper import Sensor
from bench.scanners import READERS, is_right
from bench.specimens import Specimen, specimens

SENSORS = tuple(Sensor(dpi, blur) for dpi in (300, 203) for blur in (0.0, 0.6))
SEED = 2026

Verdict = Literal["read", "unread", "misread"]


class Sight(msgspec.Struct, frozen=True):
    """Under what conditions a code was looked at."""

    kind: str
    dots: int
    dpi: int
    blur: float
    reader: str


def trials(count: int, seed: int = SEED) -> Iterator[tuple[Sight, Specimen, Verdict]]:
    """``count`` specimens of each kind by each sensor and reader, the paper a random part of a pixel off the grid."""
    rng = random.Random(seed)
    for specimen in specimens(rng, count):
        for sensor in SENSORS:
            picture = specimen.draw(sensor, (rng.random(), rng.random()))
            for reader, read in READERS.items():
                sight = Sight(specimen.kind, specimen.dots, sensor.dpi, sensor.blur, reader)
                yield sight, specimen, _verdict(read(picture), reader, specimen.text)


def _verdict(found: list[bytes], reader: str, text: str) -> Verdict:
    """A second answer beside a right one is a misreading too."""
    if not found:
        return "unread"
    return "read" if len(found) == 1 and is_right(reader, found[0], text) else "misread"


def table(counts: Mapping[Sight, Mapping[str, int]]) -> Iterator[str]:
    """Lines for a terminal 80 columns wide."""
    yield f"{'kind':20}{'dots':>5}{'dpi':>5}{'blur':>6}  {'reader':12}{'read':>8}{'unread':>8}{'misread':>9}"
    for sight, found in counts.items():
        where = f"{sight.kind:20}{sight.dots:>5}{sight.dpi:>5}{sight.blur:>6}  {sight.reader:12}"
        yield f"{where}{found['read']:>8,}{found['unread']:>8,}{found['misread']:>9,}"


def main() -> None:
    """Reads as many codes as the command line says and prints what became of them."""
    parser = argparse.ArgumentParser(prog="python -m bench.readers", description=__doc__)
    parser.add_argument("--codes", type=int, default=200, help="of each of the nine kinds (default: 200)")
    parser.add_argument("--seed", type=int, default=SEED, help=f"of the random texts (default: {SEED})")
    arguments = parser.parse_args()
    counts: dict[Sight, Counter[str]] = defaultdict(Counter)
    for sight, specimen, verdict in trials(arguments.codes, arguments.seed):
        counts[sight][verdict] += 1
        if verdict == "misread":
            print(f"misread: {sight}: {specimen.text[:60]!a}")
    for line in table(counts):
        print(line)


if __name__ == "__main__":
    main()
