"""Finished pages as others see them: a scanner, a reader of text, a PDF checker."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2
import zxingcpp
from PIL.Image import Image

from emission.codes.control import ControlMark
from emission.model import Bill, Fault, Role
from emission.render import Look, LotWriter, Stamped, stamp, template_for


def stamped(look: Look, bill: Bill) -> Stamped:
    (result,) = stamp(template_for(look), [bill])
    assert not isinstance(result, Fault), result
    return result


def lot_of(look: Look, *results: Stamped) -> bytes:
    stream = io.BytesIO()
    writer = LotWriter(template_for(look).for_lots, stream)
    for sequence, result in enumerate(results, 1):
        for sheet, page in enumerate(result.lot_pages, 1):
            writer.add(page, ControlMark(1, sequence, sheet, len(result.lot_pages)))
    writer.close()
    return stream.getvalue()


def raster(pdf: bytes, dpi: int) -> list[Image]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=dpi / 72, grayscale=True).to_pil() for page in document]


def scan(pdf: bytes, dpi: int = 300) -> list[tuple[str, str]]:
    """Symbology and text of all that a scanner finds for payers, every page, in order of text."""
    return sorted(
        (str(found.format), found.text)
        for image in raster(pdf, dpi)
        for found in zxingcpp.read_barcodes(image)
        if found.format != zxingcpp.BarcodeFormat.DataMatrix
    )


def controls(pdf: bytes, dpi: int = 300) -> list[str]:
    """The control mark of every page, in order of pages; ``""`` where there is none."""
    kinds = zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.DataMatrix,))
    found = [zxingcpp.read_barcodes(image, formats=kinds) for image in raster(pdf, dpi)]
    return [" ".join(symbol.text for symbol in page) for page in found]


def expected(bill: Bill, symbology: str = "Code 128") -> list[tuple[str, str]]:
    """What a scanner should find on a bill."""
    codes: list[tuple[str, str]] = []
    for operation in bill.operations:
        if operation is None:
            continue
        qr = operation.text(Role.QR) or operation.text(Role.PAYMENT_URL)
        codes += [(symbology, code.text) for code in operation.codes if code.role is Role.BARCODE]
        codes += [("QR Code", qr)] if qr else []
    return sorted(codes)


def text_of(pdf: bytes) -> str:
    """All text as a reader copies it."""
    return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf))


def addresses(pdf: bytes) -> list[str]:
    """Where the places to tap lead, page by page."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [str(link.A.URI) for page in opened.pages for link in page.obj.get("/Annots", ())]


def drawn(pdf: bytes) -> list[bytes]:
    """The operators of every page."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [page.Contents.read_bytes() for page in opened.pages]


def problems(pdf: bytes) -> list[str]:
    """What qpdf has to say against a file."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [str(problem) for problem in opened.check_pdf_syntax()]


def shown(pdf: bytes) -> Iterator[tuple[object, ...]]:
    """What operators come to, however they say it: words with face, size, ink and their start (tenths of a point)."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for page in opened.pages:
            text = _Text()
            for one in pikepdf.parse_content_stream(page):
                name, operands = str(one.operator), one.operands
                if name in ("Tj", "TJ"):
                    yield from text.show(operands[0] if name == "TJ" else operands)
                elif not text.follows(name, operands):
                    yield name, pikepdf.unparse_content_stream([one])


class _Text:
    """Where words begin, and how they look (ISO 32000-1, 9.3 and 9.4)."""

    def __init__(self) -> None:
        self.font, self.ink, self.at, self.back = ("", 0.0), "", (0.0, 0.0), 0.0

    def follows(self, name: str, operands: Any) -> bool:
        """Whether the operator is one that only words to come tell of."""
        if name == "Tf":
            self.font = str(operands[0]), float(operands[1])
        elif name in ("g", "rg", "k", "scn"):
            self.ink = f"{operands} {name}"
        elif name in ("BT", "Tm"):
            self.at = (float(operands[4]), float(operands[5])) if operands else (0.0, 0.0)
        elif name == "Td":
            self.at, self.back = (self.at[0] + float(operands[0]), self.at[1] + float(operands[1])), 0.0
        return name in ("Tf", "g", "rg", "k", "scn", "BT", "Tm", "Td", "ET")

    def show(self, parts: Any) -> Iterator[tuple[object, ...]]:
        for part in parts:
            if isinstance(part, pikepdf.String):
                x, y = self.at[0] - self.back * self.font[1] / 1000, self.at[1]
                yield *self.font, self.ink, round(x * 10), round(y * 10), bytes(part)
            else:
                self.back += float(part)
