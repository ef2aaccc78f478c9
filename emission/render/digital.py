"""The digital back-end: one self-contained file a voucher, text in reading order.

All that does not change (fonts, images) is the same run of bytes at the head of every file; only the
pages and the cross-reference come after it. No clock: /ID is the hash of the content.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Iterable, Sequence

from emission.model import Bill
from emission.render.fonts import font_objects
from emission.render.items import Link
from emission.render.operators import Written, content
from emission.render.pdf import HEADER, cross_reference, image_body, stream, text_string
from emission.render.program import Program

_CATALOG, _PAGES, _INFO, _RESOURCES, _FIRST_FREE = 1, 2, 3, 4, 5


@dataclasses.dataclass(frozen=True)
class _Head:
    """The bytes that files have in common, where its objects start, the next free number, and their hash so far."""

    content: bytes
    offsets: dict[int, int]
    free: int
    digest: hashlib._Hash


def write_digital(program: Program, bill: Bill, pages: Sequence[Written]) -> bytes:
    """The PDF of one bill."""
    rare = frozenset(
        (face, char) for written in pages for face, characters in written.page.rare.items() for char in characters
    )
    head = _head(program, rare) if rare else _plain_head(program)
    file, offsets, number = bytearray(head.content), dict(head.offsets), head.free

    def add(at: int, body: bytes) -> None:
        offsets[at] = len(file)
        file.extend(b"%d 0 obj\n%b\nendobj\n" % (at, body))

    kids = []
    for written in pages:
        kids.append(f"{number} 0 R")
        add(number, _page(program, written.page.links, number + 1))
        add(number + 1, stream(_content(program, written)))
        number += 2
    add(_PAGES, f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>".encode("ascii"))
    add(_INFO, f"<</Title{text_string(_title(bill))}>>".encode("ascii"))
    digest = head.digest.copy()
    digest.update(memoryview(file)[len(head.content) :])
    return bytes(file) + cross_reference(len(file), offsets, _CATALOG, _INFO, digest.hexdigest()[:32])


@functools.lru_cache(maxsize=8)
def _plain_head(program: Program) -> _Head:
    return _head(program, frozenset())


def _head(program: Program, rare: Iterable[tuple[str, str]]) -> _Head:
    """Catalogue, fonts with the base subset and ``rare`` (face, character), images, resources."""
    file, offsets, number = bytearray(HEADER), {}, _FIRST_FREE

    def add(at: int, body: bytes) -> None:
        offsets[at] = len(file)
        file.extend(b"%d 0 obj\n%b\nendobj\n" % (at, body))

    add(
        _CATALOG,
        f"<</Type/Catalog/Pages {_PAGES} 0 R/Lang({program.language})"
        "/ViewerPreferences<</DisplayDocTitle true/PrintScaling/None>>>>".encode("ascii"),
    )
    fonts, images = "", ""
    for name, face in program.faces.items():
        characters = face.base.union(char for weight, char in rare if weight == name)
        if not characters:
            continue
        fonts += f"/{name} {number} 0 R"
        for body in font_objects(face, characters, number):
            add(number, body)
            number += 1
    for name, image in program.images.items():
        images += f"/{name} {number} 0 R"
        add(number, image_body(image))
        number += 1
    for name, background in program.backgrounds.items():
        images += f"/{name} {number} 0 R"
        for body in background.bodies(number):
            add(number, body)
            number += 1
    add(_RESOURCES, f"<</Font<<{fonts}>>/XObject<<{images}>>>>".encode("ascii"))
    return _Head(bytes(file), offsets, number, hashlib.sha256(file))


def _page(program: Program, tapped: Iterable[Link], stream_number: int) -> bytes:
    links = "".join(map(_link, tapped))
    return (
        f"<</Type/Page/Parent {_PAGES} 0 R/MediaBox{program.media_box}"
        f"/Resources {_RESOURCES} 0 R/Contents {stream_number} 0 R{f'/Annots[{links}]' if links else ''}>>"
    ).encode("ascii")


def _link(link: Link) -> str:
    url = link.url.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    box = f"{link.x:.2f} {link.y:.2f} {link.to_x:.2f} {link.to_y:.2f}"
    said = f"/Contents{text_string(link.alt)}" if link.alt else ""
    quad = f"/QuadPoints[{' '.join(f'{part:.2f}' for part in link.quad)}]" if link.quad else ""
    return f"<</Type/Annot/Subtype/Link{said}/Rect[{box}]{quad}/Border[0 0 0]/F 4/A<</S/URI/URI({url})>>>>"


def _content(program: Program, written: Written) -> bytes:
    """The page's operators: ground, banner, then every item in reading order."""
    kind = program.pages[written.page.kind]
    return content(
        [*kind.beneath, *kind.ground, *written.ground, *kind.slogans, *written.slogans, *written.items], program.screen
    )


def _title(bill: Bill) -> str:
    first = bill.voucher.obligations[0]
    return " · ".join(part for part in (first.concept or first.tax, first.label or first.period, first.account) if part)
