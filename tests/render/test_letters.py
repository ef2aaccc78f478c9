"""Typefaces of a template's own, glyphs that another face stands in for, and words that are cut or turned."""

from __future__ import annotations

import io
import shutil
import struct
from pathlib import Path

import font_source_sans_pro
import pikepdf
import pytest
from fontTools.ttLib import TTFont

from emission.errors import TemplateError
from emission.render import compile_template, files_of, preflight, proved_template
from emission.wording import explain, reason
from tests.render.bills import bill, look, obligation, operation
from tests.render.pages import lot_of, problems, stamped, text_of
from tests.render.test_templates import write

FACES = Path(font_source_sans_pro.font_directory)
STACK = '<stack take="9" row="1"/>'


def with_face(folder: Path, content: bytes, page: str = STACK, more: str = "") -> str:
    """A template whose regular face is a file of its own."""
    write(folder, page, more)
    settings = folder / "template.toml"
    text = settings.read_text(encoding="utf-8").replace('"SourceSansPro-Regular"', '"fonts/own.ttf"')
    settings.write_text(text, encoding="utf-8")
    (folder / "fonts").mkdir(exist_ok=True)
    (folder / "fonts" / "own.ttf").write_bytes(content)
    return str(folder)


def cut_down(path: Path, letters: str, rights: int = 0) -> bytes:
    """That face with the letters alone in its table of characters."""
    font = TTFont(path)
    for table in font["cmap"].tables:
        table.cmap = {code: glyph for code, glyph in table.cmap.items() if chr(code) in letters}
    font["OS/2"].fsType = rights
    stream = io.BytesIO()
    font.save(stream)
    return stream.getvalue()


def refused(folder: str) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=folder))
    assert "{" not in explain("es", caught.value)
    return caught.value


def test_a_face_of_the_template_s_own_draws_and_travels_with_it(tmp_path: Path) -> None:
    page = STACK + '<text y="20" x="20">{{ payer.name }}</text>'
    folder = with_face(tmp_path, (FACES / "SourceSansPro-It.ttf").read_bytes(), page)
    style = look(template=folder)
    made = stamped(style, bill((obligation(), operation())))
    assert problems(made.digital) == problems(lot_of(style, made)) == []
    assert "Ñandubay & Hijos" in text_of(made.digital)
    names = files_of(style)
    assert "template/fonts/own.ttf" in names
    assert "faces/regular.ttf" not in names


def test_a_face_that_cannot_be_embedded_is_refused_with_its_reason(tmp_path: Path) -> None:
    regular = (FACES / "SourceSansPro-Regular.ttf").read_bytes()
    cases = {
        "template-face-outlines": (FACES / "SourceSansPro-Regular.otf").read_bytes(),
        "template-face-restricted": cut_down(FACES / "SourceSansPro-Regular.ttf", "abc", rights=2),
    }
    for code, content in cases.items():
        assert refused(with_face(tmp_path, content)).code == code
    for content in (b"", regular[:400], regular[: len(regular) // 2], _scrambled(regular)):
        assert refused(with_face(tmp_path, content)).code in ("template-face-broken", "template-face-outlines")
    shutil.rmtree(tmp_path / "fonts")
    assert refused(str(tmp_path)).code == "template-face-file"


def _scrambled(content: bytes) -> bytes:
    """The same file whose outlines are noise."""
    (count,) = struct.unpack(">H", content[4:6])
    for at in range(12, 12 + 16 * count, 16):
        tag, _, offset, length = struct.unpack(">4sLLL", content[at : at + 16])
        if tag == b"glyf":
            return content[:offset] + bytes(number * 89 % 251 for number in range(length)) + content[offset + length :]
    raise AssertionError


def test_a_file_outside_of_the_template_is_no_face_of_it(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    folder = with_face(tmp_path / "a", b"")
    settings = Path(folder) / "template.toml"
    settings.write_text(settings.read_text().replace("fonts/own.ttf", "../own.ttf"))
    shutil.copy(FACES / "SourceSansPro-Regular.ttf", tmp_path / "own.ttf")
    assert refused(folder).code == "template-face-file"


def test_another_face_stands_in_for_what_is_missing_and_only_what_both_lack_is_a_fault(tmp_path: Path) -> None:
    ascii_only = cut_down(FACES / "SourceSansPro-Regular.ttf", "".join(map(chr, range(32, 127))))
    page = STACK + '<text x="20" y="20" w="90" role="payer_name">{{ payer.name }}</text>'
    folder = with_face(tmp_path, ascii_only, page)
    settings = tmp_path / "template.toml"
    settings.write_text(settings.read_text().replace("[faces]", '[faces]\nfallback = "SourceSansPro-Semibold"'))
    style = look(template=folder)
    one = bill((obligation(name="Ñandú Ω Güemes"), operation()))
    made = stamped(style, one)
    assert "Ñandú Ω Güemes" in text_of(made.digital)
    assert problems(made.digital) == problems(lot_of(style, made)) == []
    assert "Ñandú Ω Güemes" in text_of(lot_of(style, made))
    (check,) = preflight(compile_template(style), [bill((obligation(name="Ñandú 😀"), None)).voucher])
    (fault,) = check.faults
    assert (fault.code, fault.field, fault.params["character"]) == ("glyph-missing", "payer_name", "😀")


@pytest.mark.parametrize(
    ("how", "name", "expected"),
    [
        ("shrink", "Ana María de los Ángeles Paz", "does-not-fit"),
        ("wrap", "Ana María de los Ángeles Paz", "does-not-fit"),
        ("reject", "Ana María de los Ángeles Paz", "does-not-fit"),
        ("ellipsis", "Ana María de los Ángeles Paz", "Ana María…"),
        ("ellipsis", "Ana Paz", "Ana Paz"),
        ("ellipsis", "x" * 10_000, "xxx…"),
    ],
)
def test_words_that_are_too_long_do_as_the_template_says(tmp_path: Path, how: str, name: str, expected: str) -> None:
    page = f'{STACK}<text x="20" y="20" w="18" fit="{how}" role="payer_name">{{{{ payer.name }}}}</text>'
    style = look(template=write(tmp_path, page))
    (check,) = preflight(compile_template(style), [bill((obligation(name=name), None)).voucher])
    if expected == "does-not-fit":
        assert [fault.code for fault in check.faults] == [expected]
        assert "80 %" not in reason("es", check.faults[0])
    else:
        shown = text_of(stamped(style, bill((obligation(name=name), operation()))).digital)
        assert expected in shown


@pytest.mark.parametrize(
    "words",
    [
        "{{ obligation.amount|money }}",
        "{{ obligation['amount'] }}",
        "{{ operation.number }}",
        "{% set due = obligation.due_dates[0] %}{{ due }}",
        "{{ extra['vence'] }}",
        "{{ obligation|attr('am' ~ 'ount') }}",
    ],
)
def test_amounts_dates_and_codes_are_never_cut(tmp_path: Path, words: str) -> None:
    page = f'{STACK}<text x="20" y="20" fit="ellipsis">{words}</text>'
    error = refused(write(tmp_path, page, '[fields]\nvence = "date"'))
    assert (error.code, error.params["line"]) == ("template-cut", "4")


@pytest.mark.parametrize("degrees", ["90", "180", "270", "30"])
def test_turned_words_are_read_and_their_links_lie_over_them(tmp_path: Path, degrees: str) -> None:
    page = f"""{STACK}<text x="100" y="150" w="60" rotate="{degrees}" href="https://pagar.test/{{{{ payer.name }}}}"
>Al lado: {{{{ payer.name }}}}</text>"""
    style = look(template=write(tmp_path, page))
    made = stamped(style, bill((obligation(name="Paz"), operation())))
    assert "Al lado: Paz" in text_of(made.digital)
    assert problems(made.digital) == []
    with pikepdf.open(io.BytesIO(made.digital)) as opened:
        (link,) = opened.pages[0].Annots
        left, bottom, right, top = (float(side) / 72 * 25.4 for side in link.Rect)
    across, up = {"90": (0, 1), "180": (-1, 0), "270": (0, -1), "30": (0.87, 0.5)}[degrees]
    # The middle of the words lies within.
    x, y = 100 + across * 12, 297 - 150 + up * 12
    assert left - 3 <= x <= right + 3
    assert bottom - 3 <= y <= top + 3
    assert (right - left > top - bottom) == (degrees in ("180", "30"))
    assert ("QuadPoints" in str(link.keys())) == (degrees == "30")


def test_turned_words_in_the_place_of_a_code_are_refused(tmp_path: Path) -> None:
    page = """<stack take="9" row="60"><qr x="100" y="100" side="40"/></stack>
<text x="110" y="160" w="50" rotate="90">Desde abajo hacia arriba</text>"""
    with pytest.raises(TemplateError, match="template-code-covered"):
        proved_template(look(template=write(tmp_path, page)))


@pytest.mark.parametrize(
    ("place", "code", "attribute"),
    [
        ('<flow x="1" y="1" w="50">{}</flow>', "template-value", "rotate"),
        ("{}", "template-attribute-missing", "w"),
    ],
)
def test_a_turn_needs_a_width_and_a_place_of_its_own(tmp_path: Path, place: str, code: str, attribute: str) -> None:
    error = refused(write(tmp_path, STACK + place.format('<text rotate="90">a</text>')))
    assert (error.code, error.params["attribute"]) == (code, attribute)


def test_letters_that_only_a_filter_makes_of_the_issuer_s_name_are_drawn(tmp_path: Path) -> None:
    folder = write(tmp_path, STACK + '<text y="20" x="20">{{ issuer.name|upper }}</text>')
    style = look(template=folder, name="São Tomé da Ŵŷ")
    made = stamped(style, bill((obligation(), operation())))
    for pdf in (made.digital, lot_of(style, made)):
        assert "SÃO TOMÉ DA ŴŶ" in text_of(pdf)
