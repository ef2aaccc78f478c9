"""Colours of a template's own: how a designer writes one, and what it is on screen and on the press.

On screen there are grey levels and sRGB alone: CMYK and spots are shown as (1 - ink)(1 - black). On the press
there are plates: sRGB becomes CMYK with its whole grey part on black, so that a neutral is never built of four inks.
"""

from __future__ import annotations

import re

import msgspec

FORMS = 'black | grey N | cmyk C M Y K | rgb #RRGGBB | spot "NAME" cmyk C M Y K'

_NUMBER = r"(100(?:\.0+)?|\d{1,2}(?:\.\d+)?)"
_CMYK = rf"cmyk\s+{_NUMBER}\s+{_NUMBER}\s+{_NUMBER}\s+{_NUMBER}"
_GREY = re.compile(rf"grey\s+{_NUMBER}")
_PROCESS = re.compile(_CMYK)
_RGB = re.compile(r"rgb\s+#([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})")
_SPOT = re.compile(rf'spot\s+"([^"\x00-\x1f]{{1,60}})"\s+{_CMYK}')
# ISO 32000-1, 8.6.6.4: these name all plates and no plate; the process inks are written as cmyk.
_NO_SPOTS = frozenset(("all", "none", "cyan", "magenta", "yellow", "black"))

_FAINT = 0.12  # what is left of the ink: black becomes the banner's grey

Plates = tuple[float, float, float, float]
Light = tuple[float, float, float]


class Colour(msgspec.Struct, frozen=True):
    """Shares from 0 to 1: ``plates`` of cyan, magenta, yellow and black, ``light`` of red, green and blue.

    ``spot`` is the name of an ink of its own, whose plates are what stands in for it; else ``""``.
    """

    plates: Plates
    light: Light
    spot: str = ""

    @property
    def contrast(self) -> float:
        """Against white paper, from 1 to 21 (WCAG 2.2, contrast ratio)."""
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in self.light]
        return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def read_colour(written: str) -> Colour | None:
    """A colour in one of the :data:`FORMS`; ``None`` where it is in none of them."""
    text = written.strip()
    if text == "black":
        return _printed((0.0, 0.0, 0.0, 1.0))
    if found := _GREY.fullmatch(text):
        return _printed((0.0, 0.0, 0.0, float(found[1]) / 100))
    if found := _PROCESS.fullmatch(text):
        return _printed(_plates(found.groups()))
    if found := _RGB.fullmatch(text):
        red, green, blue = (int(part, 16) / 255 for part in found.groups())
        return Colour(separated((red, green, blue)), (red, green, blue))
    if (found := _SPOT.fullmatch(text)) and found[1].casefold() not in _NO_SPOTS:
        return _printed(_plates(found.groups()[1:]), found[1])
    return None


def fainter(level: float) -> float:
    """A share of light as a watermark shows it: so much nearer to white."""
    return 1 - (1 - level) * _FAINT


def separated(light: Light) -> Plates:
    """The plates of an sRGB colour, its whole grey part on black."""
    red, green, blue = light
    black = 1 - max(red, green, blue)
    rest = 1 - black or 1.0
    return (1 - red - black) / rest, (1 - green - black) / rest, (1 - blue - black) / rest, black


def _printed(plates: Plates, spot: str = "") -> Colour:
    cyan, magenta, yellow, black = plates
    light = (1 - cyan) * (1 - black), (1 - magenta) * (1 - black), (1 - yellow) * (1 - black)
    return Colour(plates, light, spot)


def _plates(percents: tuple[str, ...]) -> Plates:
    cyan, magenta, yellow, black = (float(percent) / 100 for percent in percents)
    return cyan, magenta, yellow, black
