"""The elements that a scanner reads: linear symbols and the QR, each on white with its quiet zone free."""

from __future__ import annotations

import itertools
import math

import msgspec

from emission.codes.geometry import BEARER, DOT_MM, FittedLinear, fit_linear, fit_qr, snap
from emission.codes.qr import QrSymbol
from emission.codes.room import LEAST_SHARED_BARS_MM, usual_qr_mm
from emission.codes.symbology import Symbology
from emission.render.box import Box
from emission.render.digits import grouped
from emission.render.faces import Face
from emission.render.fields import Values
from emission.render.fitting import fit
from emission.render.items import Bars, Matrix, Panel, Stroke
from emission.render.layout import Sheet
from emission.render.nodes import Source

MM = 72 / 25.4
DOT = DOT_MM * MM  # 0.24 pt
_BETWEEN = 1.2 * MM  # from the bars to their digits, and from one symbol to the next


class Linear(msgspec.Struct, frozen=True):
    """All linear symbols of the obligation in one box, ``height`` (points) at most each, digits beneath."""

    symbology: Symbology
    bearers: bool
    face: Face
    size: float
    x: float
    y: float
    width: float
    box: float
    height: float

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:  # noqa: ARG002 -- codes are no fields
        codes = sheet.slip.barcodes
        if not codes:
            return 0.0
        first, left = len(sheet.page.items), x + self.x
        slot, size, height = self._slot(len(codes))
        top = y + self.y + (self.box - slot * len(codes)) / 2
        for place, text in enumerate(codes):
            self._symbol(sheet, text, left, top + place * slot, height, size)
        if sheet.reserving:
            self._reserve(sheet, first, left, y + self.y, top)
        return 0.0

    def _reserve(self, sheet: Sheet, first: int, left: float, roof: float, top: float) -> None:
        """Notes the place: its box from ``roof`` down, the first symbol from ``top``; says where bars get too low."""
        count = len(sheet.slip.barcodes)
        bars = self.bars(count) / MM
        if count > 1 and bars < LEAST_SHARED_BARS_MM:
            facts = {"bars": f"{bars:.1f}", "needed": f"{LEAST_SHARED_BARS_MM:.1f}", "count": str(count)}
            sheet.fault("barcode-too-low", "barcode", **facts)
        slot, _, height = self._slot(count)
        right, highest = left + self.width, sheet.height - top
        symbol = Box(left, highest - (count - 1) * slot - height, right, highest)
        # The white of the first symbol stands a little above its bars.
        box = Box(left, sheet.height - roof - self.box, right, max(sheet.height - roof, highest + _BETWEEN))
        sheet.reserve(box, symbol, first, linear=True)

    def bars(self, count: int) -> float:
        """The height of the bars (points) where ``count`` symbols share the box."""
        return min(self._slot(count)[2], self.height)

    def _slot(self, count: int) -> tuple[float, float, float]:
        """Height of a symbol with its digits, size of the digits, and what is left for its bars."""
        slot = min(self.box / count, self.height + self.size + 3 * _BETWEEN)
        size = min(self.size, slot * 0.25)
        return slot, size, slot - size - 2 * _BETWEEN

    def _symbol(self, sheet: Sheet, text: str, left: float, top: float, height: float, size: float) -> None:
        if sheet.slip.specimen:
            _placeholder(sheet, self.face, "código de barras", (left, top, self.width, height))
            return
        height = math.floor(min(height, self.height) / DOT) * DOT
        fitted = fit_linear(self.symbology, text, self.width / MM)
        start = snap((left + self.width / 2) / MM - fitted.bars_mm / 2) * MM
        bottom = snap((sheet.height - top - height) / MM) * MM
        self._knock_out(sheet, fitted, start, bottom, height)
        unit = fitted.x_dots * DOT / fitted.symbol.units_per_module
        said = fitted.symbol.text
        bearer = BEARER * fitted.x_dots * DOT if self.bearers and self.symbology == "itf" else 0.0
        first = sheet.next
        sheet.add(Bars(fitted.symbol, start, bottom, unit, height, f"Código de barras {said}", bearer))
        sheet.tag("Figure", first)
        self._digits(sheet, said, left, top + height + _BETWEEN * 0.4, size)

    @staticmethod
    def _knock_out(sheet: Sheet, fitted: FittedLinear, start: float, bottom: float, height: float) -> None:
        quiet = fitted.quiet_mm * MM
        width = fitted.bars_mm * MM + 2 * quiet
        sheet.add(Panel(start - quiet, bottom - _BETWEEN, width, height + 2 * _BETWEEN, "white"))

    def _digits(self, sheet: Sheet, text: str, left: float, top: float, size: float) -> None:
        shown = grouped(text) if text.isdigit() else text
        size, lines = fit(self.face, shown, self.width, size, 1) or sheet.refuse(self.face, shown, size, "barcode")
        first = sheet.next
        for line in lines:
            middle, level = left + self.width / 2, top + size * 0.85
            sheet.words(self.face, line, size, middle, level, "black", "barcode", share=0.5)
        sheet.tag("P", first)


class Qr(msgspec.Struct, frozen=True):
    """The obligation's QR, as large as whole dots allow, in the middle of a square of ``side`` points.

    ``linked``: the one of all obligations of the voucher, of which it has at least two to pay; drawn once.
    """

    face: Face
    x: float
    y: float
    side: float
    alt: Source
    in_specimen: bool
    linked: bool = False

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:
        text = self._text(sheet)
        if not text:
            return 0.0
        sheet.selected |= self.linked
        left, top, first = x + self.x, y + self.y, len(sheet.page.items)
        if text in sheet.qrs:
            self._symbol(sheet, sheet.qrs[text], left, top, self.alt.text(values))
        elif self.in_specimen:
            _placeholder(sheet, self.face, "QR", (left, top, self.side, self.side))
        if sheet.reserving:
            self._reserve(sheet, first, left, sheet.height - top)
        return 0.0

    def _text(self, sheet: Sheet) -> str:
        if not self.linked:
            return sheet.slip.qr
        return "" if sheet.selected else sheet.slip.linked_qr

    def _reserve(self, sheet: Sheet, first: int, left: float, roof: float) -> None:
        free = (self.side - usual_qr_mm(self.side / MM) * MM) / 2
        modules = Box(left, roof - self.side + free, left + self.side, roof - free)
        sheet.reserve(Box(left, roof - self.side, left + self.side, roof), modules, first, linear=False)

    def _symbol(self, sheet: Sheet, symbol: QrSymbol, left: float, top: float, alt: str) -> None:
        fitted = fit_qr(symbol.version, self.side / MM)
        spare = (self.side / MM - fitted.bars_mm) / 2
        start = snap(left / MM + spare) * MM
        bottom = snap((sheet.height - top - self.side) / MM + spare) * MM
        sheet.add(Panel(left, sheet.height - top - self.side, self.side, self.side, "white"))
        first = sheet.next
        sheet.add(Matrix(symbol, start, bottom, fitted.module_dots * DOT, alt))
        sheet.tag("Figure", first)


def _placeholder(sheet: Sheet, face: Face, words: str, box: tuple[float, float, float, float]) -> None:
    """An empty frame that says what will stand there."""
    left, top, width, height = box
    bottom, roof = sheet.height - top - height, sheet.height - top
    corners = ((left, bottom), (left + width, bottom), (left + width, roof), (left, roof), (left, bottom))
    for (x, y), (to_x, to_y) in itertools.pairwise(corners):
        sheet.add(Stroke(x, y, to_x, to_y, 0.5, "grey", "2 2"))
    first = sheet.next
    middle, level = left + width / 2, top + height / 2 + 3
    sheet.words(face, face.shape(words), 9, middle, level, "grey", "specimen", share=0.5)
    sheet.tag("P", first)
