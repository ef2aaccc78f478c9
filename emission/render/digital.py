"""The digital back-end: one self-contained file a voucher, PDF/A-2u (ISO 19005-2) and PDF/UA-1 (ISO 14289-1).

All that does not change (fonts, images) is the same run of bytes at the head of every file; what vouchers of one shape
share follows from :mod:`.structure`. No clock: /ID is the hash of the content.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from emission.model import Bill
from emission.render.faces import Face
from emission.render.fonts import Core, core_of, font_objects, program_of
from emission.render.items import Bars, Item, Link, Matrix, Picture, Ready
from emission.render.metadata import About, packet
from emission.render.operators import marks
from emission.render.pdf import (
    BEST,
    FREE,
    HEADER,
    QUICK,
    References,
    image_body,
    object_stream,
    packed_in,
    placed,
    stream,
    text_string,
)
from emission.render.plates import Plate, Struck, filled
from emission.render.program import Program
from emission.render.reach import reach
from emission.render.slots import GAP
from emission.render.srgb import profile
from emission.render.structure import Skeleton, skeleton
from emission.render.tagging import Steps, tagged

_RESOURCES, _PROFILE, _FIRST_FREE = 1, 2, 3

# What RFC 3986 lets stand in an address, beside letters and digits.
_ADDRESS = "%-._~:/?#[]@!$&'()*+,;="


@dataclasses.dataclass(frozen=True)
class _Head:
    """The bytes that files have in common, the entries of its objects, the next free number, and their hash so far.

    ``fonts`` are the numbers of font files, which are a voucher's own, with what is known of them, by their names.
    """

    content: bytes
    entries: bytes
    free: int
    digest: hashlib._Hash
    fonts: dict[str, tuple[int, Core]]


def write_digital(program: Program, bill: Bill, pages: Sequence[Struck]) -> bytes:
    """The PDF of one bill."""
    fonts = program.fonts
    beyond = {name: set(font.needed) for name, font in fonts.items()}
    for page in pages:
        for name, characters in page.needs:
            beyond[name] |= characters
    head = _head(program, frozenset(_rare(fonts, beyond)))
    told = [_setting(page.plate) for page in pages]
    bones = skeleton(program, head.free, _RESOURCES, _PROFILE, tuple([page.steps for page in told]))
    file, places = bytearray(head.content), dict[int, int]()

    def add(number: int, body: bytes) -> None:
        places[number] = len(file)
        file.extend(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    for name, (number, core) in head.fonts.items():
        add(number, program_of(fonts[name], core, beyond[name]))
    about = _about(program, bill)
    for number, setting, page in zip(bones.contents, told, pages, strict=True):
        add(number, stream(_content(setting, page), level=QUICK))
    add(bones.metadata, _metadata(about))
    add(bones.shared, bones.packed)
    links = [link for page in pages for link in page.links]
    figures = [item for page in pages for item in page.figures]
    own = _own(program.faces, bones, about.title, links, figures)
    add(bones.own, object_stream(own, level=QUICK))
    digest = head.digest.copy()
    digest.update(memoryview(file)[len(head.content) :])
    identity = digest.hexdigest()[:32]
    trailer = f"/Root {bones.catalog} 0 R/Info {bones.info} 0 R/ID[<{identity}><{identity}>]"
    places[bones.reference] = len(file)
    return bytes(file) + _references(head.entries, bones.entries).stream(places, trailer)


@functools.lru_cache(maxsize=512)
def _references(head: bytes, bones: bytes) -> References:
    """Those of files that have both in common."""
    return References(head + bones)


def _rare(fonts: Mapping[str, Face], beyond: Mapping[str, set[str]]) -> Iterator[tuple[str, str]]:
    """What even the bases lack, so that fonts have to say more: their names and characters."""
    for name, characters in beyond.items():
        for char in characters - fonts[name].base:
            yield name, char


class _Shared:
    """Objects of a head: streams one after the other, plain ones put aside for an object stream at its end."""

    def __init__(self) -> None:
        self.file = bytearray(HEADER)
        self.entries = [FREE, b"", b""]
        self._packed: dict[int, bytes] = {}

    @property
    def free(self) -> int:
        return len(self.entries)

    def add(self, *bodies: bytes) -> int:
        """Objects under the next numbers; that of the first."""
        first = self.free
        for body in bodies:
            self.entries.append(b"")
            self.put(self.free - 1, body)
        return first

    def keep(self) -> int:
        """The number of an object that is written later."""
        self.entries.append(placed(0))
        return self.free - 1

    def put(self, number: int, body: bytes) -> None:
        """An object under a number that was kept for it."""
        if body.endswith(b"endstream"):
            self.entries[number] = placed(len(self.file))
            self.file.extend(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        else:
            self._packed[number] = body

    def head(self, fonts: dict[str, tuple[int, Core]]) -> _Head:
        for place, number in enumerate(self._packed):
            self.entries[number] = packed_in(self.free, place)
        self.add(object_stream(self._packed, level=BEST))
        return _Head(bytes(self.file), b"".join(self.entries), self.free, hashlib.sha256(self.file), fonts)


@functools.lru_cache(maxsize=64)
def _head(program: Program, rare: frozenset[tuple[str, str]]) -> _Head:
    """Colour profile, fonts of what vouchers often say and ``rare`` (font, character), images, resources."""
    shared = _Shared()
    shared.put(_PROFILE, stream(profile(), "/N 3", level=BEST))
    fonts, images = "", ""
    files: dict[str, tuple[int, Core]] = {}
    for name, font in program.fonts.items():
        characters = font.base.union(char for other, char in rare if other == name)
        if characters:
            fonts += f"/{name} {shared.free} 0 R"
            shared.add(*font_objects(font, characters, shared.free, b"")[:-1])
            files[name] = shared.keep(), core_of(font, characters)
    for name, image in program.images.items():
        images += f"/{name} {shared.add(image_body(image))} 0 R"
    for name, background in program.backgrounds.items():
        images += f"/{name} {shared.add(*background.bodies(shared.free, screen=True))} 0 R"
    shared.put(_RESOURCES, f"<</Font<<{fonts}>>/XObject<<{images}>>>>".encode("ascii"))
    return shared.head(files)


class _Setting(msgspec.Struct, frozen=True):
    """What a plate's pages say on a screen, with gaps between the parts; and the steps of their structure."""

    parts: tuple[str, ...]
    steps: Steps


@functools.lru_cache(maxsize=512)
def _setting(plate: Plate) -> _Setting:
    """Ground and banner beneath, then every item in reading order."""
    program, page = plate.program, plate.page
    kind = program.pages[page.kind]
    beneath = [*kind.beneath, *kind.ground, *marks(page.ground), *kind.slogans, *marks(page.slogans)]
    told = tagged(beneath, plate.marks, page.tags, program.screen)
    return _Setting(tuple(told.content.split(GAP)), told.steps)


def _content(setting: _Setting, page: Struck) -> bytes:
    words = list(page.words)
    for gap, item in page.plate.bars:
        words[gap] = marks((page.items[item],))[0].operators
    return filled(setting.parts, words).encode("latin-1")


def _own(
    faces: Mapping[str, Face], bones: Skeleton, title: str, links: Iterable[Link], figures: Iterable[Item]
) -> dict[int, bytes]:
    """The objects that name a voucher's own words."""
    bodies = {bones.info: b"<</Title%b>>" % text_string(title)}
    for (number, begun), link in zip(bones.links, links, strict=True):
        bodies[number] = _link(link, begun)
    for (number, begun), item in zip(bones.figures, figures, strict=True):
        bodies[number] = _figure(item, faces, begun)
    return bodies


def _link(link: Link, begun: str) -> bytes:
    # An address is 7-bit ASCII (ISO 32000-1, 12.6.4.7); what stands in it already keeps its meaning.
    url = urllib.parse.quote(link.url, safe=_ADDRESS, errors="replace")
    url = url.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    box = f"{link.x:.2f} {link.y:.2f} {link.to_x:.2f} {link.to_y:.2f}"
    quad = f"/QuadPoints[{' '.join(f'{part:.2f}' for part in link.quad)}]" if link.quad else ""
    return (
        (
            f"<</Type/Annot/Subtype/Link{begun}/Rect[{box}]{quad}/Border[0 0 0]/F 4/A<</S/URI/URI({url})>>/Contents"
        ).encode("ascii")
        + text_string(link.alt)
        + b">>"
    )


def _figure(item: Item, faces: Mapping[str, Face], begun: str) -> bytes:
    """A figure's element (14.8.5.4.3 for its box)."""
    assert isinstance(item, (Bars, Matrix, Picture, Ready))
    box = " ".join(f"{side:.2f}" for side in reach(item, faces))
    attributes = f"/A<</O/Layout/Placement/Block/BBox[{box}]>>"
    return b"<<%b/Alt%b%b>>" % (begun.encode("ascii"), text_string(item.alt), attributes.encode("ascii"))


def _metadata(about: About) -> bytes:
    return stream(packet(about), "/Type/Metadata/Subtype/XML", level=QUICK)


def _about(program: Program, bill: Bill) -> About:
    obligations = bill.voucher.obligations
    return About(
        title=_title(bill),
        creator=program.look.name,
        identifier=" ".join(one.obligation_id for one in obligations),
        period=obligations[0].period,
        source=program.source,
    )


def _title(bill: Bill) -> str:
    first = bill.voucher.obligations[0]
    return " · ".join(part for part in (first.concept or first.tax, first.label or first.period, first.account) if part)
