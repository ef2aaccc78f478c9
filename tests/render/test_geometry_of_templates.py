"""A design that would keep a code from being read is refused before anybody is asked, and both elements are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from emission.codes.agreements import Profile
from emission.codes.agreements.shelf import shipped
from emission.codes.symbology import Symbology
from emission.errors import TemplateError
from emission.model import Fault, Obligation
from emission.render import Check, compile_template, preflight, proved_template, stamp
from emission.wording import explain, reason
from tests.render.bills import TEMPLATE, bill, coupons, look, obligation, operation
from tests.run.town import CONFIG, Town, row

QR = '<qr x="20" y="20" side="40"/>'  # line 5
LINEAR = '<linear x="20" y="70" w="138" h="24"/>'


def write(folder: Path, *lines: str, around: str = '<stack take="1">') -> str:
    """A page of one stack (line 4) whose elements stand on the lines from 5 on; the folder that it lies in."""
    folder.mkdir(exist_ok=True)
    (folder / "template.toml").write_text((TEMPLATE / "template.toml").read_text("utf-8"), encoding="utf-8")
    head = '<voucher>\n<page>\n<banner x="20" y="20" w="100" h="50"/>\n'
    markup = "\n".join([head + around, *lines, "</stack>\n</page>\n</voucher>\n"])
    (folder / "voucher.xml").write_text(markup, encoding="utf-8")
    return str(folder)


def refused(folder: Path, *lines: str) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        proved_template(look(template=write(folder, *lines)))
    for language in ("es", "en"):
        assert "{" not in explain(language, caught.value)
    return caught.value


def pair(error: TemplateError) -> tuple[str, str, str, str, str]:
    """Code, and element and line of the two."""
    names = ("element", "line", "code_element", "code_line")
    return (error.code, *(error.params[name] for name in names))  # type: ignore[return-value]  # four of them


def checked(folder: Path, *obligations: Obligation) -> Check:
    voucher = bill(*((one, None) for one in obligations)).voucher
    (answer,) = preflight(compile_template(look(template=str(folder))), [voucher])
    return answer


INTRUDERS = {
    "a line through the modules": ('<rule x="0" y="40" w="180" ink="light"/>', "rule"),
    "a line through the quiet zone": ('<rule x="21" y="10" h="60"/>', "rule"),
    "a line whose half weight reaches in": ('<rule x="10" y="19.6" w="60" weight="3"/>', "rule"),
    "words of the row": ('<text x="10" y="30" role="payer_name">{{ payer.name }}</text>', 'text role="payer_name"'),
    "fixed words": ('<text x="55" y="61">Sello</text>', "text"),
    "descenders from above": ('<text x="30" y="19.7">página</text>', "text"),
    "a label and its value": ('<pair label="Cuenta" x="40" y="30" w="50">{{ obligation.account }}</pair>', "pair"),
    "a picture": ('<image x="50" y="15" w="30" h="20" source="arms.png"/>', 'image source="arms.png"'),
    "a cut through it": ('<cut x="4" y="45" w="190"/>', "cut"),
    "another QR": ('<qr x="55" y="20" side="30"/>', "qr"),
    "a barcode": ('<linear x="40" y="50" w="138" h="24"/>', "linear"),
}


@pytest.mark.parametrize("intruder", INTRUDERS)
@pytest.mark.parametrize("first", [True, False], ids=["painted before", "painted after"])
def test_whatever_puts_ink_into_a_codes_place_is_named_with_the_code(
    tmp_path: Path,
    intruder: str,
    first: bool,  # noqa: FBT001 -- a table of cases
) -> None:
    markup, label = INTRUDERS[intruder]
    if "arms.png" in markup:
        from PIL import Image  # noqa: PLC0415 -- one case needs it

        Image.new("RGB", (60, 40), "blue").save(tmp_path / "arms.png")
    error = refused(tmp_path, *((markup, QR) if first else (QR, markup)))
    assert error.code == "template-code-covered"
    found = {
        (error.params[element], error.params[line])
        for element, line in (("element", "line"), ("code_element", "code_line"))
    }
    assert found == {(label, "5" if first else "6"), ("qr", "6" if first else "5")}


@pytest.mark.parametrize(
    "line",
    [
        '<rule x="0" y="19.8" w="180"/>',
        '<text x="30" y="19.7">casa</text>',
        '<text x="60.1" y="40">al lado</text>',
        '<panel x="0" y="0" w="190" h="90" ink="accent"/>',
        '<banner x="10" y="10" w="100" h="60"/>',
        '<linear x="60" y="20" w="138" h="24"/>',
        '<cut x="4" y="17.5" w="190"/>',
    ],
)
def test_what_only_touches_a_codes_place_or_lies_beneath_its_white_does_no_harm(tmp_path: Path, line: str) -> None:
    program = proved_template(look(template=write(tmp_path, line, QR)))
    assert len(program.digital.codes) == 1 + ("<linear" in line)


def test_the_place_of_the_finding_is_said(tmp_path: Path) -> None:
    error = refused(tmp_path, QR, '<rule x="0" y="40" w="180" weight="0.4"/>')
    assert pair(error) == ("template-code-covered", "rule", "6", "qr", "5")
    assert (error.params["page"], error.params["x"], error.params["y"]) == ("1", "20.0", "39.9")
    said = explain("en", error)
    assert (
        "voucher.xml, line 6, column 1: <rule> puts ink into the place of <qr> of line 5, on page 1, at x 20.0, y 39.9"
        in said
    )


def test_words_under_a_barcodes_box_are_found_and_those_below_it_are_not(tmp_path: Path) -> None:
    error = refused(tmp_path, LINEAR, '<text x="30" y="93">Banco</text>')
    assert pair(error) == ("template-code-covered", "text", "6", "linear", "5")
    proved_template(look(template=write(tmp_path / "below", LINEAR, '<text x="30" y="97">Banco</text>')))


def test_words_within_containers_are_named_and_not_their_containers(tmp_path: Path) -> None:
    lines = [QR, '<zone x="10" y="10"><flow x="0" y="0" w="60"><gap h="20"/>', "<row>",
             '<text w="40" role="account">{{ obligation.account }}</text></row></flow></zone>']  # fmt: skip
    assert pair(refused(tmp_path, *lines)) == ("template-code-covered", 'text role="account"', "8", "qr", "5")


def test_fixed_ink_outside_of_the_stack_is_named_on_its_own_line(tmp_path: Path) -> None:
    write(tmp_path, QR, around='<zone x="5" y="5"><rule x="0" y="30" w="90"/></zone>\n<stack take="1">')
    with pytest.raises(TemplateError) as caught:
        proved_template(look(template=str(tmp_path)))
    assert pair(caught.value) == ("template-code-covered", "rule", "4", "qr", "6")


def test_a_table_is_named_for_its_cells_and_its_lines(tmp_path: Path) -> None:
    table = (
        '<table x="50" y="15" h="30" row="5" each="line in lines"><column w="60">{{ line.concept }}</column></table>'
    )
    write(tmp_path, QR, around=table + '\n<stack take="1">')
    with pytest.raises(TemplateError) as caught:
        proved_template(look(template=str(tmp_path)))
    assert pair(caught.value) == ("template-code-covered", "table", "4", "qr", "6")


def test_alternatives_in_one_place_are_no_clash(tmp_path: Path) -> None:
    lines = [
        '<when test="obligations|length == 1">' + QR + "</when>",
        '<when test="obligations|length == 2"><text x="30" y="30">Dos cupones</text></when>',
        '<when test="obligations|length > 2"><qr x="30" y="30" side="25"/></when>',
        '<when test="not operation.qr"><text x="30" y="40">Sin QR</text></when>',
    ]
    program = proved_template(look(template=write(tmp_path, *lines)))
    assert len(program.digital.codes) == 2


def test_what_only_long_data_do_is_a_fault_of_their_row(tmp_path: Path) -> None:
    text = '<text x="20" y="30" w="100" role="account">{{ obligation.account }}</text>'
    folder = Path(write(tmp_path, '<qr x="60" y="20" side="40"/>', text))
    proved_template(look(template=str(folder)))
    assert checked(folder, obligation(account="12")).faults == ()
    (fault,) = checked(folder, obligation(account="1234567890 " * 3)).faults
    assert (fault.code, fault.field) == ("code-covered", "account")
    assert (fault.params["line"], fault.params["code_line"]) == ("6", "5")
    for language, words in (("es", "Acorte los textos"), ("en", "Shorten the texts")):
        assert words in reason(language, fault)  # type: ignore[arg-type]  # of the two
    program = compile_template(look(template=str(folder), banner=""))
    assert not isinstance(stamp(program, [bill((obligation(account="12"), operation()))])[0], Fault)


def test_columns_of_its_own_leave_the_template_to_the_preflight_of_each_row(tmp_path: Path) -> None:
    folder = Path(write(tmp_path, QR, '<text x="20" y="30" role="plot">{{ extra["PARCELA"] }}</text>'))
    proved_template(look(template=str(folder)))
    (fault,) = checked(folder, obligation(extra={"PARCELA": "12-B"})).faults
    assert (fault.code, fault.params["element"], fault.params["code_element"]) == (
        "code-covered",
        'text role="plot"',
        "qr",
    )


def test_a_barcode_narrower_than_its_agreement_is_named_with_what_it_needs(tmp_path: Path) -> None:
    style = look(template=write(tmp_path, '<linear x="20" y="70" w="90" h="24"/>'))
    proved_template(style, shipped()["pago-facil-42"])
    with pytest.raises(TemplateError) as caught:
        proved_template(style, shipped()["sandbox"])
    error = caught.value
    assert error.code == "template-linear-narrow"
    names = ("element", "line", "parent", "parent_line", "agreement", "length", "needed_mm", "width_mm")
    found = [error.params[name] for name in names]
    assert found == ["linear", "5", "stack", "4", "sandbox", "60", "97.8", "90.0"]
    assert "línea 5" in explain("es", error)


@pytest.mark.parametrize(
    "box", ['w="138" h="14"', 'w="138" h="24" height="9"', 'w="138" h="16" size="20"'], ids=["h", "height", "size"]
)
def test_bars_too_low_for_a_hand_are_refused(tmp_path: Path, box: str) -> None:
    error = refused(tmp_path, f'<linear x="20" y="70" {box}/>')
    assert (error.code, error.params["line"], error.params["parent_line"]) == ("template-linear-low", "5", "4")


def test_a_qr_that_cannot_hold_a_usual_payment_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, '<qr x="20" y="20" side="19.2"/>')
    assert (error.code, error.params["line"], error.params["needed"]) == ("template-qr-small", "5", "19.3")
    proved_template(look(template=write(tmp_path / "enough", '<qr x="20" y="20" side="19.4"/>')))


@pytest.mark.parametrize("line", ['<qr x="175" y="20" side="40"/>', '<linear x="90" y="20" w="138" h="24"/>'])
def test_a_code_that_leaves_the_page_is_named_with_it(tmp_path: Path, line: str) -> None:
    error = refused(tmp_path, line)
    assert (error.code, error.params["element"], error.params["line"]) == ("template-code-off-page", "page", "2")
    assert error.params["code_line"] == "5"


def test_a_code_too_near_a_cut_is_named_with_it(tmp_path: Path) -> None:
    linear = '<linear x="20" y="70" w="138" h="20"/>'
    cut = '<cut x="4" y="{}" w="190"/>'
    assert pair(refused(tmp_path, linear, cut.format("67"))) == ("template-code-near-cut", "cut", "6", "linear", "5")
    proved_template(look(template=write(tmp_path / "far", linear, cut.format("64"))))


@pytest.mark.parametrize("profile", [None, *shipped().values()], ids=lambda one: one.name if one else "opaque")
@pytest.mark.parametrize("symbology", ["code128", "itf"])
def test_the_shipped_template_gives_every_agreement_clear_room(profile: Profile | None, symbology: Symbology) -> None:
    program = proved_template(look(symbology=symbology), profile)
    assert program.digital.linear_mm >= 138
    assert program.digital.qr_mm >= 44


def test_the_shipped_template_is_clear_for_any_number_of_coupons() -> None:
    for count in range(1, 14):
        assert checked(TEMPLATE, *coupons(count, dues=3).voucher.obligations).faults == ()


@pytest.mark.parametrize("command", ["run", "validate", "preview"])
def test_every_command_stops_at_such_a_template_and_asks_nobody(tmp_path: Path, command: str) -> None:
    town = Town(tmp_path, CONFIG + '\n[template]\nname = "mine"\n')
    write(tmp_path / "mine", QR, '<rule x="0" y="40" w="180"/>')
    town.batch([row(1), row(2)])
    options = ["--id", "TSG-0001", "--out", "specimen"] if command == "preview" else []
    result = town.call(command, "lote.csv", *options)
    assert result.exit_code == 2, result.output
    assert "voucher.xml, línea 6, columna 1: <rule> pone tinta en el lugar de <qr> de la línea 5" in " ".join(
        result.output.split()
    )
    assert not (tmp_path / "specimen").exists()
    assert town.operations() == []


def test_a_row_that_runs_into_a_code_is_left_out_and_the_others_are_issued(tmp_path: Path) -> None:
    town = Town(tmp_path, CONFIG + '\n[template]\nname = "mine"\n')
    text = '<text x="20" y="30" w="100" role="account">{{ obligation.account }}</text>'
    write(tmp_path / "mine", '<qr x="60" y="20" side="40"/>', LINEAR, text)
    town.batch([row(1, account="12"), row(2, account="1234567890 " * 3), row(3, account="13")])
    run = town.run(expect=3)
    assert [line["reason_code"] for line in run.manifest] == ["", "code-covered", ""]
    assert len(town.operations()) == 2


def test_supplied_codes_are_held_against_the_room_that_their_own_page_has(tmp_path: Path) -> None:
    town = Town(
        tmp_path, CONFIG, '[provider]\nkind = "supplied"\n[codes]\nqr = "optional"\n[template]\nname = "mine"\n'
    )
    wide = '<when test="obligation.account"><linear x="5" y="70" w="180" h="24"/></when>'
    narrow = '<when test="not obligation.account"><linear x="5" y="70" w="80" h="24"/></when>'
    write(tmp_path / "mine", wide, narrow)
    town.batch([row(1, account="1", barcode="9" * 80), row(2, account="", barcode="8" * 80)])
    run = town.run("lote.csv", "--yes", expect=3)
    assert [line["reason_code"] for line in run.manifest] == ["", "barcode-too-wide"]
    assert "80" in run.manifest[1]["reason"]


def test_three_supplied_symbols_in_a_box_for_one_are_refused(tmp_path: Path) -> None:
    folder = Path(write(tmp_path, LINEAR))
    supplied = {"barcode": "1" * 10, "barcode_2": "2" * 10, "barcode_3": "3" * 10}
    (fault,) = checked(folder, obligation(supplied=supplied)).faults
    assert (fault.code, fault.params["count"], fault.params["needed"]) == ("barcode-too-low", "3", "5.0")
    assert checked(folder, obligation(supplied={"barcode": "1" * 10})).faults == ()
