"""A page of an existing PDF beneath everything: copied as one form, without anything that acts or hides.

Only what draws is copied: the content and its resources (fonts, pictures, colours). Annotations, actions,
scripts, attachments and metadata stay behind. ISO 32000-1, 8.10 (forms) and 7.8.3 (resources).
A digital file shows it as it is where an archive may have it so (:mod:`.suiting`), else as a picture; lots always do.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from emission.render.markup import Element
from emission.render.nodes import MM
from emission.render.pdf import image_body
from emission.render.pictures import Image

if TYPE_CHECKING:
    import pikepdf

_MOST_BYTES = 20_000_000
_MOST_OBJECTS = 5_000
_DEEPEST = 40
_TOLERANCE_MM = 1.0
# What a resource may carry that draws nothing, or leads out of the page.
_DROPPED = frozenset(
    f"/{name}"
    for name in (
        *("A", "AA", "AF", "Annots", "Dest", "JS", "JavaScript", "OpenAction", "URI"),
        *("EF", "F", "FDecodeParms", "FFilter", "OPI", "RF", "Ref"),
        *("LastModified", "Metadata", "Parent", "PieceInfo", "StructParent", "StructParents", "Thumb"),
    )
)
# What has names of the file's own for keys: none of them means anything.
_NAMED = frozenset(
    f"/{name}"
    for name in (
        "CharProcs",
        "ColorSpace",
        "Colorants",
        "ExtGState",
        "Font",
        "Pattern",
        "Properties",
        "Shading",
        "XObject",
    )
)
# Of a stream these are written anew.
_CODED = frozenset({"/Length", "/Filter", "/DecodeParms", "/DL"})


class Background(msgspec.Struct, frozen=True):
    """The objects of a form, the form itself first; a number among the bytes of one refers to that of the list.

    ``screen`` are those for digital files; ``misfit`` is what kept the file called ``source`` from being shown there
    as it is.
    """

    objects: tuple[tuple[bytes | int, ...], ...]
    screen: tuple[tuple[bytes | int, ...], ...] = ()
    source: str = ""
    misfit: str = ""

    def bodies(self, first: int, *, screen: bool = False) -> list[bytes]:
        """The objects under the numbers from ``first`` on."""
        return [
            b"".join(part if isinstance(part, bytes) else b"%d 0 R" % (first + part) for part in parts)
            for parts in (self.screen if screen else self.objects)
        ]


def read_background(element: Element, path: Path, page: int, width: float, height: float) -> Background:
    """Page ``page`` of the PDF at ``path``, for a sheet of ``width`` × ``height`` points.

    Raises:
        TemplateError: no such file or page, no PDF, encrypted, too large, of another size than the sheet, or with a
            typeface that is not embedded.
    """
    import pikepdf  # noqa: PLC0415 -- takes a tenth of a second, and few templates have a letterhead
    import pypdfium2  # noqa: PLC0415 -- as above

    from emission.render.rastering import rastered  # noqa: PLC0415 -- as above
    from emission.render.suiting import misfit  # noqa: PLC0415 -- as above

    try:
        if path.stat().st_size > _MOST_BYTES:
            _refuse(element, path, f"> {_MOST_BYTES} bytes")
        with pikepdf.open(path) as opened:
            if opened.is_encrypted:
                _refuse(element, path, "encrypted")
            if not opened.pages:
                _refuse(element, path, "0 pages")
            if not 1 <= page <= len(opened.pages):
                value, expected = str(page), f"1 … {len(opened.pages)}"
                element.fail("template-value", attribute="page", value=value, expected=expected)
            drawn = opened.pages[page - 1]
            objects = _form(element, path, drawn, (width, height))
            unfit = misfit(drawn, _inherited(drawn.obj, "/Resources"))
            if unfit:
                return Background(objects, _pictured(rastered(path, page, width), width, height), path.name, unfit)
            marked = _marked(drawn)
            screen = _form(element, path, drawn, (width, height), marked) if marked else objects
            return Background(objects, screen)
    except (
        *(OSError, pikepdf.PikepdfError, pypdfium2.PdfiumError),
        *(ValueError, TypeError, AttributeError, RecursionError),
    ) as error:
        _refuse(element, path, str(error) or type(error).__name__)


def _pictured(image: Image, width: float, height: float) -> tuple[tuple[bytes | int, ...], ...]:
    """A form of that size which shows nothing but the picture."""
    box = f"{width:.4f} {height:.4f}"
    head = f"/Type/XObject/Subtype/Form/BBox[0 0 {box}]/Resources<</XObject<</I ".encode("ascii")
    operators = f"q {width:.4f} 0 0 {height:.4f} 0 0 cm/I Do Q".encode("ascii")
    form = (b"<<" + head, 1, b">>>>/Length %d>>stream\n%b\nendstream" % (len(operators), operators))
    return form, (image_body(image),)


def _marked(page: pikepdf.Page) -> bytes:
    """The page's content without what says what it is, since all of it is passed over; nothing where nothing does."""
    import pikepdf  # noqa: PLC0415 -- as above

    from emission.render.suiting import MARKS  # noqa: PLC0415 -- as above

    said = pikepdf.parse_content_stream(page)
    kept = [one for one in said if str(one.operator) not in MARKS]
    return pikepdf.unparse_content_stream(kept) if len(kept) < len(said) else b""


def _refuse(element: Element, path: Path, problem: str) -> NoReturn:
    element.fail("template-background", source=path.name, problem=problem.partition("\n")[0])


def _form(
    element: Element, path: Path, page: pikepdf.Page, sheet: tuple[float, float], marked: bytes = b""
) -> tuple[tuple[bytes | int, ...], ...]:
    """The page as a form; ``marked`` is what its content is instead."""
    box = [float(side) for side in page.cropbox]
    left, right = sorted(box[::2])
    bottom, top = sorted(box[1::2])
    matrix, width, height = _placed(left, bottom, right, top, _turned(page))
    unit = float(page.obj.get("/UserUnit", 1))
    found, wanted = (width * unit, height * unit), sheet
    if max(abs(found[0] - wanted[0]), abs(found[1] - wanted[1])) > _TOLERANCE_MM * MM:
        sizes = [f"{one / MM:.1f} × {other / MM:.1f}" for one, other in (found, wanted)]
        element.fail("template-background-size", source=path.name, found=sizes[0], wanted=sizes[1])
    across, up = wanted[0] / width, wanted[1] / height
    scaled = [number * (up if place % 2 else across) for place, number in enumerate(matrix)]
    resources = _inherited(page.obj, "/Resources")
    font = next(_missing_fonts(page, resources, set(), 0), None)
    if font is not None:
        element.fail("template-background-font", source=path.name, font=font)
    head = (
        f"<</Type/XObject/Subtype/Form/BBox[{left:.4f} {bottom:.4f} {right:.4f} {top:.4f}]"
        f"/Matrix[{' '.join(f'{number:.6f}' for number in scaled)}]/Resources "
    )
    copy = _Copy()
    copied: list[bytes | int] = [head.encode("ascii"), *copy.value(resources, 0)]
    if page.obj.get("/Group") is not None:
        copied += [b"/Group ", *copy.value(page.obj.Group, 0)]
    packed = zlib.compress(marked or _operators(page), 9)
    copied.append(b"/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(packed), packed))
    return tuple(copied), *copy.objects()


def _operators(page: pikepdf.Page) -> bytes:
    """The page's content, with a state of its own left as it was found."""
    contents: Any = page.obj.get("/Contents")
    if contents is None:
        return b""
    streams = list(contents) if type(contents).__name__ == "Object" and _is_array(contents) else [contents]
    return b"\n".join(stream.read_bytes() for stream in streams)


def _is_array(value: Any) -> bool:  # noqa: ANN401 -- pikepdf's objects are of one type
    return bool(value._type_name == "array")  # noqa: SLF001 -- pikepdf's own name for it


def _turned(page: pikepdf.Page) -> int:
    rotation = _inherited(page.obj, "/Rotate")
    return int(rotation or 0) % 360


def _inherited(node: Any, name: str) -> Any:  # noqa: ANN401 -- as above
    """An entry of a page or of the tree above it."""
    for _ in range(_DEEPEST):
        if node is None:
            break
        if name in node:
            return node[name]
        node = node.get("/Parent")
    return None


def _placed(left: float, bottom: float, right: float, top: float, turned: int) -> tuple[list[float], float, float]:
    """The matrix that brings the box, ``turned`` clockwise, to the origin; and how wide and high it is then."""
    width, height = right - left, top - bottom
    if turned == 90:
        return [0, -1, 1, 0, -bottom, right], height, width
    if turned == 180:
        return [-1, 0, 0, -1, right, top], width, height
    if turned == 270:
        return [0, 1, -1, 0, top, -left], height, width
    return [1, 0, 0, 1, -left, -bottom], width, height


def _missing_fonts(holder: Any, resources: Any, seen: set[tuple[int, int]], depth: int) -> Iterator[str]:  # noqa: ANN401 -- as above
    """The names of fonts that ``holder`` shows words in and that are not embedded; those of forms within it too."""
    if resources is None or depth > _DEEPEST:
        return
    fonts = resources.get("/Font")
    shown = _shown(holder) if fonts is not None else set()
    for name in sorted(shown):
        font = fonts.get(name)
        if font is not None and not _is_embedded(font):
            yield str(font.get("/BaseFont", "?")).lstrip("/")
    for kind in ("/XObject", "/Pattern"):
        for inner in _values(resources, kind):
            if inner.objgen not in seen and inner.get("/Resources") is not None:
                seen.add(inner.objgen)
                yield from _missing_fonts(inner, inner.get("/Resources"), seen, depth + 1)


def _shown(holder: Any) -> set[str]:  # noqa: ANN401 -- as above
    """The fonts that words are shown in: programs name some that nothing is written in."""
    import pikepdf  # noqa: PLC0415 -- as above

    shown: set[str] = set()
    fonts = [""]
    for said in pikepdf.parse_content_stream(holder, "q Q Tf Tj TJ ' \""):
        match str(said.operator):
            case "q":
                fonts.append(fonts[-1])
            case "Q":
                del fonts[max(1, len(fonts) - 1) :]
            case "Tf":
                fonts[-1] = str(said.operands[0])
            case _:
                shown.add(fonts[-1])
    return shown


def _values(resources: Any, kind: str) -> list[Any]:  # noqa: ANN401 -- as above
    entries = resources.get(kind)
    return [] if entries is None else [value for _, value in entries.items() if hasattr(value, "get")]


def _is_embedded(font: Any) -> bool:  # noqa: ANN401 -- as above
    if font.get("/Subtype") == "/Type3":
        return True
    if font.get("/Subtype") == "/Type0":
        return all(_is_embedded(one) for one in font.DescendantFonts)
    descriptor = font.get("/FontDescriptor")
    return descriptor is not None and any(f"/FontFile{kind}" in descriptor for kind in ("", "2", "3"))


class _Copy:
    """Objects taken over one after the other, each once however often it is used."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, int], int] = {}
        self._waiting: list[tuple[Any, bool]] = []

    def objects(self) -> Iterator[tuple[bytes | int, ...]]:
        """All that is referred to so far, and what that refers to."""
        at = 0
        while at < len(self._waiting):
            value, named = self._waiting[at]
            yield tuple(self._body(value, 0, named=named))
            at += 1

    def value(self, value: Any, depth: int, *, named: bool = False) -> list[bytes | int]:  # noqa: ANN401 -- as above
        """A value as it is written, references in their place; ``named``: its keys are names of the file's own."""
        if depth > _DEEPEST:
            raise ValueError("nested too deep")
        if not getattr(value, "is_indirect", False):
            return self._body(value, depth, named=named)
        if value.objgen not in self._numbers:
            if len(self._waiting) >= _MOST_OBJECTS:
                raise ValueError(f"> {_MOST_OBJECTS} objects")
            self._waiting.append((value, named))
            self._numbers[value.objgen] = len(self._waiting)
        return [self._numbers[value.objgen]]

    def _body(self, value: Any, depth: int, *, named: bool = False) -> list[bytes | int]:  # noqa: ANN401 -- as above
        kind = getattr(value, "_type_name", "")
        if kind == "dictionary":
            return [b"<<", *self._entries(value, depth, frozenset() if named else _DROPPED), b">>"]
        if kind == "stream":
            return self._stream(value, depth)
        if kind == "array":
            parts: list[bytes | int] = [b"["]
            for item in value:
                parts += [*self.value(item, depth + 1), b" "]
            return [*parts, b"]"]
        return [_scalar(value)]

    def _entries(self, value: Any, depth: int, dropped: frozenset[str]) -> list[bytes | int]:  # noqa: ANN401 -- as above
        parts: list[bytes | int] = []
        for name in sorted(value.keys()):
            if name not in dropped:
                parts += [_name(name), b" ", *self.value(value[name], depth + 1, named=name in _NAMED)]
        return parts

    def _stream(self, value: Any, depth: int) -> list[bytes | int]:  # noqa: ANN401 -- as above
        """A stream with its coding as it is: pictures keep theirs."""
        if value.get("/F") is not None or value.get("/Subtype") == "/PS":
            raise ValueError("stream outside of the file")
        raw = value.read_raw_bytes()
        coding: list[bytes | int] = []
        for name in ("/Filter", "/DecodeParms"):
            if name in value:
                coding += [name.encode("ascii"), b" ", *self.value(value[name], depth + 1)]
        entries = self._entries(value, depth, _DROPPED | _CODED)
        return [b"<<", *entries, *coding, b"/Length %d>>stream\n%b\nendstream" % (len(raw), raw)]


def _scalar(value: Any) -> bytes:  # noqa: ANN401 -- as above
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, (int, Decimal, float)):
        return f"{value}".encode("ascii") if isinstance(value, int) else f"{value:f}".encode("ascii")
    if value is None:
        return b"null"
    written: bytes = value.unparse()
    return written


@functools.lru_cache(maxsize=256)
def _name(name: str) -> bytes:
    import pikepdf  # noqa: PLC0415 -- as above

    return pikepdf.Name(name).unparse()
