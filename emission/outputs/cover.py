"""The cover of a proof: what the vouchers after it are, and where somebody signs. A4, in the office's language."""

from __future__ import annotations

import io
from collections.abc import Sequence
from xml.sax.saxutils import escape

import msgspec
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from emission.render.faces import face_path

_REGULAR, _STRONG = "SourceSansPro-Regular", "SourceSansPro-Semibold"
_GREY = HexColor("#666666")
_WIDTH = 170 * mm - 12  # the frame of a page has 6 points of air on each side
_HAIR = HexColor("#bbbbbb")


class Cover(msgspec.Struct, frozen=True):
    """All words of a cover, said already: ``facts`` are labels and values, ``rows`` cases, vouchers and pages."""

    title: str
    issuer: str
    note: str
    facts: Sequence[tuple[str, str]]
    headings: tuple[str, str, str]
    rows: Sequence[tuple[str, str, str]]
    approval: str
    lines: tuple[str, ...]


def cover_pdf(cover: Cover) -> bytes:
    """The cover's pages; the same words give the same bytes."""
    for name in (_REGULAR, _STRONG):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(face_path(name))))
    stream = io.BytesIO()
    document = SimpleDocTemplate(
        stream,
        pagesize=A4,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        topMargin=18 * mm,
        bottomMargin=16 * mm,
        title=f"{cover.title} · {cover.issuer}",
        invariant=1,
    )
    document.build(
        [
            _said(cover.title, 22, strong=True),
            _said(cover.issuer, 12),
            Spacer(0, 5 * mm),
            _facts(cover),
            Spacer(0, 4 * mm),
            _said(cover.note, 9.5),
            Spacer(0, 4 * mm),
            _cases(cover),
            Spacer(0, 8 * mm),
            KeepTogether([_said(cover.approval, 10.5), Spacer(0, 14 * mm), _signatures(cover)]),
        ]
    )
    return stream.getvalue()


def _said(text: str, size: float, *, strong: bool = False, quiet: bool = False) -> Paragraph:
    face = _STRONG if strong else _REGULAR
    ink = _GREY if quiet else HexColor("#000000")
    style = ParagraphStyle("said", fontName=face, fontSize=size, leading=size * 1.3, textColor=ink)
    return Paragraph(escape(text), style)


def _facts(cover: Cover) -> Table:
    rows = [(_said(label, 9.5, quiet=True), _said(value, 9.5, strong=True)) for label, value in cover.facts]
    plain = TableStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 0)])
    return Table(rows, colWidths=(48 * mm, _WIDTH - 48 * mm), style=plain, hAlign="LEFT")


def _cases(cover: Cover) -> Table:
    head = tuple(_said(heading, 8.5, quiet=True) for heading in cover.headings)
    rows = [tuple(_said(cell, 9.5) for cell in row) for row in cover.rows]
    ruled = TableStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, _HAIR),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
    )
    return Table(
        [head, *rows], colWidths=(86 * mm, _WIDTH - 106 * mm, 20 * mm), repeatRows=1, style=ruled, hAlign="LEFT"
    )


def _signatures(cover: Cover) -> Table:
    """A line to write on above each word, with air between them."""
    gap = 5 * mm
    width = (_WIDTH - gap * (len(cover.lines) - 1)) / len(cover.lines)
    words: list[Paragraph | str] = []
    widths: list[float] = []
    for line in cover.lines:
        words += ["", _said(line, 9, quiet=True)] if words else [_said(line, 9, quiet=True)]
        widths += [gap, width] if widths else [width]
    above = [("LINEABOVE", (place, 0), (place, 0), 0.6, HexColor("#000000")) for place in range(0, len(words), 2)]
    flush = ("LEFTPADDING", (0, 0), (-1, -1), 0)
    return Table([words], colWidths=widths, style=TableStyle([*above, flush]), hAlign="LEFT")
