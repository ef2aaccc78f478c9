"""What stands on a finished page, told without any engine: what every peer draws, on whatever page we draw.

Points from the top left; text stands on its baseline. Codes are told by what they say, since each engine has to
make its own symbols of it.
"""

from __future__ import annotations

import ctypes
import hashlib
import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import msgspec
import pypdfium2
import pypdfium2.raw as pdfium
import zxingcpp

DPI = 300
# A code's box is where a scanner saw its ink; its object may reach that far beyond.
SLACK = 4.0  # points
Segment = tuple[str, tuple[float, ...]]
# A pointer of PDFium's, which have no types.
Handle = Any


class Text(msgspec.Struct, frozen=True):
    """Words from (x, y) on, along a line whose angle is given as cosine and sine."""

    x: float
    y: float
    words: str
    face: str
    size: float
    colour: str
    cosine: float = 1.0
    sine: float = 0.0


class Shape(msgspec.Struct, frozen=True):
    """A path of segments ``M``, ``L``, ``C`` and ``Z`` as in SVG; ``weight`` 0 is filled, any other stroked."""

    segments: tuple[Segment, ...]
    colour: str
    weight: float = 0.0
    dash: tuple[float, ...] = ()


class Box(msgspec.Struct, frozen=True):
    """A place on the page."""

    x: float
    y: float
    width: float
    height: float


class Picture(msgspec.Struct, frozen=True):
    """The picture of that name."""

    name: str
    box: Box


class Symbol(msgspec.Struct, frozen=True):
    """A QR, or a Code 128, that fills its box; quiet zones are outside."""

    text: str
    box: Box
    linear: bool


class Transcript(msgspec.Struct, frozen=True):
    """One page, in the order in which it is painted."""

    width: float
    height: float
    texts: tuple[Text, ...]
    shapes: tuple[Shape, ...]
    pictures: tuple[Picture, ...]
    symbols: tuple[Symbol, ...]


class Reader:
    """Reads pages of one design. ``pictures`` are PNG files by name, filled while it reads.

    Where the codes stand is seen by a scanner once, on the first page; ``spoken`` says what they are on each.
    """

    def __init__(self) -> None:
        self.pictures: dict[str, bytes] = {}
        self._places: list[tuple[int, Box, bool]] | None = None

    def read(self, pdf: bytes, spoken: list[str]) -> Transcript:
        """The first page of a file; ``spoken`` are the texts of the bill's codes, in the same order for every bill."""
        with pypdfium2.PdfDocument(pdf) as document:
            page = document[0]
            if self._places is None:
                self._places = list(_seen(page, spoken))
            width, height = page.get_size()
            symbols = tuple(Symbol(spoken[index], box, linear) for index, box, linear in self._places)
            words = page.get_textpage()
            texts: list[Text] = []
            shapes: list[Shape] = []
            pictures: list[Picture] = []
            for item, kind in _objects(page):
                if kind == pdfium.FPDF_PAGEOBJ_TEXT:
                    texts.append(_text(item, words, height))
                    continue
                box = _box(item, height)
                if any(_within(box, symbol.box) for symbol in symbols):
                    continue
                if kind == pdfium.FPDF_PAGEOBJ_PATH:
                    shapes.append(_shape(item, height))
                elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                    pictures.append(Picture(self._picture(item, page), box))
        texts = [text for text in texts if text.words.strip()]
        return Transcript(width, height, tuple(texts), tuple(shapes), tuple(pictures), symbols)

    def _picture(self, item: Handle, page: pypdfium2.PdfPage) -> str:
        image = pypdfium2.PdfImage(item, page=page)
        name = hashlib.sha256(bytes(image.get_data())).hexdigest()[:12] + ".png"
        if name not in self.pictures:
            file = io.BytesIO()
            image.get_bitmap(render=True).to_pil().save(file, "PNG")
            self.pictures[name] = file.getvalue()
        return name


def _objects(page: pypdfium2.PdfPage) -> Iterator[tuple[Handle, int]]:
    """Every object, those of forms too, which cover the page and are not moved."""

    def walk(count: int, get: Callable[[int], Handle]) -> Iterator[tuple[Handle, int]]:
        for index in range(count):
            item = get(index)
            kind = pdfium.FPDFPageObj_GetType(item)
            if kind == pdfium.FPDF_PAGEOBJ_FORM:
                yield from walk(pdfium.FPDFFormObj_CountObjects(item), partial(pdfium.FPDFFormObj_GetObject, item))
            else:
                yield item, kind

    yield from walk(pdfium.FPDFPage_CountObjects(page), partial(pdfium.FPDFPage_GetObject, page))


def _seen(page: pypdfium2.PdfPage, spoken: list[str]) -> Iterator[tuple[int, Box, bool]]:
    """Which of the codes stand where, as a scanner sees them."""
    picture = page.render(scale=DPI / 72, grayscale=True).to_pil()
    for code in zxingcpp.read_barcodes(picture):
        if code.text in spoken:
            corners = [
                getattr(code.position, name) for name in ("top_left", "top_right", "bottom_left", "bottom_right")
            ]
            xs, ys = ([getattr(corner, axis) * 72 / DPI for corner in corners] for axis in "xy")
            box = Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
            yield spoken.index(code.text), box, code.format != zxingcpp.BarcodeFormat.QRCode


def _text(item: Handle, words: pypdfium2.PdfTextPage, height: float) -> Text:
    matrix, size, colour = _matrix(item), ctypes.c_float(), _colour(item, stroked=False)
    pdfium.FPDFTextObj_GetFontSize(item, size)
    length = pdfium.FPDFTextObj_GetText(item, words, None, 0)
    buffer = (ctypes.c_ushort * (length // 2))()
    pdfium.FPDFTextObj_GetText(item, words, buffer, length)
    font = pdfium.FPDFTextObj_GetFont(item)
    name = ctypes.create_string_buffer(pdfium.FPDFFont_GetBaseFontName(font, None, 0))
    pdfium.FPDFFont_GetBaseFontName(font, name, len(name))
    scale = (matrix.a**2 + matrix.b**2) ** 0.5
    return Text(
        x=round(matrix.e, 3),
        y=round(height - matrix.f, 3),
        words=bytes(buffer).decode("utf-16-le").rstrip("\0"),
        face=name.value.decode("ascii").split("+")[-1],
        size=round(size.value * scale, 3),
        colour=colour,
        cosine=round(matrix.a / scale, 5),
        sine=round(matrix.b / scale, 5),
    )


def _shape(item: Handle, height: float) -> Shape:
    fill, stroked, weight = ctypes.c_int(), ctypes.c_int(), ctypes.c_float()
    pdfium.FPDFPath_GetDrawMode(item, fill, stroked)
    pdfium.FPDFPageObj_GetStrokeWidth(item, weight)
    dashes = (ctypes.c_float * pdfium.FPDFPageObj_GetDashCount(item))()
    pdfium.FPDFPageObj_GetDashArray(item, dashes, len(dashes))
    return Shape(
        segments=tuple(_segments(item, height)),
        colour=_colour(item, stroked=bool(stroked.value)),
        weight=weight.value if stroked.value else 0.0,
        dash=tuple(dashes) if stroked.value else (),
    )


def _segments(item: Handle, height: float) -> Iterator[Segment]:
    matrix = _matrix(item)
    curve: list[float] = []
    for index in range(pdfium.FPDFPath_CountSegments(item)):
        segment = pdfium.FPDFPath_GetPathSegment(item, index)
        x, y = ctypes.c_float(), ctypes.c_float()
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = (
            round(matrix.a * x.value + matrix.c * y.value + matrix.e, 3),
            round(height - (matrix.b * x.value + matrix.d * y.value + matrix.f), 3),
        )
        match pdfium.FPDFPathSegment_GetType(segment):
            case pdfium.FPDF_SEGMENT_MOVETO:
                yield "M", point
            case pdfium.FPDF_SEGMENT_LINETO:
                yield "L", point
            case pdfium.FPDF_SEGMENT_BEZIERTO:
                curve += point
                if len(curve) == 6:
                    yield "C", tuple(curve)
                    curve = []
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield "Z", ()


def _matrix(item: Handle) -> Handle:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, matrix)
    return matrix


def _colour(item: Handle, *, stroked: bool) -> str:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    get = pdfium.FPDFPageObj_GetStrokeColor if stroked else pdfium.FPDFPageObj_GetFillColor
    get(item, red, green, blue, alpha)
    return f"#{red.value:02x}{green.value:02x}{blue.value:02x}"


def _box(item: Handle, height: float) -> Box:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top)
    return Box(left.value, height - top.value, right.value - left.value, top.value - bottom.value)


def _within(inner: Box, outer: Box) -> bool:
    return (
        inner.x >= outer.x - SLACK
        and inner.y >= outer.y - SLACK
        and inner.x + inner.width <= outer.x + outer.width + SLACK
        and inner.y + inner.height <= outer.y + outer.height + SLACK
    )
