"""The files that are judged: every shipped template with what a batch may hold, and designs that try each element."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pikepdf
import PIL.Image
from reportlab.lib.colors import CMYKColor, Color
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from emission.model import Bill
from emission.render.faces import face_path
from tests.render.bills import bill, coupons, lines, linked, look, obligation, operation
from tests.render.designs import design
from tests.render.pages import stamped
from tests.render.test_designs import CASES, DESIGNS, TEMPLATES, owed

UNICODE = "Łukasz Şahin-Đorđević Ångström “Ñandú” <&> «Zoë» (h) \\ 50 % ‘São’ – Œuvre ﬁ"
_KINDS = ("payment page", "not payable", "several")
# A judge takes a second or two for each hundred lines: one design has as many as there may be, all have several pages.
_LINES = {"municipal-a4": 400}

PAGES = {
    "words": """<text x="20" y="20" heading="yes">{{ payer.name }}</text><text x="20" y="30" heading="2">Detalle</text>
<text x="20" y="40" w="40" lines="3">Uno que ocupa más de una sola línea entera</text><text x="20" y="55"/>
<text x="150" y="60" w="40" rotate="90">Girado</text>
<paragraph x="20" y="70" w="60">Antes <b>fuerte</b><item>Uno que sigue y sigue en otra línea más</item><item>Dos<br/>
con dos líneas</item>Después<item>{{ payer.name }}</item></paragraph>
<folio x="20" y="280" w="100">Hoja %page% de %pages%</folio>""",
    "links": """<text x="20" y="20" href="https://ejemplo.test/?a=(b)">Ver</text>
<flow x="20" y="30" w="80"><pair label="Sitio" href="https://ejemplo.test/">ejemplo.test</pair>
<pair label="Nada" href="https://ejemplo.test/"></pair></flow>
<link x="20" y="60" w="40" h="12" href="https://ejemplo.test/c"/>
<link x="20" y="80" w="40" h="12" href="https://ejemplo.test/d" alt="Pagar en línea"/>
<button x="20" y="100" w="50" h="14" href="https://ejemplo.test/e">Pagar</button>
<text x="80" y="90" w="40" rotate="30" href="https://ejemplo.test/f">Girado</text>""",
    "tables": """<table x="20" y="20" w="100" h="40" each="line in lines" row="5" zebra="yes">
<column w="60" title="Concepto" foot="Total">{{ line.concept }}</column>
<column w="30">{{ line.total|figures }}</column></table>
<table x="20" y="80" h="40" each="line in lines" row="5"><column w="60">{{ line.concept }}</column></table>
<table x="20" y="140" h="40" each="due in []" row="5" empty="Sin detalle"><column w="60" title="a">x</column><column
w="30" title="b">x</column></table>""",
    "pictures": """<image x="20" y="20" w="30" h="30" source="shapes.svg" alt="Escudo"/>
<image x="60" y="20" w="30" h="30" source="shapes.svg"/><image x="20" y="60" w="30" h="30" source="photo.jpg"/>
<image x="60" y="60" w="30" h="30" source="photo.jpg" alt="Una foto"/><cut x="4" y="100" w="200"/>
<box x="20" y="110" w="40" h="20" radius="3" stroke="accent" fill="zebra"/><panel x="70" y="110" w="40" h="20"/>
<stack take="1" row="60"><linear x="20" y="140" w="138" h="24"/><qr x="20" y="180" side="40"/>
<qr x="80" y="180" side="40" alt="Pagar {{ obligation.amount|money }}"/></stack>""",
}


# How the letterheads of designers' programs differ; each but the first two is shown as a picture.
LETTERHEADS = ("plain", "tagged", "CMYK", "words", "layers", "soft mask")


def letterhead(folder: Path, kind: str) -> None:
    """A letterhead of that kind, as ``letterhead.pdf`` of ``folder``."""
    canvas = Canvas(str(folder / "letterhead.pdf"), pagesize=(595.28, 841.89))
    canvas.setFillColor(CMYKColor(1, 0.3, 0, 0.2) if kind == "CMYK" else Color(0.1, 0.3, 0.5))
    canvas.rect(0, 700, 595.28, 142, stroke=0, fill=1)
    canvas.setFillAlpha(0.5)
    canvas.circle(300, 400, 80, stroke=0, fill=1)
    if kind == "words":
        pdfmetrics.registerFont(TTFont("letterhead", str(face_path("SourceSansPro-Regular"))))
        canvas.setFont("letterhead", 20)
        canvas.drawString(100, 300, "Municipalidad")
    canvas.save()
    with pikepdf.open(folder / "letterhead.pdf", allow_overwriting_input=True) as opened:
        _change(opened, opened.pages[0], kind)
        opened.save(folder / "letterhead.pdf")


def _change(opened: pikepdf.Pdf, page: pikepdf.Page, kind: str) -> None:
    if kind == "tagged":
        page.contents_add(b"/P <</MCID 0>> BDC", prepend=True)
        page.contents_add(b"EMC")
    elif kind == "layers":
        group = opened.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=pikepdf.String("Capa")))
        page.resources["/Properties"] = pikepdf.Dictionary(L=group)
        page.contents_add(b"/OC /L BDC", prepend=True)
        page.contents_add(b"EMC")
    elif kind == "soft mask":
        form = pikepdf.Stream(opened, b"0 0 300 900 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
        form.BBox = pikepdf.Array([0, 0, 600, 900])
        form.Group = pikepdf.Dictionary(S=pikepdf.Name.Transparency, CS=pikepdf.Name.DeviceCMYK)
        mask = pikepdf.Dictionary(S=pikepdf.Name.Alpha, G=form)
        page.resources.ExtGState["/M"] = pikepdf.Dictionary(SMask=mask)
        page.contents_add(b"/M gs", prepend=True)


def _shipped(name: str, given: Bill, logo: str) -> bytes:
    return stamped(look(template=str(TEMPLATES / name), logo=logo), given).digital


def files(folder: Path) -> dict[str, bytes]:
    """The files by their names; ``folder`` takes what they are made with."""
    logo = str(folder / "logo.png")
    PIL.Image.effect_mandelbrot((120, 80), (-2, -1.5, 1, 1.5), 60).convert("RGBA").save(logo)
    made: dict[str, bytes] = {}
    for name in DESIGNS:
        for kind in _KINDS:
            case: Bill | Callable[[str], Bill] = CASES[kind]
            made[f"{name}: {kind}"] = _shipped(name, case(name) if callable(case) else case, logo)
        made[f"{name}: long"] = _shipped(name, bill((owed(lines=lines(_LINES.get(name, 60))), operation())), logo)
        made[f"{name}: Unicode"] = _shipped(name, bill((owed(name=UNICODE.removesuffix(" ﬁ")), operation())), "")
    made["carnet-3up: one QR for all"] = _shipped("carnet-3up", linked(coupons(2)), "")
    for name, page in PAGES.items():
        made[f"page of {name}"] = _page(folder / name, page)
    for kind in LETTERHEADS:
        place = folder / f"letterhead, {kind}"
        place.mkdir()
        letterhead(place, kind)
        style = look(template=design(place, '<background source="letterhead.pdf"/><text x="20" y="60">Hola</text>'))
        made[f"letterhead: {kind}"] = stamped(style, bill((obligation(), operation()))).digital
    return made


def _page(folder: Path, page: str) -> bytes:
    """A page of a design of its own, twice, so that it has a folio."""
    folder.mkdir()
    PIL.Image.effect_noise((64, 64), 60).convert("CMYK").save(folder / "photo.jpg", "JPEG")
    shape = '<rect width="9" height="4" fill="#1f5c8b"/>'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{shape}</svg>'
    (folder / "shapes.svg").write_text(drawing, encoding="utf-8")
    style = look(template=design(folder, page, page, faces='italic = "SourceSansPro-It"'))
    return stamped(style, bill((obligation(), operation(url="https://pagos.ejemplo.test/1")))).digital
