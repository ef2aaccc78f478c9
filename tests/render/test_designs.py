"""Every design that is shipped, with what a town's batch may hold: each code is read, each name is whole."""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any

import msgspec
import pikepdf
import pytest
from PIL import Image

from emission.codes.received import Agreement, check
from emission.model import Bill, Code, DueDate, Role
from emission.render import preflight, template_for
from emission.render.proof import proved_template
from emission.shipped import names
from tests.render.bills import LINKED_QR, bill, lines, linked, look, obligation, operation
from tests.render.pages import expected, lot_of, scan, stamped, text_of

TEMPLATES = Path(__file__).parents[2] / "templates"
DESIGNS = names("templates")
# The self-mailer has room for three.
SEVERAL = {"self-mailer": 3}
SHORT, LONG = "Ana Paz", "María de los Ángeles Etchegaray Peñaloza de Ñandubay Goyeneche Ruiz de Galarreta Iturralde"
EXTRA = {
    "MARCA": "FIAT", "MODELO": "CRONOS 1.3 GSE DRIVE", "ANIO": "2023", "VALUACION": "18.450.000,00",
    "MOTOR": "552738912345", "TITULARIDAD": "100 %",
}  # fmt: skip


def owed(number: int = 1, **changes: Any) -> Any:
    return obligation(number, **({"extra": EXTRA, "label": f"Cuota {number}"} | changes))


def several(design: str) -> Bill:
    return bill(
        *[(owed(number, dues=1 + number % 3), operation(number)) for number in range(1, SEVERAL.get(design, 7))]
    )


CASES: dict[str, Any] = {
    "no lines, short name": bill((owed(lines=(), name=SHORT), operation())),
    "one line": bill((owed(lines=lines(1), dues=1), operation())),
    "14 lines, three due dates": bill((owed(lines=lines(14), dues=3), operation())),
    # One design has as many as there may be; the others have as many as take several sheets.
    "many lines": lambda design: bill((owed(lines=lines({"municipal-a4": 400}.get(design, 120))), operation())),
    "long name": bill((owed(name=LONG, dues=3), operation())),
    "no QR": bill((owed(), operation(qr=""))),
    "no barcode": bill((owed(), operation(barcodes=()))),
    "payment page": bill((owed(), operation(url="https://pagos.ejemplo.test/1"))),
    "not payable": bill((owed(payable=False, legend="Exento, Ord. 123"), None)),
    "two, one not payable": bill((owed(1), operation(1)), (owed(2, payable=False, legend="Adherido a débito"), None)),
    "several": several,
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("design", DESIGNS)
def test_a_design_shows_every_code_and_name_of_the_bill(design: str, case: str) -> None:
    given = CASES[case](design) if callable(CASES[case]) else CASES[case]
    style = look(template=str(TEMPLATES / design))
    result = stamped(style, given)
    codes = expected(given)
    assert scan(result.digital) == codes
    if case in ("one line", "several", "payment page"):
        assert scan(lot_of(style, result)) == codes
    squeezed = "".join(text_of(result.digital).split())
    assert "".join(given.voucher.payer.name.split()) in squeezed
    assert given.voucher.obligations[0].payable or "Exento,Ord.123" in squeezed
    (check,) = preflight(template_for(style), [given.voucher])
    assert (check.faults, check.pages) == ((), result.pages)


EXEMPT = {"payable": False, "legend": "Exento, Ord. 123"}
CHOOSE = "Elegí qué cupón pagar"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (several("carnet-3up"), True),
        (bill((owed(1, **EXEMPT), None), (owed(2), operation(2)), (owed(3), operation(3))), True),
        (bill((owed(1), operation(1)), (owed(2, **EXEMPT), None)), False),
        (bill((owed(1), operation(1))), False),
    ],
    ids=["six to pay", "the first is not to be paid", "one to pay", "one"],
)
def test_the_booklet_has_one_qr_for_all_that_is_to_be_paid(given: Bill, shown: bool) -> None:  # noqa: FBT001 - a case
    style = look(template=str(TEMPLATES / "carnet-3up"), linked_qr="yes")
    result = stamped(style, linked(given))
    more = [("QR Code", LINKED_QR)] if shown else []
    assert scan(result.digital) == sorted(expected(given) + more)
    assert scan(lot_of(style, result)) == sorted(expected(given) + more)
    specimen = text_of(stamped(style, bill(*((one, None) for one in given.voucher.obligations))).digital)
    assert [CHOOSE in text_of(result.digital), CHOOSE in specimen] == [shown, shown]
    (check,) = preflight(template_for(style), [given.voucher])
    assert (check.faults, check.pages) == ((), result.pages)


def test_the_booklet_says_nothing_of_a_qr_that_nobody_gives() -> None:
    given = several("carnet-3up")
    style = look(template=str(TEMPLATES / "carnet-3up"))
    specimen = stamped(style, bill(*((one, None) for one in given.voucher.obligations))).digital
    assert CHOOSE not in text_of(specimen)
    # Asked for and not given: what preflight saw room for is more than what is needed.
    assert CHOOSE not in text_of(stamped(look(template=style.template, linked_qr="yes"), given).digital)


def test_a_booklet_has_as_many_sheets_whether_its_qr_came_or_not() -> None:
    # Lots, and the marks in their margins, count on what preflight counted before anybody was asked for a QR.
    style = look(template=str(TEMPLATES / "carnet-3up"), linked_qr="yes")
    dues = tuple(DueDate(datetime.date(2026, 12, day), 99_999_999_99) for day in (10, 21))
    given = bill(*((owed(number, label=LONG[:48], due_dates=dues), operation(number)) for number in range(1, 13)))
    (check,) = preflight(template_for(style), [given.voucher])
    assert check.faults == ()
    assert [stamped(style, one).pages for one in (given, linked(given))] == [check.pages] * 2


BANKS = ("Banco Estado", "Santander", "Banco de Chile", "BCI", "Itaú", "Scotiabank", "Falabella")


@pytest.mark.parametrize("banks", [1, 4, 5, 8])
@pytest.mark.parametrize("count", [1, 3, 7, 20])
def test_the_digital_design_has_room_for_the_detail_beneath_the_banks(banks: int, count: int) -> None:
    url = "https://pagos.ejemplo.test/1"
    base = operation(barcodes=(), url=url)
    codes = tuple(
        Code(Role.BANK_URL, f"{url}?banco={number}", number, f"Banco {number}") for number in range(1, banks + 1)
    )
    given = bill((owed(lines=lines(count)), msgspec.structs.replace(base, codes=(*base.codes, *codes))))
    text = text_of(stamped(look(template=str(TEMPLATES / "digital")), given).digital)
    assert f"Banco {banks}" in text
    assert "Servicio número 0" in text
    shown = text.count("Servicio número")
    assert shown == count or f"y otros {count - shown} conceptos" in text
    assert text.endswith("Evitá recargos: pagá antes del primer vencimiento.")


def test_the_digital_design_has_a_button_for_each_bank_that_the_provider_has() -> None:
    base = operation(barcodes=(), qr="https://pagos.ejemplo.test/1", url="https://pagos.ejemplo.test/1")
    links = [f"{base.text(Role.PAYMENT_URL)}?banco={number}" for number in range(len(BANKS))]
    banks = [
        Code(Role.BANK_URL, link, number, name) for number, (link, name) in enumerate(zip(links, BANKS, strict=True))
    ]
    given = msgspec.structs.replace(base, codes=(*base.codes, *banks))
    result = stamped(look(template=str(TEMPLATES / "digital"), banner=""), bill((owed(), given)))
    with pikepdf.open(io.BytesIO(result.digital)) as opened:
        found = {str(link.A.URI): str(link.Contents) for link in opened.pages[0].Annots}
    assert [found[link] for link in links] == list(BANKS)
    assert len(found) == len(BANKS) + 1
    # Each is held to what the payment page is held to.
    agreement = Agreement("epagos", "production", "code128", "required", hosts=("ejemplo.test",))
    assert check(owed(), given, agreement) == []
    stray = Code(Role.BANK_URL, "https://otro.test/1", 1, "Otro")
    (wrong,) = check(owed(), msgspec.structs.replace(given, codes=(*base.codes, stray)), agreement)
    assert wrong.field == "bank_url"


@pytest.mark.parametrize("design", DESIGNS)
def test_a_design_is_proved_with_and_without_a_logo(design: str, tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    Image.new("L", (400, 260), 90).save(logo)
    for changes in ({}, {"logo": str(logo)}, {"banner": ""}):
        proved_template(look(template=str(TEMPLATES / design), **changes))
    assert stamped(look(template=str(TEMPLATES / design), logo=str(logo)), CASES["one line"]).pages
