"""The lot back-end: pages as small self-contained pieces, and the writer that joins thousands of them.

What pages share (fonts, images, one form a kind of page) is written once. A lot's fonts are the base
subset and whatever its pages use beyond it, which is known at the end: so they stand there, under
numbers kept free for their list. While it is written only the places of its objects are in memory.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import BinaryIO

import msgspec

from emission.codes.control import ControlMark
from emission.render import characters
from emission.render.background import Background
from emission.render.control import Control, rest
from emission.render.faces import Face
from emission.render.fonts import font_objects, whole_program
from emission.render.items import Bars, CutLine, Drawing, Mark, OnScreen, Panel, Ready, RoundPanel, Stroke, Words
from emission.render.operators import marks
from emission.render.painting import content, painted
from emission.render.pdf import (
    BEST,
    FREE,
    HEADER,
    compressed,
    image_body,
    object_stream,
    packed_in,
    packed_stream,
    placed,
    reference_stream,
    stream,
)
from emission.render.plates import Plate, Struck, filled
from emission.render.program import Program
from emission.render.slots import GAP

_CATALOG, _PAGES, _FONTS, _RESOURCES, _SHOWN, _FIRST_FREE = 1, 2, 3, 4, 5, 6
# Pages that share a node of the page tree, and are described together.
_SHEAF = 100
# What the shared form of a lot has, or no lot.
_NOT_OWN = frozenset({Ready, OnScreen})
# What pages share that look alike: lines and areas, and the template's own words among them.
_STILL = frozenset({Stroke, CutLine, Panel, RoundPanel, Drawing})
# How many layers are remembered; what a design has more of than that is written more than once.
_LAYERS = 512


class LotPage(msgspec.Struct, frozen=True):
    """One page of a lot: its Flate ``content``, and for each font the characters beyond the base subset (``rare``).

    ``layer`` is what lies beneath the voucher's own, which pages that look alike have in common: Flate too.
    ``kind`` is its index among the sides that the program has, ``bars`` are the characters of barcodes that it shows.
    """

    layer: bytes
    content: bytes
    rare: dict[str, str] = {}
    kind: int = 0
    bars: tuple[str, ...] = ()


def lot_page(page: Struck) -> LotPage:
    """The press's version of a page."""
    program, setting = page.plate.program, _setting(page.plate)
    words = [page.words[number] for number in setting.gaps]
    bars = dict.fromkeys(setting.bars)
    for gap, number in setting.codes:
        item = page.items[number]
        assert isinstance(item, Bars)
        words[gap], names = characters.shown(item)
        bars |= dict.fromkeys(names)
    own = filled(setting.parts, words).encode("latin-1")
    needed: dict[str, AbstractSet[str]] = {}
    for name, chars in page.needs:
        needed[name] = chars | needed.get(name, frozenset())
    beyond = {name: found - program.fonts[name].base for name, found in sorted(needed.items())}
    rare = {name: "".join(sorted(chars)) for name, chars in beyond.items() if chars}
    return LotPage(setting.layer, compressed(own), rare, page.kind, tuple(bars))


class _Setting(msgspec.Struct, frozen=True):
    """What a plate's pages say on the press: the ``layer`` that they share, and their own, with gaps between the parts.

    ``gaps`` are the numbers of those that the press fills; ``codes`` are the ones of them that bars fill, with the
    numbers of their items. ``bars`` are the characters of barcodes that all pages show.
    """

    layer: bytes
    parts: tuple[str, ...]
    gaps: tuple[int, ...]
    codes: tuple[tuple[int, int], ...]
    bars: tuple[str, ...]


@functools.lru_cache(maxsize=512)
def _setting(plate: Plate) -> _Setting:
    program, page = plate.program, plate.page
    form = Mark("", f"/P{page.kind} Do\n")
    base = [Mark("", f"/B{page.kind} Do\n")] if program.sheets[page.kind].base else []
    still, own = _parted(plate)
    layer = content([*base, *marks(page.ground), *marks(page.slogans), form, *still], program.press)
    gaps = [gap for gap, number in enumerate(plate.gaps) if type(page.items[number]) is not OnScreen]
    still_bars = (item for number, item in enumerate(page.items) if number not in plate.gaps and isinstance(item, Bars))
    return _Setting(
        layer=_layer(layer),
        parts=tuple(painted(own, program.press).split(GAP)),
        gaps=tuple(gaps),
        codes=tuple((gaps.index(gap), number) for gap, number in plate.bars),
        bars=tuple(dict.fromkeys(name for item in still_bars for name in characters.shown(item)[1])),
    )


def _parted(plate: Plate) -> tuple[list[Mark], list[Mark]]:
    """What pages share that look alike, and what is the voucher's own; not what the shared form has, or no lot."""
    still: list[Mark] = []
    own: list[Mark] = []
    for item, mark in zip(plate.page.items, plate.marks, strict=True):
        kind = type(item)
        if isinstance(item, Bars) and mark.operators != GAP:
            own.append(Mark(mark.ink, characters.shown(item)[0]))
        elif kind not in _NOT_OWN:
            (still if kind in _STILL or (type(item) is Words and item.still) else own).append(mark)
    return still, own


@functools.lru_cache(maxsize=_LAYERS)
def _layer(operators: bytes) -> bytes:
    return compressed(operators, BEST)


class LotWriter:
    """Writes one lot to ``stream`` page by page; ``close`` must be called, and does not close the stream."""

    def __init__(self, program: Program, stream: BinaryIO) -> None:
        self._program = program
        self._stream = stream
        self._hash = hashlib.sha256()
        self._at = 0
        self._entries = bytearray(FREE + placed(0) * (_FIRST_FREE - 1))
        self._pages = 0
        self._layers: dict[bytes, int] = {}
        self._beginnings: dict[tuple[int, int], bytes] = {}  # of marks, by kinds of page and sizes
        self._shown: dict[str, int] = {}
        self._sheaves: list[int] = []
        self._sheaf: dict[int, bytes] = {}
        self._used = {name: set(font.base) for name, font in program.fonts.items()}
        self._write(HEADER)
        self._write_shared()

    @property
    def sha256(self) -> str:
        """Of all that was written so far (hex)."""
        return self._hash.hexdigest()

    def add(self, page: LotPage, mark: ControlMark) -> None:
        """Appends one page, which ``mark`` says the place of.

        Raises:
            Stopped: the mark cannot be drawn.
        """
        for font, chars in page.rare.items():
            self._used[font].update(chars)
        for name in page.bars:
            if name not in self._shown:
                self._shown[name] = self._form(*characters.form(name))
        contents = [self._layer(page.layer), self._new(packed_stream(page.content))]
        control = self._program.sheets[page.kind].control
        if control is not None:
            contents += self._marked(control, page.kind, mark)
        if not self._sheaf:
            self._sheaves.append(self._keep())
        references = " ".join(f"{number} 0 R" for number in contents)
        self._sheaf[self._keep()] = (
            f"<</Type/Page/Parent {self._sheaves[-1]} 0 R/MediaBox{self._program.media_box}"
            f"/Resources {_RESOURCES} 0 R/Contents[{references}]>>".encode("ascii")
        )
        self._pages += 1
        if len(self._sheaf) == _SHEAF:
            self._bind()

    def close(self) -> None:
        """Writes fonts, page tree and cross-reference."""
        if self._sheaf:
            self._bind()
        fonts = "".join(self._font(name, font) for name, font in self._program.fonts.items() if self._used[name])
        kids = " ".join(f"{number} 0 R" for number in self._sheaves)
        shown = "".join(f"/{name} {number} 0 R" for name, number in self._shown.items())
        self._pack(
            {
                _SHOWN: f"<<{shown}>>".encode("ascii"),
                _FONTS: f"<<{fonts}>>".encode("ascii"),
                _PAGES: f"<</Type/Pages/Count {self._pages}/Kids[{kids}]>>".encode("ascii"),
                _CATALOG: f"<</Type/Catalog/Pages {_PAGES} 0 R/Lang({self._program.language})"
                "/ViewerPreferences<</PrintScaling/None>>>>".encode("ascii"),
            }
        )
        identity = self._hash.hexdigest()[:32]
        number = self._keep()
        self._place(number, placed(self._at))
        trailer = f"/Root {_CATALOG} 0 R/ID[<{identity}><{identity}>]"
        self._write(reference_stream(number, self._at, self._entries, trailer))

    def _layer(self, layer: bytes) -> int:
        """The number of a layer, which is written once where pages that have it are not too far apart."""
        number = self._layers.pop(layer, 0) or self._new(packed_stream(layer))
        self._layers[layer] = number
        if len(self._layers) > _LAYERS:
            del self._layers[next(iter(self._layers))]
        return number

    def _marked(self, control: Control, kind: int, mark: ControlMark) -> tuple[int, int]:
        """The numbers of a mark: of what all of that size have in common, and of its own."""
        symbol = control.symbol(mark)
        key = kind, symbol.size
        if key not in self._beginnings:
            self._beginnings[key] = compressed(control.beginning(symbol.size, self._program.press), BEST)
        return self._layer(self._beginnings[key]), self._new(stream(rest(symbol)))

    def _bind(self) -> None:
        """Writes what is said of the last pages, under a node of the page tree."""
        kids = " ".join(f"{number} 0 R" for number in self._sheaf)
        node = f"<</Type/Pages/Parent {_PAGES} 0 R/Count {len(self._sheaf)}/Kids[{kids}]>>".encode("ascii")
        self._pack({self._sheaves[-1]: node, **self._sheaf})
        self._sheaf = {}

    def _font(self, name: str, font: Face) -> str:
        """Writes a font; its entry among the resources."""
        used = self._used[name]
        first = len(self._entries) // len(FREE)
        for body in font_objects(font, used, first, whole_program(font, used)):
            self._new(body)
        return f"/{name} {first} 0 R"

    def _write_shared(self) -> None:
        images = {name: self._new(image_body(image, press=True)) for name, image in self._program.images.items()}
        backgrounds = {name: self._background(background) for name, background in self._program.backgrounds.items()}
        known = images | backgrounds
        for place, kind in enumerate(self._program.sheets):
            self._shown[f"P{place}"] = self._layer_form(kind.form, {name: known[name] for name in kind.images})
            if kind.base:
                beneath = {name: known[name] for name in kind.shown_beneath}
                self._shown[f"B{place}"] = self._layer_form(kind.base, beneath)
        self._shown |= images
        self._object(_RESOURCES, f"<</Font {_FONTS} 0 R/XObject {_SHOWN} 0 R{self._program.spaces}>>".encode("ascii"))

    def _layer_form(self, content: bytes, pictures: Mapping[str, int]) -> int:
        """A form that covers the page; the number of its object."""
        shown = "".join(f"/{name} {number} 0 R" for name, number in pictures.items())
        resources = f"/Resources<</Font {_FONTS} 0 R/XObject<<{shown}>>{self._program.spaces}>>"
        return self._form(content, self._program.media_box, resources)

    def _form(self, content: bytes, box: str, resources: str = "/Resources<<>>") -> int:
        """A form within that box; the number of its object."""
        return self._new(stream(content, f"/Type/XObject/Subtype/Form/BBox{box}{resources}"))

    def _background(self, background: Background) -> int:
        """Writes the objects of a background; the number of its form."""
        first = len(self._entries) // len(FREE)
        for body in background.bodies(first):
            self._new(body)
        return first

    def _new(self, body: bytes) -> int:
        number = self._keep()
        self._object(number, body)
        return number

    def _keep(self) -> int:
        """The number of an object that is written later."""
        self._entries += FREE
        return len(self._entries) // len(FREE) - 1

    def _place(self, number: int, entry: bytes) -> None:
        self._entries[number * len(entry) : (number + 1) * len(entry)] = entry

    def _object(self, number: int, body: bytes) -> None:
        self._place(number, placed(self._at))
        self._write(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    def _pack(self, bodies: Mapping[int, bytes]) -> None:
        """Writes objects that are no streams as one that is."""
        container = self._new(object_stream(bodies))
        for place, number in enumerate(bodies):
            self._place(number, packed_in(container, place))

    def _write(self, content: bytes) -> None:
        self._stream.write(content)
        self._hash.update(content)
        self._at += len(content)
