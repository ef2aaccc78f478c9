"""WeasyPrint, plainly: a page of HTML a voucher, texts in boxes where they stand, lines and codes as one SVG."""

from __future__ import annotations

from html import escape

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from bench.peers import Draw, Stage
from bench.peers.symbols import path
from bench.transcript import Shape, Text, Transcript


def opened(stage: Stage) -> Draw:
    """Faces and the style sheet are read once."""
    fonts = FontConfiguration()
    faces = "".join(
        f'@font-face {{font-family: "{name}"; src: url("{file.as_uri()}")}}' for name, file in stage.faces.items()
    )
    sheets: dict[tuple[float, float], CSS] = {}

    def draw(page: Transcript) -> bytes:
        size = page.width, page.height
        if size not in sheets:
            rules = (
                f"@page {{size: {page.width}pt {page.height}pt; margin: 0}}"
                "p, img, svg {position: absolute; margin: 0}"
                "p {white-space: pre; line-height: 1; transform-origin: 0 100%}"
            )
            sheets[size] = CSS(string=faces + rules, font_config=fonts)
        html = HTML(string=_html(page), base_url=str(stage.folder / "page.html"))
        pdf: bytes = html.write_pdf(stylesheets=[sheets[size]], font_config=fonts)
        return pdf

    return draw


def _html(page: Transcript) -> str:
    shapes = "".join(_shape(shape) for shape in page.shapes)
    codes = "".join(
        f'<g transform="translate({symbol.box.x} {symbol.box.y})"><path d="{path(symbol)}"/></g>'
        for symbol in page.symbols
    )
    size = f"width:{page.width}pt;height:{page.height}pt"
    view = f'viewBox="0 0 {page.width} {page.height}"'
    pictures = "".join(
        f'<img src="{one.name}" style="left:{one.box.x}pt;top:{one.box.y}pt;'
        f'width:{one.box.width}pt;height:{one.box.height}pt">'
        for one in page.pictures
    )
    texts = "".join(_text(page, text) for text in page.texts)
    return f'<html lang="es"><svg style="left:0;top:0;{size}" {view}>{shapes}{codes}</svg>{pictures}{texts}</html>'


def _text(page: Transcript, text: Text) -> str:
    # A line box 1 em high holds its baseline where ascent and descent of the face say; close enough to the page.
    turn = f"transform:matrix({text.cosine},{-text.sine},{text.sine},{text.cosine},0,0);" if text.sine else ""
    return (
        f'<p style="left:{text.x}pt;bottom:{page.height - text.y}pt;font:{text.size}pt {text.face};'
        f'color:{text.colour};{turn}">{escape(text.words)}</p>'
    )


def _shape(shape: Shape) -> str:
    data = "".join(kind + " ".join(map(str, at)) for kind, at in shape.segments)
    dash = f' stroke-dasharray="{" ".join(map(str, shape.dash))}"' if shape.dash else ""
    paint = (
        f'fill="none" stroke="{shape.colour}" stroke-width="{shape.weight}"{dash}'
        if shape.weight
        else f'fill="{shape.colour}"'
    )
    return f'<path d="{data}" {paint}/>'
