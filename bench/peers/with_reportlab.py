"""reportlab, plainly: a canvas a voucher, its own Code 128, and the matrix of ``qrcode`` as rectangles."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable

import qrcode
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from bench.peers import Draw, Stage
from bench.transcript import Shape, Symbol, Text, Transcript


def opened(stage: Stage) -> Draw:
    """Faces are registered and pictures read once."""
    for name, file in stage.faces.items():
        pdfmetrics.registerFont(TTFont(name, str(file)))
    pictures = {file.name: ImageReader(str(file)) for file in stage.folder.glob("*.png")}

    def draw(page: Transcript) -> bytes:
        file = io.BytesIO()
        canvas = Canvas(file, pagesize=(page.width, page.height))
        for shape in page.shapes:
            _shape(canvas, page.height, shape)
        for picture in page.pictures:
            box = picture.box
            canvas.drawImage(
                pictures[picture.name], box.x, page.height - box.y - box.height, box.width, box.height, mask="auto"
            )
        for text in page.texts:
            _text(canvas, page.height, text)
        for symbol in page.symbols:
            (_bars if symbol.linear else _qr)(canvas, page.height, symbol)
        canvas.showPage()
        canvas.save()
        return file.getvalue()

    return draw


def _text(canvas: Canvas, height: float, text: Text) -> None:
    canvas.setFont(text.face, text.size)
    canvas.setFillColor(HexColor(text.colour))
    if not text.sine:
        canvas.drawString(text.x, height - text.y, text.words)
        return
    canvas.saveState()
    canvas.transform(text.cosine, text.sine, -text.sine, text.cosine, text.x, height - text.y)
    canvas.drawString(0, 0, text.words)
    canvas.restoreState()


def _shape(canvas: Canvas, height: float, shape: Shape) -> None:
    canvas.setFillColor(HexColor(shape.colour))
    canvas.setStrokeColor(HexColor(shape.colour))
    canvas.setLineWidth(shape.weight)
    canvas.setDash(list(shape.dash))
    path = canvas.beginPath()
    steps: dict[str, Callable[..., object]] = {
        "M": path.moveTo,
        "L": path.lineTo,
        "C": path.curveTo,
        "Z": path.close,
    }
    for kind, at in shape.segments:
        steps[kind](*(height - value if index % 2 else value for index, value in enumerate(at)))
    canvas.drawPath(path, stroke=int(shape.weight > 0), fill=int(not shape.weight))


def _bars(canvas: Canvas, height: float, symbol: Symbol) -> None:
    box = symbol.box
    unscaled = Code128(symbol.text, barWidth=1, quiet=0)
    bars = Code128(symbol.text, barWidth=box.width / unscaled.width, barHeight=box.height, quiet=0)
    bars.drawOn(canvas, box.x, height - box.y - box.height)


def _qr(canvas: Canvas, height: float, symbol: Symbol) -> None:
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0)
    code.add_data(symbol.text)
    code.make(fit=True)
    matrix = code.get_matrix()
    module = symbol.box.width / len(matrix)
    path = canvas.beginPath()
    for row, modules in enumerate(matrix):
        column = 0
        for dark, group in itertools.groupby(modules):
            length = len(list(group))
            if dark:
                y = height - symbol.box.y - (row + 1) * module
                path.rect(symbol.box.x + column * module, y, length * module, module)
            column += length
    canvas.setFillColor(HexColor("#000000"))
    canvas.drawPath(path, stroke=0, fill=1)
