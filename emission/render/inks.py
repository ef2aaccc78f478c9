"""Inks by name, as operators: grey levels in digital files, K (and process colours and spots) in lots.

Codes and text are black alone: ``0 g`` on screen (DeviceCMYK would fail PDF/A 6.2.4.3 beside an sRGB
intent), 100 % K on the press, where grey from four plates would blur small letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from emission.render.colours import Colour, separated

# Grey levels: 0 black, 1 white. Labels are 70 % K.
GREYS = {"black": 0.0, "grey": 0.3, "light": 0.72, "zebra": 0.955, "banner": 0.88, "white": 1.0}
NAMES = (*GREYS, "accent")


class Ink(NamedTuple):
    """The operators that set it: for areas and words, and for lines."""

    fill: str
    stroke: str


Inks = dict[str, Ink]

Colours = Mapping[str, Colour]
_NONE: Colours = {}


def digital_inks(accent: str, colours: Colours = _NONE) -> Inks:
    """DeviceGray, and DeviceRGB for the accent (``#rrggbb``) and the template's ``colours`` that are not neutral."""
    shade = " ".join(f"{part / 255:.3g}" for part in _parts(accent))
    greys = {name: _ink(f"{level:g}", "g") for name, level in GREYS.items()}
    return greys | {"accent": _ink(shade, "rg")} | {name: _lit(one) for name, one in colours.items()}


def press_inks(accent: str, colours: Colours = _NONE) -> Inks:
    """DeviceCMYK: black and greys on the K plate alone, the accent with its grey part on K; Separation for spots."""
    red, green, blue = (part / 255 for part in _parts(accent))
    inks = {name: f"0 0 0 {1 - level:.3g}" for name, level in GREYS.items()}
    inks["accent"] = _numbers(separated((red, green, blue)))
    named = {name: _ink(ink, "k") for name, ink in inks.items()}
    names = _resources(colours)
    for name, colour in colours.items():
        ink = _numbers(colour.plates)
        space = names.get(colour.spot)
        named[name] = Ink(f"/{space} cs 1 scn\n", f"/{space} CS 1 SCN\n") if space else _ink(ink, "k")
    return named


def spot_spaces(colours: Colours) -> str:
    """The entry ``/ColorSpace`` of a lot's resources (ISO 32000-1, 8.6.6.4); ``""`` where there is no spot."""
    plates = {colour.spot: colour.plates for colour in colours.values()}
    spaces = "".join(
        f"/{space}[/Separation/{_name(spot)}/DeviceCMYK<</FunctionType 2/Domain[0 1]/N 1"
        f"/C0[0 0 0 0]/C1[{_numbers(plates[spot])}]>>]"
        for spot, space in _resources(colours).items()
    )
    return f"/ColorSpace<<{spaces}>>" if spaces else ""


def _resources(colours: Colours) -> dict[str, str]:
    """The name among the resources of each spot."""
    spots = dict.fromkeys(colour.spot for colour in colours.values() if colour.spot)
    return {spot: f"S{number}" for number, spot in enumerate(spots)}


def _ink(numbers: str, operator: str) -> Ink:
    return Ink(f"{numbers} {operator}\n", f"{numbers} {operator.upper()}\n")


def _lit(colour: Colour) -> Ink:
    shade = _numbers(colour.light)
    if len(set(shade.split())) == 1:
        return _ink(shade.split()[0], "g")
    return _ink(shade, "rg")


def _numbers(shares: tuple[float, ...]) -> str:
    return " ".join(f"{share:.3g}" for share in shares)


def _name(text: str) -> str:
    """A PDF name (7.3.5): what is no plain letter or digit as ``#xx``."""
    return "".join(chr(byte) if chr(byte).isalnum() and byte < 0x80 else f"#{byte:02X}" for byte in text.encode())


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
