"""A letterhead lies beneath everything, once a file, with nothing in it that acts."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from emission.errors import TemplateError
from emission.render import compile_template
from emission.wording import explain
from tests.render.bills import bill, look, obligation, operation
from tests.render.designs import design
from tests.render.pages import expected, lot_of, problems, raster, scan, stamped

A4 = (595.28, 841.89)
CONTENT = """<background source="letterhead.pdf"/><text x="20" y="60">{{ payer.name }}</text>
<panel x="120" y="150" w="20" h="20" ink="light"/>"""
CODE = '<stack take="1"><qr x="20" y="5" side="40"/></stack>'


def letterhead(folder: Path, size: tuple[float, float] = A4, *, words: bool = False) -> Path:
    """Dark across the upper 50 mm, a dark square at the lower left, as designers' programs export it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "letterhead.pdf"
    canvas = Canvas(str(path), pagesize=size)
    canvas.setFillGray(0.1)
    canvas.rect(0, size[1] - 142, size[0], 142, stroke=0, fill=1)
    canvas.rect(0, 0, 30, 30, stroke=0, fill=1)
    if words:
        canvas.drawString(100, 300, "Municipalidad")
    canvas.save()
    return path


def changed(path: Path, change: Callable[[pikepdf.Pdf], None]) -> None:
    with pikepdf.open(path, allow_overwriting_input=True) as opened:
        change(opened)
        opened.save(path)


def grey(pdf: bytes, x: float, y: float) -> float:
    """How light the page is at (x, y) millimetres from its upper left; 0 is black."""
    image = raster(pdf, 127)[0]
    value = image.getpixel((int(x * 5), int(y * 5)))
    assert isinstance(value, int)
    return value


def test_it_lies_beneath_grounds_words_and_codes_and_is_written_once(tmp_path: Path) -> None:
    style = look(template=design(tmp_path, CONTENT + CODE), banner="")
    letterhead(tmp_path)
    given = bill((obligation(), operation(barcodes=())))
    result = stamped(style, given)
    lot = lot_of(style, *[result] * 4)
    for pdf in (result.digital, lot):
        assert problems(pdf) == []
        assert grey(pdf, 150, 20) < 40
        assert grey(pdf, 130, 160) < 230, "a panel over the letterhead's white"
        assert grey(pdf, 21, 6) == 255, "codes knock out white"
        assert set(expected(given)) == set(scan(pdf))
    with pikepdf.open(io.BytesIO(lot)) as opened:
        forms = [one for one in opened.objects if isinstance(one, pikepdf.Stream) and one.get("/Matrix") is not None]
    assert len(forms) == 1


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_turned_and_cropped_page_stands_upright(tmp_path: Path, turned: int) -> None:
    style = look(template=design(tmp_path, CONTENT), banner="")
    sideways = turned != 180
    path = letterhead(tmp_path, (A4[1], A4[0]) if sideways else A4)

    def crop(opened: pikepdf.Pdf) -> None:
        page = opened.pages[0]
        left, bottom, right, top = (float(side) for side in page.mediabox)
        page.obj.MediaBox = pikepdf.Array([left - 50, bottom - 70, right + 20, top + 20])
        page.obj.CropBox = pikepdf.Array([left, bottom, right, top])
        page.obj.Rotate = turned

    changed(path, crop)
    pdf = stamped(style, bill((obligation(), operation()))).digital
    assert problems(pdf) == []
    # The square of the lower left corner goes round with the page.
    corners = {90: (3, 3), 180: (206, 3), 270: (206, 293)}
    assert grey(pdf, *corners[turned]) < 40
    dark = {90: (190, 150), 180: (100, 280), 270: (20, 150)}
    assert grey(pdf, *dark[turned]) < 40


def test_nothing_that_acts_comes_along(tmp_path: Path) -> None:
    style = look(template=design(tmp_path, CONTENT))
    path = letterhead(tmp_path)

    def arm(opened: pikepdf.Pdf) -> None:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        opened.Root.OpenAction = script
        page = opened.pages[0].obj
        page.AA = pikepdf.Dictionary(O=script)
        page.Annots = opened.make_indirect(
            pikepdf.Array([pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=script)])
        )
        opened.attachments["a.txt"] = b"attached"
        form = pikepdf.Stream(opened, b"0 0 1 1 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
        form.BBox = pikepdf.Array([0, 0, 1, 1])
        form.PieceInfo = pikepdf.Dictionary(JS=script)
        page.Resources.XObject = pikepdf.Dictionary(A=form, F=form)

    changed(path, arm)
    result = stamped(style, bill((obligation(), operation())))
    for pdf in (result.digital, lot_of(style, result)):
        assert problems(pdf) == []
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            written = b"".join(repr(one).encode() for one in opened.objects)
        for word in (b"JavaScript", b"alert", b"OpenAction", b"EmbeddedFile", b"Annots", b"PieceInfo"):
            assert word not in written
        assert b"/A" in written, "names of the file's own are kept"


def test_a_typeface_that_is_not_embedded_is_named(tmp_path: Path) -> None:
    folder = design(tmp_path, CONTENT)
    letterhead(tmp_path, words=True)
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=folder))
    assert (caught.value.code, caught.value.params["font"]) == ("template-background-font", "Helvetica")
    assert "{" not in explain("es", caught.value)


def test_a_millimetre_is_made_up_for_and_two_are_not(tmp_path: Path) -> None:
    letterhead(tmp_path / "near", (A4[0] - 2, A4[1] + 2))
    compile_template(look(template=design(tmp_path / "near", CONTENT)))
    letterhead(tmp_path / "far", (612, 792))
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=design(tmp_path / "far", CONTENT)))
    assert caught.value.params["found"] == "215.9 × 279.4"
    assert caught.value.params["wanted"].startswith("210.0 × 29")


@pytest.mark.parametrize(
    "kind", ["missing", "no PDF", "locked", "secret", "no such page", "outside", "no pages", "no content"]
)
def test_what_is_no_letterhead_is_refused(tmp_path: Path, kind: str) -> None:
    content = CONTENT
    path = letterhead(tmp_path)
    if kind == "missing":
        path.unlink()
    elif kind == "no PDF":
        path.write_bytes(b"GIF89a")
    elif kind in ("locked", "secret"):
        lock = pikepdf.Encryption(owner="a", user="b" if kind == "secret" else "")
        with pikepdf.open(path, allow_overwriting_input=True) as opened:
            opened.save(path, encryption=lock)
    elif kind == "no pages":
        changed(path, lambda opened: opened.pages.__delitem__(0))
    elif kind == "no content":
        changed(path, lambda opened: opened.pages[0].obj.__setitem__("/Contents", pikepdf.Array([5])))
    elif kind == "no such page":
        content = content.replace("/><text", ' page="2"/><text')
    else:
        content = content.replace("letterhead.pdf", "../letterhead.pdf")
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=design(tmp_path, content)))
    assert caught.value.code in {"template-background", "template-value"}
    assert caught.value.params["element"].startswith("background")
    assert caught.value.params["line"] == "4"
