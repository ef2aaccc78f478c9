"""fpdf2, plainly: a document a voucher, codes as rectangles."""

from __future__ import annotations

import math
from collections.abc import Callable

from fpdf import FPDF
from fpdf.drawing_primitives import color_from_hex_string
from fpdf.enums import PathPaintRule

from bench.peers import Draw, Stage
from bench.peers.symbols import dark
from bench.transcript import Shape, Text, Transcript


def opened(stage: Stage) -> Draw:
    """fpdf2 keeps neither fonts nor pictures from one document to the next."""

    def draw(page: Transcript) -> bytes:
        pdf = FPDF(unit="pt", format=(page.width, page.height))
        pdf.set_auto_page_break(False)
        pdf.set_margin(0)
        for name, file in stage.faces.items():
            pdf.add_font(name, fname=file)
        pdf.add_page()
        for shape in page.shapes:
            _shape(pdf, shape)
        for picture in page.pictures:
            box = picture.box
            pdf.image(stage.folder / picture.name, box.x, box.y, box.width, box.height)
        for text in page.texts:
            _text(pdf, text)
        pdf.set_fill_color("#000000")
        for symbol in page.symbols:
            for box in dark(symbol):
                pdf.rect(box.x, box.y, box.width, box.height, style="F")
        return bytes(pdf.output())

    return draw


def _text(pdf: FPDF, text: Text) -> None:
    pdf.set_font(text.face, size=text.size)
    pdf.set_text_color(text.colour)
    if not text.sine:
        pdf.text(text.x, text.y, text.words)
        return
    with pdf.rotation(math.degrees(math.atan2(text.sine, text.cosine)), text.x, text.y):
        pdf.text(text.x, text.y, text.words)


def _shape(pdf: FPDF, shape: Shape) -> None:
    with pdf.new_path() as path:
        colour = color_from_hex_string(shape.colour)
        if shape.weight:
            path.style.paint_rule = PathPaintRule.STROKE
            path.style.stroke_color = colour
            path.style.stroke_width = shape.weight
            path.style.stroke_dash_pattern = list(shape.dash) or None
        else:
            path.style.paint_rule = PathPaintRule.FILL_NONZERO
            path.style.fill_color = colour
        steps: dict[str, Callable[..., object]] = {
            "M": path.move_to,
            "L": path.line_to,
            "C": path.curve_to,
            "Z": path.close,
        }
        for kind, at in shape.segments:
            steps[kind](*at)
