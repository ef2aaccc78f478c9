"""The peer: the page of ``municipal-a4`` for one obligation, as one writes it plainly with reportlab and qrcode.

Nothing is done twice on purpose and nothing is done cleverly: positions are written out, texts are
drawn where they stand, the barcode is reportlab's own, the QR is qrcode's matrix as rectangles.
"""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import font_source_sans_pro
import msgspec
import qrcode
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.colors import Color, HexColor, black
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from emission import money
from emission.model import Bill, Line, Obligation, Operation, Role
from emission.render import Look

WIDTH, HEIGHT = 210 * mm, 297 * mm
GREY, LIGHT, ZEBRA, BANNER = (Color(level, level, level) for level in (0.3, 0.72, 0.955, 0.88))


class Peer(msgspec.Struct, frozen=True):
    """What stays the same from page to page: the issuer, its logo read once, and two fonts by reportlab's names."""

    look: Look
    logo: ImageReader
    regular: str
    semibold: str


def with_same_faces(look: Look) -> Peer:
    """The peer with the TrueType faces of our page, which reportlab embeds as subsets."""
    folder = Path(font_source_sans_pro.font_directory)
    names = ("SourceSansPro-Regular", "SourceSansPro-Semibold")
    for name in names:
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    return Peer(look, ImageReader(look.logo), *names)


def with_standard_faces(look: Look) -> Peer:
    """The peer with Helvetica, which is never embedded and knows no letters beyond Western Europe's."""
    return Peer(look, ImageReader(look.logo), "Helvetica", "Helvetica-Bold")


def page(peer: Peer, bill: Bill) -> bytes:
    """The PDF of a bill with one payable obligation."""
    obligation, operation = bill.voucher.obligations[0], bill.operations[0]
    assert operation is not None
    file = io.BytesIO()
    sheet = _Sheet(Canvas(file, pagesize=(WIDTH, HEIGHT)), peer)
    sheet.canvas.setTitle(f"{obligation.concept} · {obligation.period} · {obligation.account}")
    _banners(sheet)
    _head(sheet, obligation)
    _payer(sheet, obligation)
    _facts(sheet, obligation, operation)
    _table(sheet, obligation)
    sheet.text(20, 171.5, obligation.message)
    _stub(sheet, obligation, operation)
    _payment(sheet, obligation, operation)
    sheet.canvas.showPage()
    sheet.canvas.save()
    return file.getvalue()


class _Sheet:
    """A canvas that is measured in millimetres from the top left."""

    def __init__(self, canvas: Canvas, peer: Peer) -> None:
        self.canvas = canvas
        self.peer = peer

    def text(self, x: float, y: float, words: str, size: float = 9, *, strong: bool = False) -> None:
        self._font(size, strong=strong)
        self.canvas.drawString(x * mm, HEIGHT - y * mm, words)

    def right(self, x: float, y: float, words: str, size: float = 9, *, strong: bool = False) -> None:
        self._font(size, strong=strong)
        self.canvas.drawRightString(x * mm, HEIGHT - y * mm, words)

    def centred(self, x: float, y: float, words: str, size: float = 9, *, strong: bool = False) -> None:
        self._font(size, strong=strong)
        self.canvas.drawCentredString(x * mm, HEIGHT - y * mm, words)

    def label(self, x: float, y: float, words: str, size: float = 7.5) -> None:
        self.canvas.setFillColor(GREY)
        self.text(x, y, words, size)
        self.canvas.setFillColor(black)

    def pair(self, x: float, y: float, label: str, value: str, indent: float) -> None:
        self.label(x, y, label)
        self.text(x + indent, y, value)

    def line(self, x: float, y: float, to_x: float, to_y: float, colour: Color = black, weight: float = 0.5) -> None:
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(weight)
        self.canvas.line(x * mm, HEIGHT - y * mm, to_x * mm, HEIGHT - to_y * mm)

    def _font(self, size: float, *, strong: bool) -> None:
        self.canvas.setFont(self.peer.semibold if strong else self.peer.regular, size)


def _banners(sheet: _Sheet) -> None:
    for x, y, size, angle in ((110, 128, 54, 24), (160, 225, 28, 25)):
        sheet.canvas.saveState()
        sheet.canvas.setFillColor(BANNER)
        sheet.canvas.translate(x * mm, HEIGHT - y * mm)
        sheet.canvas.rotate(angle)
        sheet.canvas.setFont(sheet.peer.semibold, size)
        sheet.canvas.drawCentredString(0, 0, sheet.peer.look.banner)
        sheet.canvas.restoreState()


def _head(sheet: _Sheet, obligation: Obligation) -> None:
    look, accent = sheet.peer.look, HexColor(sheet.peer.look.accent)
    sheet.canvas.drawImage(
        sheet.peer.logo,
        20 * mm,
        HEIGHT - 23.2 * mm,
        24 * mm,
        14 * mm,
        mask="auto",
        preserveAspectRatio=True,
        anchor="w",
    )
    sheet.text(48, 13, look.name, 11.5, strong=True)
    sheet.label(48, 16.8, look.office, 9)
    sheet.label(48, 20, f"CUIT {look.tax_id} · {look.address} ·")
    sheet.label(48, 23, look.website)
    sheet.canvas.setFillColor(accent)
    sheet.right(200, 14, obligation.concept, 13, strong=True)
    sheet.canvas.setFillColor(black)
    sheet.right(200, 19, f"Período {_period(obligation)}")
    sheet.line(20, 26, 200, 26, accent, 1)


def _payer(sheet: _Sheet, obligation: Obligation) -> None:
    postal = obligation.postal
    lines = (
        f"{postal.street} {postal.number}",
        postal.extra,
        f"{postal.postal_code} {postal.city}",
        postal.province,
    )
    sheet.text(24, 40, obligation.payer.name, 11, strong=True)
    for place, words in enumerate(filter(None, lines)):
        sheet.text(24, 44.6 + 4.6 * place, words, 10)


def _facts(sheet: _Sheet, obligation: Obligation, operation: Operation) -> None:
    facts = (
        ("Cuenta", obligation.account),
        (obligation.payer.id_type, obligation.payer.id),
        ("Inmueble o bien", obligation.property_address),
        ("Comprobante", obligation.obligation_id),
        ("Operación", operation.number),
    )
    for place, (label, value) in enumerate(facts):
        sheet.pair(115, 32 + 3.6 * place, label, value, 29)
    sheet.line(115, 55.5, 200, 55.5, LIGHT, 0.4)
    first, *later = obligation.due_dates
    sheet.label(115, 61, "Primer vencimiento" if later else "Vencimiento")
    sheet.right(200, 61, f"{first.date:%d/%m/%Y}", 13, strong=True)
    sheet.right(200, 70, money.local(first.amount, obligation.currency), 22, strong=True)
    for second in later:
        sheet.pair(115, 75.5, "Segundo vencimiento", f"{second.date:%d/%m/%Y}", 29)
        sheet.right(200, 75.5, money.local(second.amount, obligation.currency))


def _table(sheet: _Sheet, obligation: Obligation) -> None:
    sheet.label(21, 93, "Período")
    sheet.label(43, 93, "Concepto")
    sheet.canvas.setFillColor(GREY)
    for x, title in ((143, "Importe"), (169, "Recargo"), (199, "Total")):
        sheet.right(x, 93, title, 7.5)
    sheet.canvas.setFillColor(black)
    sheet.line(20, 95.4, 200, 95.4)
    y = 95.4
    for place, line in enumerate(obligation.lines):
        if place % 2 == 0:
            sheet.canvas.setFillColor(ZEBRA)
            sheet.canvas.rect(20 * mm, HEIGHT - (y + 5.4) * mm, 180 * mm, 5.4 * mm, stroke=0, fill=1)
            sheet.canvas.setFillColor(black)
        _line(sheet, y + 3.7, line, obligation.currency)
        y += 5.4
    sheet.line(20, y, 200, y)
    sheet.text(43, y + 3.9, f"Total al {obligation.due_dates[0].date:%d/%m/%Y}", strong=True)
    sheet.right(199, y + 3.9, money.local(obligation.amount, obligation.currency), strong=True)


def _line(sheet: _Sheet, y: float, line: Line, currency: str) -> None:
    sheet.text(21, y, line.period)
    sheet.text(43, y, line.concept)
    for x, amount in ((143, line.amount), (169, line.surcharge), (199, line.total)):
        if amount is not None:
            sheet.right(x, y, money.local(amount, currency).removeprefix("$ "))


def _stub(sheet: _Sheet, obligation: Obligation, operation: Operation) -> None:
    sheet.canvas.setDash(2.5, 2)
    sheet.line(4, 192, 206, 192)
    sheet.line(62, 195, 62, 290, LIGHT)
    sheet.canvas.setDash()
    sheet.text(10, 200, sheet.peer.look.name, strong=True)
    sheet.label(10, 203.5, "Talón para el contribuyente")
    sheet.text(10, 208, obligation.concept, strong=True)
    sheet.text(10, 212, _period(obligation))
    pairs = (
        ("Contribuyente", obligation.payer.name),
        ("Cuenta", obligation.account),
        ("Comprobante", obligation.obligation_id),
        ("Operación", operation.number),
    )
    for place, (label, value) in enumerate(pairs):
        sheet.label(10, 217 + 8 * place, label)
        sheet.text(10, 220.7 + 8 * place, value)
    for place, due in enumerate(obligation.due_dates):
        sheet.text(10, 251 + 4 * place, f"{due.date:%d/%m/%Y}", strong=not place)
        sheet.right(55, 251 + 4 * place, money.local(due.amount, obligation.currency), strong=not place)
    sheet.line(10, 286.5, 55, 286.5, LIGHT, 0.4)
    sheet.label(10, 289.7, "Sello y fecha de pago")


def _payment(sheet: _Sheet, obligation: Obligation, operation: Operation) -> None:
    sheet.text(67, 201, "Para pagar", 13, strong=True)
    sheet.right(205, 201, f"{obligation.concept} · {_period(obligation)}")
    _qr(sheet, operation.text(Role.QR), x=67, y=203.5, side=44)
    sheet.centred(89, 250, "Pagá con tu celular", strong=True)
    sheet.canvas.setFillColor(GREY)
    sheet.centred(89, 254, "Billeteras virtuales y aplicaciones de bancos", 7.5)
    sheet.canvas.setFillColor(black)
    sheet.text(117, 208, obligation.payer.name, strong=True)
    sheet.pair(117, 211.7, "Cuenta", obligation.account, 27)
    sheet.pair(117, 215.3, "Operación", operation.number, 27)
    sheet.pair(117, 218.7, "Comprobante", obligation.obligation_id, 27)
    for place, due in enumerate(obligation.due_dates):
        first = place == 0
        name = ("Primer vencimiento", "Segundo vencimiento")[place] if len(obligation.due_dates) > 1 else "Vencimiento"
        sheet.label(117, 224.5 + 4.5 * place, name)
        sheet.text(144, 224.5 + 4.5 * place, f"{due.date:%d/%m/%Y}", strong=first)
        amount = money.local(due.amount, obligation.currency)
        sheet.right(205, 224.5 + 4.5 * place, amount, 13 if first else 9, strong=first)
    codes = (("Código de pago", Role.PAYMENT_CODE), ("Red Link", Role.LINK_CODE), ("Pago Mis Cuentas", Role.PMC_CODE))
    for place, (label, role) in enumerate(codes):
        sheet.pair(117, 235 + 3.6 * place, label, _grouped(operation.text(role)), 27)
    url = operation.text(Role.PAYMENT_URL)
    sheet.label(117, 246.2, "Pagá en línea")
    sheet.text(144, 246.2, url, 8)
    sheet.canvas.linkURL(url, (144 * mm, HEIGHT - 247 * mm, 205 * mm, HEIGHT - 243 * mm))
    _barcode(sheet, operation.text(Role.BARCODE))


def _barcode(sheet: _Sheet, digits: str) -> None:
    symbol = Code128(digits, barWidth=0.339 * mm, barHeight=14 * mm, quiet=0)
    symbol.drawOn(sheet.canvas, (67 + 138 / 2) * mm - symbol.width / 2, HEIGHT - 275 * mm)
    sheet.centred(67 + 138 / 2, 279, _grouped(digits))


def _qr(sheet: _Sheet, text: str, *, x: float, y: float, side: float) -> None:
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    module = side * mm / len(matrix)
    path = sheet.canvas.beginPath()
    for row, modules in enumerate(matrix):
        column = 0
        for dark, group in itertools.groupby(modules):
            length = len(list(group))
            if dark:
                path.rect(x * mm + column * module, HEIGHT - y * mm - (row + 1) * module, length * module, module)
            column += length
    sheet.canvas.drawPath(path, stroke=0, fill=1)


def _period(obligation: Obligation) -> str:
    return "/".join(reversed(obligation.period.split("-")))


def _grouped(digits: str) -> str:
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
