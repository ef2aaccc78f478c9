"""A designer's slip is answered with file, line, element and what was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from emission.errors import TemplateError
from emission.model import Fault
from emission.render import compile_template, preflight, stamp
from emission.render.fields import environment
from emission.render.slips import slip
from emission.wording import catalogue, explain, reason
from tests.render.bills import TEMPLATE, bill, look, obligation, operation
from tests.render.pages import text_of

SETTINGS = """
name = "prueba"
[faces]
regular = "SourceSansPro-Regular"
[sizes]
label = 7
text = 9
{more}
"""


def write(folder: Path, page: str, more: str = "") -> str:
    (folder / "template.toml").write_text(SETTINGS.format(more=more), encoding="utf-8")
    markup = f'<voucher>\n<page>\n<banner x="20" y="20" w="100" h="50"/>\n{page}\n</page>\n</voucher>\n'
    (folder / "voucher.xml").write_text(markup, encoding="utf-8")
    return str(folder)


MISTAKES = [
    ('<tex x="1" y="9">a</tex>', "template-element-unknown", "tex"),
    ('<text x="1" yy="9">a</text>', "template-attribute-unknown", "text"),
    ('<zone y="9"/>', "template-attribute-missing", "zone"),
    ('<text x="ocho" y="9">a</text>', "template-value", "text"),
    ('<text x="nan" y="9">a</text>', "template-value", "text"),
    ('<text y="9" align="rigth">a</text>', "template-value", "text"),
    ('<text y="9">{{ payer.name </text>', "template-expression", "text"),
    ('<text y="9">{% if payer %}a</text>', "template-expression", "text"),
    ('<when test="payer ="><text y="9">a</text></when>', "template-expression", "when"),
    ('<text y="9">✂</text>', "template-glyph", "text"),
    ('<text y="9" w="5">demasiado largo</text>', "template-does-not-fit", "text"),
    ('<zone x="1" y="1">suelto</zone>', "template-text", "zone"),
    ('<qr x="1" y="1" side="30"/>', "template-outside", "qr"),
    ('<stack take="0" row="1"/>', "template-value", "stack"),
    ('<use part="nada"/>', "template-value-none", "use"),
]


@pytest.mark.parametrize(("page", "code", "element"), MISTAKES)
def test_a_mistake_is_named_with_its_line_and_element(tmp_path: Path, page: str, code: str, element: str) -> None:
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=write(tmp_path, page)))
    assert caught.value.code == code
    assert (caught.value.params["line"], caught.value.params["element"]) == ("4", element)
    assert caught.value.params["file"].endswith("voucher.xml")
    assert "{" not in explain("es", caught.value).replace("{{ payer.name", "")


def test_the_nearest_right_name_is_proposed(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=write(tmp_path, '<tex x="1" y="9">a</tex>')))
    assert caught.value.params["nearest"] == "text"


@pytest.mark.parametrize(
    ("page", "column"),
    [
        ('<zone x="1" y="1"><tex y="9">a</tex></zone>', 19),
        ('<text y="9"  align="rigth">a</text>', 14),
        ("<text role='ñandú &gt; x' y='9' yy='9'>a</text>", 33),
        ('<zone y="9"/>', 1),
        ('<text y="9">{{ payer.name </text>', 1),
    ],
)
def test_the_column_is_that_of_the_attribute_or_else_of_the_element(tmp_path: Path, page: str, column: int) -> None:
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=write(tmp_path, page)))
    assert (caught.value.params["line"], caught.value.params["column"]) == ("4", str(column))
    assert f"línea 4, columna {column}:" in explain("es", caught.value)


def test_an_attribute_on_a_line_of_its_own_is_found_there(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=write(tmp_path, '<text\n  y="9"\n  ink="blakc">a</text>')))
    assert (caught.value.params["line"], caught.value.params["column"]) == ("6", "3")
    assert caught.value.params["nearest"] == "black"


def test_xml_that_is_not_well_formed_is_told_with_its_column(tmp_path: Path) -> None:
    write(tmp_path, "")
    (tmp_path / "voucher.xml").write_text("<voucher>\n  <page></pages>\n</voucher>", encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=str(tmp_path)))
    assert (caught.value.params["line"], caught.value.params["column"]) == ("2", "11")


@pytest.mark.parametrize(
    ("markup", "code"),
    [
        ('<!DOCTYPE v [<!ENTITY a "b">]><voucher><page/></voucher>', "template-doctype"),
        ("<voucher><page></voucher>", "template-xml"),
        ("<voucher/>", "template-pages"),
        ("<voucher><page/></voucher>", "template-banner"),
        ('<voucher><page continues="yes"><banner x="1" y="1" w="9" h="9"/></page></voucher>', "template-continues"),
    ],
)
def test_markup_that_cannot_be_a_template_is_refused(tmp_path: Path, markup: str, code: str) -> None:
    write(tmp_path, "")
    (tmp_path / "voucher.xml").write_text(markup, encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=str(tmp_path)))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ("name = 1", "template-key-missing"),
        ('name = "a"\n[faces]\nregular = "Comic"\n[sizes]\ntext = 9\n', "template-face"),
        ('name = "a"\nextra = 1\n[faces]\nregular = "x"\n[sizes]\n', "template-key-unknown"),
        ("name = ", "template-settings"),
    ],
)
def test_settings_that_cannot_be_are_refused(tmp_path: Path, settings: str, code: str) -> None:
    write(tmp_path, "")
    (tmp_path / "template.toml").write_text(settings, encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=str(tmp_path)))
    assert caught.value.code == code


def test_a_folder_without_template_and_an_image_that_is_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="template-missing"):
        compile_template(look(template=str(tmp_path / "nada")))
    fake = tmp_path / "logo.png"
    fake.write_bytes(b"GIF89a not an image")
    with pytest.raises(TemplateError, match="template-image"):
        compile_template(look(logo=str(fake)))


def test_an_extra_column_is_reachable_and_its_absence_is_a_fault(tmp_path: Path) -> None:
    page = '<text y="20" role="extra">{{ extra["NOMENCLATURA"] }}</text><stack take="9" row="1"/>'
    program = compile_template(look(template=write(tmp_path, page)))
    present = obligation(extra={"NOMENCLATURA": "12-34-ÑU"})
    (result,) = stamp(program, [bill((present, operation()))])
    assert not isinstance(result, Fault)
    assert "12-34-ÑU" in text_of(result.digital)
    (check,) = preflight(program, [bill((obligation(), None)).voucher])
    (fault,) = check.faults
    assert (fault.code, fault.field) == ("template-field-missing", "extra")
    assert "NOMENCLATURA" in reason("es", fault)


def test_an_expression_that_fails_names_its_line_and_stops_no_other_voucher(tmp_path: Path) -> None:
    page = """<stack take="9" row="1"/>
<text y="9">{{ payer.name }}</text>
<text y="20">{{ 1 // (payer.name|length - 7) }}</text>"""
    program = compile_template(look(template=write(tmp_path, page)))
    vouchers = [bill((obligation(name=name), None)).voucher for name in ("Ana Paz", "Ana Lund")]
    bad, good = preflight(program, vouchers)
    assert good.faults == ()
    (fault,) = bad.faults
    assert (fault.code, fault.params["line"]) == ("template-failed", "6")


def test_a_field_that_the_template_requires_is_asked_for(tmp_path: Path) -> None:
    fields = '[fields]\nLOTE = "text"\naccount = "text"'
    program = compile_template(look(template=write(tmp_path, '<stack take="9" row="1"/>', fields)))
    (check,) = preflight(program, [bill((obligation(account=""), None)).voucher])
    assert [(fault.code, fault.field) for fault in check.faults] == [
        ("field-empty", "LOTE"),
        ("field-empty", "account"),
    ]


def test_templates_run_in_a_sandbox(tmp_path: Path) -> None:
    page = "<text y=\"9\">{{ payer.name.__class__.__mro__ }}</text><stack take='9' row='1'/>"
    program = compile_template(look(template=write(tmp_path, page)))
    (check,) = preflight(program, [bill((obligation(), None)).voucher])
    assert [fault.code for fault in check.faults] != []


def test_every_sentence_of_this_room_exists_in_both_languages() -> None:
    codes = {code for _, code, _ in MISTAKES} | {"glyph-missing", "does-not-fit", "zone-too-full", "too-many-lines"}
    for code in codes:
        assert set(catalogue()[code]) == {"es", "en"}


@pytest.mark.parametrize("name", ["email.txt.j2", "email.html.j2", "email_subject.txt.j2"])
@pytest.mark.parametrize("payable", [True, False])
def test_the_shipped_letters_name_issuer_or_amount(name: str, payable: bool) -> None:  # noqa: FBT001 -- a table of cases
    one = obligation(payable=payable)
    letter = environment().from_string((TEMPLATE / name).read_text(encoding="utf-8"))
    issuer = {"name": "Villa Ñandubay", "office": "", "address": "", "website": "", "accent": "#1F5C8B"}
    coupons = [(one, slip(one, operation() if payable else None), one.extra)]
    names = {"issuer": issuer, "payer": one.payer, "obligation": one, "obligations": [one], "coupons": coupons}
    text = letter.render(names | {"currency": "ARS"})
    assert "Villa Ñandubay" in text
    assert ("10/12/2026" in text) == payable
    if "subject" not in name:
        assert ("$ 12.345,67" in text) == payable
        assert "\n\n\n" not in text
