"""The words a designer has: each element, its attributes, and what may stand inside it.

Lengths are millimetres from the top left of the zone (or page) around the element; ``size``,
``lead`` and line ``weight`` are points, or a size named in ``template.toml``.
"""

from __future__ import annotations

import msgspec


class Shape(msgspec.Struct, frozen=True):
    """What one element may carry; ``text``: whether words (with Jinja2) may stand in it."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    children: frozenset[str] = frozenset()
    text: bool = False


def _shape(required: str = "", optional: str = "", children: str = "", *, text: bool = False) -> Shape:
    return Shape(frozenset(required.split()), frozenset(optional.split()), frozenset(children.split()), text)


_DRAWN = (
    "text paragraph pair rule panel box image cut banner folio zone flow table stack repeat when use linear qr selector"
    " link button"
)
# What only a page as a whole may have.
_SHEET = " control background watermark"
_FLOWING = "text pair row gap rule when use table paragraph"

ELEMENTS: dict[str, Shape] = {
    "": _shape(children="voucher"),
    "voucher": _shape(children="part page"),
    # What several places show alike is written once and shown by each ``use``.
    "part": _shape("name", "", _DRAWN + " gap row" + _SHEET),
    "use": _shape("part"),
    # A page that ``continues`` is repeated until its stacks have shown every obligation; ``side`` of a printed sheet.
    "page": _shape("", "continues side", _DRAWN + _SHEET),
    "zone": _shape("x y", "w h role", _DRAWN),
    # Children of a flow stand beneath each other; what is empty takes no room.
    "flow": _shape("x y w", "h role", _FLOWING),
    "text": _shape("", "x y w style size lead weight align ink role lines fit rotate href heading", text=True),
    # Lines of words with strong and slanted runs, breaks and bullets.
    "paragraph": _shape("", "x y w style size lead align ink role lines", "b i br item", text=True),
    "b": _shape(text=True),
    "i": _shape(text=True),
    "br": _shape(),
    "item": _shape("", "", "b i br", text=True),
    # A small grey label and its value: beside each other with ``indent`` (where the value starts), else stacked.
    "pair": _shape("label", "x y w style size lead weight align ink role lines fit indent href", text=True),
    # Words side by side in a flow, on one baseline.
    "row": _shape("", "", "text pair"),
    "gap": _shape("h"),
    "rule": _shape("", "x y w h weight ink dash gap"),
    "panel": _shape("x y w h", "ink"),
    "box": _shape("x y w h", "radius stroke fill weight"),
    # A place to tap: digital files only.
    "link": _shape("x y w h href", "alt"),
    "button": _shape("x y w h href", "radius fill ink size weight role", text=True),
    "image": _shape("x y w h", "source alt"),
    "cut": _shape("x y w", "ink"),
    # Where the run's banner (PRUEBA, SPECIMEN) stands, beneath everything, rising along the diagonal.
    "banner": _shape("x y w h"),
    # %page% and %pages%: only where there is more than one page.
    "folio": _shape("x y", "w style size weight align ink", text=True),
    # One that goes on (``overflow``) has a ``name``; the ``rest`` of its rows stands on a page that ``continues`` it.
    "table": _shape("h", "each row x y w least size ink role zebra empty name overflow rest carry carried", "column"),
    "column": _shape("w", "title align foot lines carry", text=True),
    # What stands inside is drawn for each of ``each``, ``step`` below (or right of) the one before.
    "repeat": _shape("each step most", "x y direction role", _DRAWN),
    # ``test`` is a Jinja2 expression; what stands inside is drawn where it is true.
    "when": _shape("test", "", _DRAWN + " gap row"),
    # The next ``take`` obligations, each drawn ``row`` below the one before.
    "stack": _shape("take", "x y row", _DRAWN),
    # The obligation's linear symbols, one above the other, centred in the box.
    "linear": _shape("x y w h", "height size"),
    "qr": _shape("x y side", "alt"),
    # One QR for all obligations of the voucher, where the provider gives one.
    "selector": _shape("x y side", "alt"),
    # A page of a PDF beneath everything.
    "background": _shape("source", "page"),
    # Light words or a light picture beneath everything but a background, the same on every page of its kind.
    "watermark": _shape("", "x y w h rotate source size weight ink", text=True),
    # The sheet's mark for the printing office: lots only.
    "control": _shape("x y side"),
}
