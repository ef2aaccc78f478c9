"""The lot back-end: pages as small self-contained pieces, and the writer that joins thousands of them.

What pages share (fonts, images, one form a kind of page) is written once. A lot's fonts are the base
subset and whatever its pages use beyond it, which is known at the end: so they stand there, under
numbers kept free for them. While it is written only the places of its objects are in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import BinaryIO

import msgspec

from emission.codes.control import ControlMark
from emission.render.background import Background
from emission.render.fonts import OBJECTS, font_objects
from emission.render.items import Mark
from emission.render.operators import Written, content
from emission.render.pdf import BEST, HEADER, compressed, cross_reference, image_body, packed_stream, stream
from emission.render.program import Program
from emission.render.subsets import font_file

_CATALOG, _PAGES, _INFO, _RESOURCES, _FIRST_FREE = 1, 2, 3, 4, 5


class LotPage(msgspec.Struct, frozen=True):
    """One page of a lot: its Flate ``content``, and for each face the characters beyond the base subset (``rare``).

    ``kind`` is its index among the sides that the program has.
    """

    content: bytes
    rare: dict[str, str] = {}
    kind: int = 0


def lot_page(program: Program, written: Written) -> LotPage:
    """The press's version of a page."""
    form = Mark("", f"/P{written.page.kind} Do\n")
    base = [Mark("", f"/B{written.page.kind} Do\n")] if program.sheets[written.page.kind].base else []
    operators = content([*base, *written.ground, *written.slogans, form, *written.own], program.press)
    beyond = {name: found - program.faces[name].base for name, found in sorted(written.page.beyond.items())}
    rare = {name: "".join(sorted(characters)) for name, characters in beyond.items() if characters}
    return LotPage(compressed(operators), rare, written.page.kind)


class LotWriter:
    """Writes one lot to ``stream`` page by page; ``close`` must be called, and does not close the stream."""

    def __init__(self, program: Program, stream: BinaryIO) -> None:
        self._program = program
        self._stream = stream
        self._hash = hashlib.sha256()
        self._at = 0
        self._offsets: dict[int, int] = {}
        self._pages: list[int] = []
        self._used = {name: set(face.base) for name, face in program.faces.items()}
        self._fonts = {name: _FIRST_FREE + place * OBJECTS for place, name in enumerate(program.faces)}
        self._free = _FIRST_FREE + len(program.faces) * OBJECTS
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
        for face, characters in page.rare.items():
            self._used[face].update(characters)
        content = f"{self._new(packed_stream(page.content))} 0 R"
        control = self._program.sheets[page.kind].control
        if control is not None:
            drawn = self._new(stream(control.operators(mark, self._program.press)))
            content = f"[{content} {drawn} 0 R]"
        self._pages.append(
            self._new(
                f"<</Type/Page/Parent {_PAGES} 0 R/MediaBox{self._program.media_box}"
                f"/Resources {_RESOURCES} 0 R/Contents {content}>>".encode("ascii")
            )
        )

    def close(self) -> None:
        """Writes fonts, page tree and cross-reference."""
        for name, first in self._fonts.items():
            for place, body in enumerate(self._font(name, first)):
                self._object(first + place, body)
        kids = " ".join(f"{number} 0 R" for number in self._pages)
        self._object(_PAGES, f"<</Type/Pages/Count {len(self._pages)}/Kids[{kids}]>>".encode("ascii"))
        self._object(
            _CATALOG,
            f"<</Type/Catalog/Pages {_PAGES} 0 R/Lang({self._program.language})"
            "/ViewerPreferences<</PrintScaling/None>>>>".encode("ascii"),
        )
        self._object(_INFO, b"<<>>")
        identity = self._hash.hexdigest()[:32]
        self._write(cross_reference(self._at, self._offsets, _CATALOG, _INFO, identity))

    def _font(self, name: str, first: int) -> list[bytes]:
        face, used = self._program.faces[name], self._used[name]
        file = font_file(face, used)
        return font_objects(face, used, first, stream(file, f"/Length1 {len(file)}", level=BEST))

    def _write_shared(self) -> None:
        images = {name: self._new(image_body(image, press=True)) for name, image in self._program.images.items()}
        backgrounds = {name: self._background(background) for name, background in self._program.backgrounds.items()}
        fonts = "".join(f"/{name} {number} 0 R" for name, number in self._fonts.items())
        known = images | backgrounds
        forms = ""
        for place, kind in enumerate(self._program.sheets):
            forms += f"/P{place} {self._form(kind.form, fonts, {name: known[name] for name in kind.images})} 0 R"
            if kind.base:
                beneath = {name: known[name] for name in kind.shown_beneath}
                forms += f"/B{place} {self._form(kind.base, fonts, beneath)} 0 R"
        shown = "".join(f"/{name} {number} 0 R" for name, number in images.items())
        self._object(
            _RESOURCES, f"<</Font<<{fonts}>>/XObject<<{forms}{shown}>>{self._program.spaces}>>".encode("ascii")
        )

    def _form(self, content: bytes, fonts: str, pictures: Mapping[str, int]) -> int:
        """A form that covers the page; the number of its object."""
        shown = "".join(f"/{name} {number} 0 R" for name, number in pictures.items())
        resources = f"/Resources<</Font<<{fonts}>>/XObject<<{shown}>>{self._program.spaces}>>"
        return self._new(stream(content, f"/Type/XObject/Subtype/Form/BBox{self._program.media_box}{resources}"))

    def _background(self, background: Background) -> int:
        """Writes the objects of a background; the number of its form."""
        first = self._free
        for body in background.bodies(first):
            self._new(body)
        return first

    def _new(self, body: bytes) -> int:
        number = self._free
        self._free += 1
        self._object(number, body)
        return number

    def _object(self, number: int, body: bytes) -> None:
        self._offsets[number] = self._at
        self._write(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    def _write(self, content: bytes) -> None:
        self._stream.write(content)
        self._hash.update(content)
        self._at += len(content)
