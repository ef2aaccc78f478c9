"""Named styles, and the strictness of ``template.toml``."""

from __future__ import annotations

from pathlib import Path

import pytest

from emission.errors import TemplateError
from emission.render import compile_template, read_settings
from emission.render.inks import digital_inks
from emission.render.items import Ready
from emission.render.painting import content
from emission.render.settings import PageSize
from emission.wording import explain
from tests.render.bills import look
from tests.render.test_templates import write

STYLES = """
[styles.title]
size = 14
ink = "accent"
align = "center"
lines = 2
fit = "wrap"
"""


def operators(folder: str) -> str:
    program = compile_template(look(template=folder)).digital
    items = [item for node in program.pages[0].nodes for item in getattr(node, "items", ())]
    return content([item.mark for item in items if isinstance(item, Ready)], program.screen).decode("latin-1")


def test_a_style_gives_what_the_element_does_not_say(tmp_path: Path) -> None:
    page = '<stack take="9" row="1"/><text x="20" y="20" w="80" style="title"{}>Hola</text>'
    styled = operators(write(tmp_path, page.format(""), STYLES))
    own = operators(write(tmp_path, page.format(' size="10" ink="black"'), STYLES))
    assert f"{digital_inks(look().accent)['accent'].fill}BT\n/regular 14 Tf" in styled
    assert "0 g\nBT\n/regular 10 Tf" in own


def test_an_element_takes_of_a_style_what_it_may_carry(tmp_path: Path) -> None:
    page = '<stack take="9" row="1"/><folio x="20" y="20" style="title">Hoja %page%</folio>'
    program = compile_template(look(template=write(tmp_path, page, STYLES)))
    (folio,) = [kind.folio for kind in program.digital.pages if kind.folio]
    # Size and ink; that a style may also say ``lines`` is none of a folio's business.
    assert (folio.style.size, folio.style.ink) == (14, "accent")


def test_a_style_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=write(tmp_path, '<text y="20" style="titel">a</text>', STYLES)))
    assert caught.value.params | {"file": ""} == {
        "file": "", "line": "4", "column": "14", "element": "text", "attribute": "style", "value": "titel",
        "expected": "title? (title)", "nearest": "title",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "code", "key", "line"),
    [
        ("[styles.a]\nsise = 9", "template-key-unknown", "styles.a.sise", "9"),
        ("[styles.a]\nink = 'blakc'", "template-key-value", "styles.a.ink", "9"),
        ("[styles.a]\nsize = 'lable'", "template-key-value", "styles.a.size", "9"),
        ("[styles]\na = { align = 'middle' }", "template-key-value", "styles.a.align", "9"),
        ("[page]\nsize = 'A6'", "template-key-value", "page.size", "9"),
        ("[page]\nsize = 'A4'\nwidth = 210", "template-key-beside", "page.width", "10"),
        ("[page]\nwidth = 300\nheight = 300", "template-key-value", "page.width", "9"),
        ("[page]\nwidht = 100", "template-key-unknown", "page.widht", "9"),
        ("[fields]\n'payer.nane' = 'text'", "template-key-unknown", "fields.payer.nane", "9"),
        ("[fields]\n'extra.LOTE' = 'text'", "template-key-unknown", "fields.extra.LOTE", "9"),
        ("[fields]\nLOTE = 'txt'", "template-key-value", "fields.LOTE", "9"),
        ("[fields]\nLOTE = { type = 'text', optional = 1 }", "template-key-value", "fields.LOTE.optional", "9"),
    ],
)
def test_a_wrong_key_is_named_with_its_place(tmp_path: Path, more: str, code: str, key: str, line: str) -> None:
    with pytest.raises(TemplateError) as caught:
        read_settings(Path(write(tmp_path, "", more)))
    params = caught.value.params
    assert (caught.value.code, params["key"], params["line"]) == (code, key, line)
    assert f"línea {line}" in explain("es", caught.value)
    assert "{" not in explain("en", caught.value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('schema = 2\nname = "a"\nfuture = 1', "template-schema"),
        ('schema = true\nname = "a"', "template-schema"),
        ('name = "a"\nrequired = ["payer.name"]', "template-key-unknown"),
        ('name = "a"\nlayouts = ["web"]\n[faces]\nregular = "SourceSansPro-Regular"', "template-key-value"),
        ('name = "a"\nlayouts = ["print", "print"]\n[faces]\nregular = "SourceSansPro-Regular"', "template-key-value"),
        ('name = "a"\nlayouts = []\n[faces]\nregular = "SourceSansPro-Regular"', "template-key-value"),
        ('name = "a"\n[page.digital]\nwidth = 105\n[faces]\nregular = "SourceSansPro-Regular"', "template-key-unknown"),
        ('name = "a"\n[sizes]\ntext = 9', "template-key-missing"),
        ("name = ", "template-settings"),
        ("name = 'a'\nfaces = 3", "template-key-value"),
    ],
)
def test_settings_of_no_known_form_are_refused(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "template.toml").write_text(text, encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        read_settings(tmp_path)
    assert caught.value.code == code
    assert "{" not in explain("es", caught.value)


@pytest.mark.parametrize(
    ("page", "size"),
    [("", (210, 297)), ("size = 'A5'", (148, 210)), ("size = 'oficio'", (215.9, 355.6)), ("width = 420", (420, 297))],
)
def test_paper_is_named_or_measured(tmp_path: Path, page: str, size: tuple[float, float]) -> None:
    settings = read_settings(Path(write(tmp_path, "", f"[page]\n{page}\n")))
    assert settings.layouts == {"voucher": PageSize(*size)}
