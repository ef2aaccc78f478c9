"""Inks by name, as operators: grey levels in digital files, K (and process colours) in lots.

Codes and text are black alone: ``0 g`` on screen (DeviceCMYK would fail PDF/A 6.2.4.3 beside an sRGB
intent), 100 % K on the press, where grey from four plates would blur small letters.
"""

from __future__ import annotations

# Grey levels: 0 black, 1 white. Labels are 70 % K.
GREYS = {"black": 0.0, "grey": 0.3, "light": 0.72, "zebra": 0.955, "banner": 0.88, "white": 1.0}
NAMES = (*GREYS, "accent")


# Operators that set an ink, for areas and for strokes, by its name.
Inks = dict[str, str]


def digital_inks(accent: str) -> Inks:
    """DeviceGray, and DeviceRGB for the accent (``#rrggbb``)."""
    colour = " ".join(f"{part / 255:.3g}" for part in _parts(accent))
    greys = {name: f"{level:g} g {level:g} G\n" for name, level in GREYS.items()}
    return greys | {"accent": f"{colour} rg {colour} RG\n"}


def press_inks(accent: str) -> Inks:
    """DeviceCMYK: black and greys on the K plate alone, the accent with its grey part on K."""
    red, green, blue = (part / 255 for part in _parts(accent))
    black = 1 - max(red, green, blue)
    light = 1 - black or 1.0
    plates = [(1 - part - black) / light for part in (red, green, blue)]
    colour = " ".join(f"{plate:.3g}" for plate in (*plates, black))
    inks = {name: f"0 0 0 {1 - level:.3g}" for name, level in GREYS.items()} | {"accent": colour}
    return {name: f"{ink} k {ink} K\n" for name, ink in inks.items()}


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
