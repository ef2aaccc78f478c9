from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emission import money
from emission.errors import BatchError, ConfigurationError
from emission.intake import mojibake
from emission.model import Channel, Severity
from tests.intake.files import HEADER, accepted, codes, opened, row_of, rows

MUNICIPAL = (
    "NRO;TITULAR;IMPORTE;VTO;IMPORTE2;VTO2;CUIT;ZONA\r\n"
    "TSG-1;Ñandubay & Hijos <S.R.L.>;1.234,56;10/12/2026;1.300,00;20/12/2026;20-26756539-3;Núcleo Güemes\r\n"
)
MUNICIPAL_COLUMNS = {
    "obligation_id": "NRO", "payer_name": "TITULAR", "amount": "IMPORTE", "due_date": "VTO",
    "amount_2": "IMPORTE2", "due_date_2": "VTO2", "payer_id": "CUIT",
}  # fmt: skip


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "cp850", "cp437", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("declared", [True, False])
def test_a_municipal_file_reads_the_same_in_every_encoding(encoding: str, declared: bool) -> None:  # noqa: FBT001  a parameter of the test
    name = encoding if declared else ""
    reader = opened(MUNICIPAL, encoding, encoding=name, decimal=",", date_format="%d/%m/%Y", columns=MUNICIPAL_COLUMNS)
    [row] = reader
    obligation = accepted(row)
    assert row.faults == ()
    assert obligation.payer.name == "Ñandubay & Hijos <S.R.L.>"
    assert (obligation.payer.id_type, obligation.payer.id) == ("CUIT", "20267565393")
    assert [(due.date, due.amount) for due in obligation.due_dates] == [
        (dt.date(2026, 12, 10), 123456),
        (dt.date(2026, 12, 20), 130000),
    ]
    assert obligation.extra == {"ZONA": "Núcleo Güemes"}
    assert reader.dialect.encoding_declared is declared
    assert reader.dialect.delimiter == ";"
    assert reader.columns_mapped["payer_name"] == "TITULAR"
    assert reader.header == ("NRO", "TITULAR", "IMPORTE", "VTO", "IMPORTE2", "VTO2", "CUIT", "ZONA")


def test_every_fault_of_a_row_is_reported_not_the_first() -> None:
    content = f"{HEADER},amount_2,due_date_2,payable,channel,currency,tax\n,,1e3,2026-02-30,abc,,quizas,fax,EUR,\n"
    [row] = rows(content, tax="")
    assert row.obligation is None
    assert sorted(codes(row)) == sorted([
        "missing", "missing", "missing", "amount-unreadable", "date-unreadable", "due-date-incomplete",
        "amount-unreadable", "payable-unknown", "channel-unknown", "currency-unknown",
    ])  # fmt: skip
    assert {fault.field for fault in row.faults if fault.code == "missing"} == {"obligation_id", "payer_name", "tax"}


@pytest.mark.parametrize("identifier", ["../../x", "=cmd()", "CON", "a/b\\c", "😀", "ñ" * 200, '"'])
def test_any_text_is_an_id_and_stays_verbatim(identifier: str) -> None:
    quoted = identifier.replace('"', '""')
    [row] = rows(f'{HEADER}\n"{quoted}",Ana,1,2026-12-10\n')
    assert accepted(row).obligation_id == identifier


@given(
    name=st.text(st.characters(codec="utf-8", categories=["Lu", "Ll", "Nd", "Po"]), min_size=1).filter(
        lambda text: (text.isascii() or text.isalpha()) and mojibake.find(text) is None
    ),
    minor=st.integers(min_value=1, max_value=10**13),
    days=st.integers(min_value=0, max_value=1800),
    decimal=st.sampled_from([".", ","]),
    delimiter=st.sampled_from([";", ",", "\t", "|"]),
)
def test_what_is_written_is_what_is_read(name: str, minor: int, days: int, decimal: str, delimiter: str) -> None:
    due = dt.date(2026, 11, 20) + dt.timedelta(days=days)
    amount = money.plain(minor, "ARS").replace(".", decimal)
    fields = ["A", '"' + name.replace('"', '""') + '"', f'"{amount}"', due.strftime("%d/%m/%Y")]
    content = f"{delimiter.join(HEADER.split(','))}\n{delimiter.join(fields)}\n"
    [row] = rows(content, decimal=decimal, date_format="%d/%m/%Y")
    obligation = accepted(row)
    assert obligation.payer.name == unicodedata.normalize("NFC", name)
    assert obligation.amount == row.amount == minor
    assert obligation.due_dates[0].date == due
    assert row.original == ("A", name, amount, fields[3])


@pytest.mark.parametrize(
    ("amount", "decimal", "code", "example"),
    [
        ('"1234,56"', ".", "amount-unreadable", "1234.56"),
        ("1234.56", ",", "amount-unreadable", "1234,56"),
        ('"$ 1.234,56"', ",", "amount-unreadable", "1234,56"),
        ("12.345", ".", "amount-decimals", "12345.00"),
        ("١٢٣", ".", "amount-unreadable", "1234.56"),
    ],
)
def test_an_amount_that_is_none_says_how_to_write_it(amount: str, decimal: str, code: str, example: str) -> None:
    [row] = rows(f"{HEADER}\nA,Ana,{amount},2026-12-10\n", decimal=decimal, delimiter=",")
    assert codes(row) == [code]
    assert row.faults[0].params["example"] == example
    assert row.amount is None


@pytest.mark.parametrize(("amount", "minor"), [("0", 0), ("-10.50", -1050)])
def test_amounts_are_positive_only_where_payable(amount: str, minor: int) -> None:
    free, owed = rows(f"{HEADER},payable,legend\nA,Ana,{amount},2026-12-10,no,EXENTO\nB,Ana,{amount},2026-12-10,si,\n")
    assert accepted(free).amount == minor
    assert not accepted(free).payable
    assert codes(owed) == ["amount-not-positive"]
    assert owed.amount == minor


def test_a_bill_that_cannot_be_paid_should_say_why() -> None:
    row = row_of("payable", "no")
    assert [(fault.code, fault.severity) for fault in row.faults] == [("legend-missing", Severity.WARNING)]
    assert row.obligation is not None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("110,2026-12-20,120,2026-12-30", []),
        ("110,2026-12-10,,", ["dates-out-of-order"]),
        ("110,,,", ["due-date-incomplete"]),
        (",2026-12-20,,", ["due-date-incomplete"]),
        (",,120,2026-12-30", ["due-date-incomplete"]),
        ("90,2026-12-20,,", ["amount-decreasing"]),
        ("-5,2026-12-20,,", ["amount-not-positive", "amount-decreasing"]),
        ("110,2026-11-01,,", ["date-past", "dates-out-of-order"]),
    ],
)
def test_due_dates_come_in_order_with_their_amounts(fields: str, expected: list[str]) -> None:
    assert codes(row_of("amount_2,due_date_2,amount_3,due_date_3", fields)) == expected


def test_a_past_due_date_is_what_the_configuration_says() -> None:
    content = f"{HEADER}\nA,Ana,1,2026-11-19\nB,Ana,1,2026-11-20\n"
    assert [codes(row) for row in rows(content)] == [["date-past"], []]
    past = rows(content, past_due="warning")[0]
    assert past.faults[0].severity is Severity.WARNING
    assert past.obligation is not None


def test_a_year_mistyped_is_pointed_out() -> None:
    [row] = rows(f"{HEADER}\nA,Ana,1,2062-12-10\n")
    assert codes(row) == ["date-far"]
    assert row.obligation is not None


@pytest.mark.parametrize(
    ("kind", "number", "valid"),
    [
        ("", "20-26756539-3", True), ("", "20267565394", False), ("", "12.345.678", True), ("", "1234567", True),
        ("", "999", False), ("CUIL", "20267565393", True), ("DNI", "20267565393", False), ("LE", "123456", True),
        ("dni", "12345678", True), ("Pasaporte", "AAB123456", True), ("CUIT", "٢٠٢٦٧٥٦٥٣٩٣", False),
    ],
)  # fmt: skip
def test_payer_ids_are_checked_by_their_type(kind: str, number: str, valid: bool) -> None:  # noqa: FBT001  a parameter of the test
    fields = f"{kind},{number}"
    warned = row_of("payer_id_type,payer_id", fields)
    assert codes(warned) == ([] if valid else ["tax-id-invalid"])
    assert warned.obligation is not None
    assert (row_of("payer_id_type,payer_id", fields, tax_id_check="error").obligation is not None) is valid
    assert codes(row_of("payer_id_type,payer_id", fields, tax_id_check="off")) == []


@pytest.mark.parametrize(
    ("channel", "email", "policy", "code", "way"),
    [
        ("", "", "print", None, Channel.BOTH),
        ("papel", "", "print", None, Channel.PRINT),
        ("correo", "ana.paz@correo.com.ar", "print", None, Channel.EMAIL),
        ("email", "ñandú@correo.com.ar", "print", None, Channel.EMAIL),
        ("email", "", "print", "email-missing", Channel.PRINT),
        ("email", "ana@", "print", "email-invalid", Channel.PRINT),
        ("both", "ana paz@correo.com.ar", "print", "email-invalid", Channel.PRINT),
        ("digital", "nada", "reject", "email-invalid", Channel.DIGITAL),
        ("email", "", "reject", "email-missing", None),
        ("email", "ana@correo..ar", "reject", "email-invalid", None),
    ],
)
def test_a_bill_goes_where_it_can_arrive(
    channel: str, email: str, policy: str, code: str | None, way: Channel | None
) -> None:
    row = row_of("channel,payer_email", f"{channel},{email}", bad_email=policy)
    assert codes(row) == ([code] if code else [])
    assert row.email == email
    if way is None:
        assert row.obligation is None
    else:
        assert accepted(row).channel is way
        assert accepted(row).payer.email == ("" if code else email)


def test_tax_and_period_come_from_a_column_or_the_configuration_or_nothing_starts() -> None:
    row = row_of("tax,period", "ABL,2026-11")
    assert (accepted(row).tax, accepted(row).period) == ("ABL", "2026-11")
    row = row_of("tax,period", ",")
    assert (accepted(row).tax, accepted(row).period) == ("TSG", "2026-12")
    with pytest.raises(BatchError) as caught:
        rows(f"{HEADER}\nA,Ana,1,2026-12-10\n", period="")
    assert (caught.value.code, caught.value.params["column"]) == ("identity-missing", "period")


def test_one_currency_a_batch() -> None:
    assert codes(row_of("currency", "ars")) == []
    assert codes(row_of("currency", "USD")) == ["currency-mixed"]
    assert accepted(row_of("currency", "USD", currency="USD")).currency == "USD"


@pytest.mark.parametrize(
    "wrong", [{"currency": "XXX"}, {"date_format": "dd/mm/yyyy"}, {"encoding": "ebcdic"}, {"delimiter": '"'}]
)
def test_a_wrong_key_of_the_batch_is_a_configuration_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        rows(f"{HEADER}\nA,Ana,1,2026-12-10\n", **wrong)


def test_supplied_codes_stand_as_they_came_and_only_for_that_provider() -> None:
    content = f"{HEADER},barcode,qr\nA,Ana,1,2026-12-10,99012345678901234567, 000201é\n"
    [row] = opened(content, kind="supplied")
    assert accepted(row).supplied == {"barcode": "99012345678901234567", "qr": "000201é"}
    [row] = opened(content)
    assert accepted(row).supplied == {}
    assert accepted(row).extra["barcode"] == "99012345678901234567"


@pytest.mark.parametrize("code", ["9,90123E+55", "9.9E+55", "9E+55"])
def test_a_code_that_a_spreadsheet_rounded_is_refused(code: str) -> None:
    [row] = opened(f'{HEADER},barcode\nA,Ana,1,2026-12-10,"{code}"\n', kind="supplied")
    assert codes(row) == ["code-rounded"]


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("Ana\x00Paz", "control-character"),
        ("Ana\x1bPaz", "control-character"),
        ("Ana\u202ePaz", "control-character"),
        ("Mu\ufffdoz", "replacement-character"),
        ("x" * 1001, "too-long"),
        ('"Ana\nPaz"', "control-character"),
    ],
)
def test_a_name_is_text_of_sensible_length(field: str, code: str) -> None:
    [row] = rows(f"{HEADER}\nA,{field},1,2026-12-10\n")
    assert codes(row) == [code]
    assert row.obligation is None


def test_names_are_normalised_and_blanks_around_values_are_taken_off() -> None:
    [row] = rows(f"{HEADER}\n  A ,\tMun\u0303oz ,  1.00 ,2026-12-10  \n")
    assert accepted(row).payer.name == "Muñoz"
    assert accepted(row).obligation_id == "A"
    assert row.original[0] == "  A "
