"""Sizes of paper by name, in millimetres, upright."""

from __future__ import annotations

# ISO 216 for A4 and A5; ANSI letter and legal; oficio as Argentina's paper trade sells it, which is legal.
SIZES: dict[str, tuple[float, float]] = {
    "A4": (210, 297),
    "A5": (148, 210),
    "letter": (215.9, 279.4),
    "legal": (215.9, 355.6),
    "oficio": (215.9, 355.6),
}
# The largest sheet that is drawn: A3, either way round.
SHORT_MM, LONG_MM = 297, 420
LEAST_MM = 40
