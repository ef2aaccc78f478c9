from __future__ import annotations

import datetime as dt
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emission.codes import agreements, emv
from emission.codes.agreements import SANDBOX
from emission.codes.received import Agreement, check
from emission.model import Code, DueDate, Fault, Obligation, Operation, Payer, Role, Severity
from emission.sandbox.epagos.operations import barcode as sandbox_barcode

DUE_DATES = (DueDate(dt.date(2026, 12, 10), 1_234_56), DueDate(dt.date(2026, 12, 20), 1_300_00))
OBLIGATION = Obligation("1", Payer("Ana Ñandú"), DUE_DATES, "ARS", "TSG", "2026-12")
BARCODE = sandbox_barcode(31047, 7, DUE_DATES)


def emv_text(*extra: tuple[str, str]) -> str:
    return emv.compose(
        [("00", "01"), ("01", "12"), ("53", "032"), *extra, ("58", "AR"), ("59", "MUNI"), ("60", "AZUL")]
    )


def operation(*codes: tuple[Role, str] | tuple[Role, str, int]) -> Operation:
    return Operation("X1", "7", tuple(Code(*code) for code in codes))


def faults(*codes: tuple[Role, str] | tuple[Role, str, int], **settings: Any) -> list[Fault]:
    usual: dict[str, Any] = {"provider": "epagos", "environment": "test", "symbology": "code128", "qr": "optional"}
    rooms = {name: settings.pop(name) for name in ("width_mm", "qr_side_mm") if name in settings}
    if settings.pop("sandbox", False):
        settings |= {"profile": SANDBOX, "number": "31047"}
    return check(OBLIGATION, operation(*codes), Agreement(**(usual | settings)), **rooms)


def kinds(found: list[Fault]) -> list[tuple[str, str]]:
    return [(fault.code, fault.field) for fault in found]


def test_good_codes_have_no_faults() -> None:
    assert not faults((Role.BARCODE, BARCODE), (Role.QR, emv_text(("54", "1234.56"))), sandbox=True, qr="required")
    assert not faults((Role.QR, "https://mpago.la/pos/123"))
    assert not faults((Role.BARCODE, "123456"), (Role.PAYMENT_CODE, "0012 345"), symbology="itf")


def test_a_bill_that_is_not_payable_needs_no_codes() -> None:
    exempt = Obligation("1", Payer("Ana"), DUE_DATES, "ARS", "TSG", "2026-12", payable=False)
    assert check(exempt, operation(), Agreement("epagos", "test", "code128", "required")) == []


@pytest.mark.parametrize(
    ("codes", "settings", "expected"),
    [
        ([], {}, [("codes-missing", "barcode")]),
        ([], {"qr": "required"}, [("qr-missing", "qr")]),
        ([(Role.BARCODE, "123")], {"qr": "required"}, [("qr-missing", "qr")]),
        ([(Role.BARCODE, "123")], {"symbology": "itf"}, [("barcode-odd", "barcode")]),
        ([(Role.BARCODE, "1234")], {"symbology": "itf"}, [("itf-too-short", "barcode")]),
        ([(Role.BARCODE, "12A4")], {"symbology": "itf"}, [("barcode-characters", "barcode")]),
        ([(Role.BARCODE, "12\n4")], {}, [("barcode-characters", "barcode")]),
        ([(Role.BARCODE, "PEÑA")], {}, [("barcode-characters", "barcode")]),
        ([(Role.BARCODE, "\ud800")], {}, [("barcode-characters", "barcode")]),
        ([(Role.BARCODE, "1" * 90)], {}, [("barcode-too-wide", "barcode")]),
        ([(Role.BARCODE, "1234"), (Role.BARCODE, "Ñ", 2)], {}, [("barcode-characters", "barcode_2")]),
        ([(Role.QR, "x" * 2332)], {}, [("qr-too-long", "qr")]),
        ([(Role.QR, "x" * 500)], {"qr_side_mm": 30.0}, [("qr-too-dense", "qr")]),
        ([(Role.QR, "a\0b")], {}, [("code-unprintable", "qr")]),
        ([(Role.QR, "a\ud800b")], {"provider": "supplied"}, [("code-unprintable", "qr")]),
        ([(Role.QR, "http://example.org")], {}, [("url-refused", "qr")]),
        ([(Role.QR, "https://")], {}, [("url-refused", "qr")]),
        ([(Role.QR, "https://[::1")], {}, [("url-refused", "qr")]),
        ([(Role.QR, "https://example.org/a b")], {}, [("url-refused", "qr")]),
        ([(Role.QR, emv_text()[:-1] + "?")], {}, [("emv-crc", "qr")]),
        ([(Role.QR, emv_text(("54", "1234.57")))], {}, [("qr-amount", "qr")]),
        ([(Role.QR, emv_text(("54", "1.234,56")))], {}, [("qr-amount", "qr")]),
        ([(Role.BARCODE, "1"), (Role.PAYMENT_URL, "javascript:x")], {}, [("url-refused", "payment_url")]),
        ([(Role.BARCODE, "1"), (Role.LINK_CODE, "1\n2")], {}, [("code-unprintable", "link_code")]),
    ],
)
def test_what_is_wrong_is_said_where_it_is(
    codes: list[tuple[Role, str]], settings: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    found = faults(*codes, **settings)
    assert kinds(found) == expected
    assert all(fault.severity is Severity.ERROR for fault in found)


@pytest.mark.parametrize("amount", ["1234.56", "1234.560", "01234.56"])
def test_the_amount_in_a_qr_may_be_written_in_its_ways(amount: str) -> None:
    assert not faults((Role.QR, emv_text(("54", amount))))


@pytest.mark.parametrize(
    "codes",
    [
        [(Role.BARCODE, "99123"), (Role.QR, "0" * 300)],
        [(Role.BARCODE, "9" * 61), (Role.QR, "http://example.org")],
        [(Role.QR, emv_text()[:-1] + "?")],
        [(Role.QR, "SPC\r\n0200\r\n1")],
        [(Role.BARCODE, "0" * 60), (Role.QR, "x" * 300)],
    ],
)
def test_supplied_codes_are_opaque(codes: list[tuple[Role, str]]) -> None:
    assert not faults(*codes, provider="supplied", environment="production")


def test_supplied_codes_must_still_be_drawable() -> None:
    assert kinds(faults((Role.BARCODE, "123"), provider="supplied", symbology="itf")) == [("barcode-odd", "barcode")]


@pytest.mark.parametrize(
    ("barcode", "names"),
    [
        (sandbox_barcode(31047, 7, [DueDate(DUE_DATES[0].date, 1_234_57), DUE_DATES[1]]), ["amount"]),
        (sandbox_barcode(31047, 7, [DUE_DATES[0], DueDate(dt.date(2026, 12, 21), 1_300_00)]), ["due_date_2"]),
        (sandbox_barcode(31047, 7, DUE_DATES[:1]), ["amount_2", "due_date_2"]),
        (sandbox_barcode(31047, 8, DUE_DATES), ["operation"]),
        (sandbox_barcode(31048, 7, DUE_DATES), ["agreement"]),
    ],
)
def test_sandbox_digits_must_say_their_own_record(barcode: str, names: list[str]) -> None:
    found = faults((Role.BARCODE, barcode), sandbox=True)
    assert [(fault.code, fault.params["name"]) for fault in found] == [("barcode-record", name) for name in names]


def test_a_further_symbol_says_its_own_due_date() -> None:
    second = sandbox_barcode(31047, 7, DUE_DATES[1:])
    assert not faults((Role.BARCODE, BARCODE), (Role.BARCODE, second, 2), sandbox=True)
    assert kinds(faults((Role.BARCODE, BARCODE), (Role.BARCODE, BARCODE, 2), sandbox=True))[0] == (
        "barcode-record", "barcode_2",
    )  # fmt: skip


def test_spoilt_sandbox_digits_are_faults_of_their_row() -> None:
    spoilt = BARCODE[:-2] + ("00" if BARCODE[-2:] != "00" else "11")
    assert kinds(faults((Role.BARCODE, spoilt), sandbox=True)) == [("check-digit-wrong", "barcode")]
    assert kinds(faults((Role.BARCODE, BARCODE[:-1]), sandbox=True)) == [("agreement-length", "barcode")]


def test_a_symbol_with_room_for_one_due_date_says_its_own() -> None:
    telecom = agreements.shipped()["telecom-50"]
    codes = []
    for due in DUE_DATES:
        expected = agreements.spoken(telecom, [due])
        codes.append(telecom.compose({**expected, "agreement": "96311343"}))
    first = (Role.BARCODE, codes[0])
    assert not faults(first, (Role.BARCODE, codes[1], 2), profile=telecom, values={"agreement": "96311343"})
    swapped = faults((Role.BARCODE, codes[1]), profile=telecom)
    assert [(fault.code, fault.params["name"]) for fault in swapped] == [
        ("barcode-record", "amount"),
        ("barcode-record", "due_date"),
    ]
    assert kinds(faults(first, profile=telecom, values={"agreement": "1" * 8})) == [("agreement-fixed", "barcode")]


AR = agreements.shipped()["telecom-50"]
EMV_ALONE = msgspec.structs.replace(agreements.shipped()["opaque"], qr=("emv",))


@pytest.mark.parametrize(
    ("fields", "profile", "expected"),
    [
        ([("53", "032"), ("58", "AR")], None, []),
        ([("53", "032"), ("58", "AR")], AR, []),
        ([("53", "986"), ("58", "AR")], AR, [("53", "986", "032")]),
        # With no agreement at hand the currency is still the record's.
        ([("53", "986"), ("58", "BR")], None, [("53", "986", "032")]),
        ([("53", "032"), ("58", "BR")], None, []),
        ([("53", "032"), ("58", "BR")], AR, [("58", "BR", "AR")]),
        ([("59", "MUNI")], None, []),
        ([("59", "MUNI")], AR, [("53", "", "032"), ("58", "", "AR")]),
    ],
)
def test_country_and_currency_of_a_qr_are_the_agreements(
    fields: list[tuple[str, str]], profile: object, expected: list[tuple[str, str, str]]
) -> None:
    text = emv.compose([("00", "01"), *fields])
    found = [fault for fault in faults((Role.QR, text), profile=profile) if fault.field == "qr"]
    assert [(fault.params["tag"], fault.params["found"], fault.params["right"]) for fault in found] == expected
    assert {fault.code for fault in found} <= {"qr-field"}


@pytest.mark.parametrize(
    ("text", "profile", "codes"),
    [
        ("any text", None, []),
        ("any text", AR, []),
        ("any text", EMV_ALONE, ["qr-kind"]),
        ("https://epagos.com/1", EMV_ALONE, ["qr-kind"]),
        (emv_text(), EMV_ALONE, []),
    ],
)
def test_an_agreement_may_forbid_a_kind_of_qr(text: str, profile: object, codes: list[str]) -> None:
    assert [fault.code for fault in faults((Role.QR, text), profile=profile)] == codes


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ("https://epagos.com/q/1", ""),
        ("https://EPAGOS.com/q/1", ""),
        ("https://epagos.com:443/q/1", ""),
        ("https://pagos.epagos.com/q/1", ""),
        ("https://notepagos.com/q/1", "url-host"),
        ("https://epagos.com.example/q/1", "url-host"),
        ("https://epagos.com@example.org/", "url-refused"),
        ("https://example.org\\@epagos.com/", "url-refused"),
        ("https://epagos.com /", "url-refused"),
        ("https://epagos.com:99999/", "url-refused"),
        ("https://[epagos.com/", "url-refused"),
        ("http://epagos.com/", "url-refused"),
    ],
)
@pytest.mark.parametrize("role", [Role.QR, Role.PAYMENT_URL])
def test_links_lead_where_the_office_says(role: Role, link: str, code: str) -> None:
    found = faults((Role.BARCODE, "123456"), (role, link), hosts=("epagos.com",))
    assert [fault.code for fault in found] == ([code] if code else [])


def test_supplied_codes_are_held_against_an_agreement_where_there_is_one() -> None:
    spoilt = emv_text()[:-1] + "x"
    assert not faults((Role.QR, spoilt), provider="supplied")
    assert kinds(faults((Role.QR, spoilt), provider="supplied", profile=AR)) == [("emv-crc", "qr")]


def test_gs1_elements_are_held_against_their_record() -> None:
    colombia = agreements.shipped()["gs1-colombia"]
    expected = agreements.spoken(colombia, DUE_DATES[:1])
    text = colombia.compose({**expected, "gln": "7709998013711", "reference": "7"})
    rules: dict[str, Any] = {"symbology": "gs1-128", "profile": colombia}
    assert not faults((Role.BARCODE, text), **rules)
    dearer = (Role.BARCODE, text.replace("123456", "123457"))
    assert kinds(faults(dearer, **rules)) == [("barcode-record", "barcode")]
    assert kinds(faults((Role.BARCODE, "771"), **rules)) == [("gs1-unreadable", "barcode")]
    assert kinds(faults((Role.BARCODE, "(10)A\x1dB"), **rules)) == [("gs1-data", "barcode")]


ANYTHING = st.text(max_size=120) | st.text("0123456789", max_size=120) | st.text(st.characters(max_codepoint=40))


@settings(max_examples=200, deadline=None)
@given(
    codes=st.lists(st.tuples(st.sampled_from(list(Role)), ANYTHING, st.integers(1, 3)), max_size=4),
    provider=st.sampled_from(["epagos", "supplied"]),
    symbology=st.sampled_from(["code128", "itf", "gs1-128"]),
    sandbox=st.booleans(),
)
def test_nothing_that_a_provider_sends_raises(
    codes: list[tuple[Role, str, int]], provider: str, symbology: str, *, sandbox: bool
) -> None:
    for fault in faults(*codes, provider=provider, symbology=symbology, sandbox=sandbox):
        assert fault.code
        assert fault.field
        fault.value.encode()


def test_where_no_page_shows_codes_they_may_have_any_size() -> None:
    good = [(Role.BARCODE, "1" * 30), (Role.QR, "x" * 500)]
    assert faults(*good, provider="supplied", width_mm=math.inf, qr_side_mm=math.inf) == []
