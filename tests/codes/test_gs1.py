"""GS1-128: what Colombian bills carry, however a provider writes it down."""

from __future__ import annotations

import datetime as dt

import pytest
import zxingcpp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from emission.codes import agreements, gs1, linear
from emission.codes.agreements import Profile
from emission.codes.checkdigits import gs1_mod10
from emission.codes.faults import CodeError
from emission.codes.geometry import DOT_MM, GS1_MOST_MM, LINEAR_DOTS, LINEAR_QUIET, fit_linear
from emission.model import DueDate
from tests.codes.test_read_back import drawn

COLOMBIA = agreements.shipped()["gs1-colombia"]
# Published samples of bills (the sources are listed in docs/agreements.md); GLN check digits are right in all of them.
PUBLISHED = [
    (
        "(415)7709998013711(8020)000010129389000011127135(3900)0001168375(96)20111207",
        1_168_375_00,
        dt.date(2011, 12, 7),
    ),
    ("(415)7709998726789(8020)0000081324(3900)0000131225(96)20200401", 131_225_00, dt.date(2020, 4, 1)),
    ("(415)7709998014350(8020)0000017209701643(3900)01983090(96)20180630", 1_983_090_00, dt.date(2018, 6, 30)),
]
ELEMENTS = st.lists(
    st.tuples(st.sampled_from(["10", "8020", "240", "3902"]), st.text("0123456789AZaz-/", min_size=1, max_size=9))
    | st.tuples(st.just("415"), st.text("0123456789", min_size=13, max_size=13))
    | st.tuples(st.just("11"), st.text("0123456789", min_size=6, max_size=6)),
    min_size=1,
    max_size=4,
)  # fmt: skip


@pytest.mark.parametrize(("text", "amount", "date"), PUBLISHED)
def test_published_bills_say_their_own_record(text: str, amount: int, date: dt.date) -> None:
    says = COLOMBIA.explain(text)
    assert not list(agreements.differences(says, agreements.spoken(COLOMBIA, [DueDate(date, amount)])))
    dearer = agreements.spoken(COLOMBIA, [DueDate(date, amount + 1)])
    assert [name for name, _, _ in agreements.differences(says, dearer)] == ["amount"]


@pytest.mark.parametrize("text", [text for text, *_ in PUBLISHED])
def test_a_scanner_reads_published_bills_as_gs1(text: str) -> None:
    (found,) = zxingcpp.read_barcodes(drawn(fit_linear("gs1-128", text, 160.0)))
    assert (found.text, found.symbology_identifier) == (text, "]C1")


@given(ELEMENTS)
def test_every_way_of_writing_gives_the_same_symbol(elements: list[tuple[str, str]]) -> None:
    written, said = gs1.shown(elements), gs1.spoken(elements)
    symbol = linear.encode("gs1-128", written)
    for other in (said, f"]C1{said}", f"{gs1.SEPARATOR}{said}", f"{said}{gs1.SEPARATOR}"):
        assert gs1.parse(other) == tuple(elements)
        assert linear.encode("gs1-128", other) == symbol
    assert (symbol.text, linear.decode(symbol)) == (written, written)


@settings(deadline=None)
@given(ELEMENTS)
def test_a_scanner_reads_any_elements(elements: list[tuple[str, str]]) -> None:
    written = gs1.shown(elements)
    # What is wider at the least X is refused, and no matter of scanners.
    assume((linear.encode("gs1-128", written).modules + 2 * LINEAR_QUIET) * LINEAR_DOTS[-1] * DOT_MM <= GS1_MOST_MM)
    (found,) = zxingcpp.read_barcodes(drawn(fit_linear("gs1-128", written, GS1_MOST_MM)))
    assert (found.bytes.decode(), found.symbology_identifier) == (gs1.spoken(elements), "]C1")


def test_elements_of_a_known_length_take_no_separator() -> None:
    text, *_ = PUBLISHED[0]
    # Characters of 11 X: start, FNC1, 8 of 415 and GLN, 14 of 8020 and its data, FNC1, 7, FNC1, 5, check; stop of 13 X.
    assert linear.encode("gs1-128", text).modules == 11 * (2 + 8 + 14 + 1 + 7 + 1 + 5 + 1) + 13


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("(415)7709998013711", "gs1-missing"),
        ("(415)7709998013712(8020)1(3900)1(96)20111207", "check-digit-wrong"),
        ("(415)770999801371(8020)1(3900)1(96)20111207", "gs1-length"),
        ("(415)7709998013711(8020)12345678901234567890123456(3900)1(96)20111207", "gs1-length"),
        ("(415)7709998013711(8020)1(3900)1(96)2011120", "gs1-length"),
        ("(415)7709998013711(8020)1(8020)1(3900)1(96)20111207", "gs1-unexpected"),
        ("(415)7709998013711(8020)1(3900)1(96)20111207(10)A", "gs1-unexpected"),
        ("(415)77099980137A1(8020)1(3900)1(96)20111207", "gs1-data"),
        ("(415)7709998013711(8020)(3900)1(96)20111207", "gs1-data"),
        ("(415)7709998013711(8020)Ñ(3900)1(96)20111207", "gs1-data"),
        ("(41)7709998013711", "gs1-unreadable"),
        ("(415)7709998013711(8020", "gs1-unreadable"),
        ("7709998013711", "gs1-unreadable"),
        ("]C1", "gs1-unreadable"),
        ("", "gs1-unreadable"),
    ],
)
def test_what_is_no_colombian_bill_is_refused(text: str, code: str) -> None:
    with pytest.raises(CodeError) as caught:
        COLOMBIA.explain(text)
    assert caught.value.fault.code == code


@pytest.mark.parametrize(
    ("identifier", "data"), [("3900", "1234"), ("3901", "12340"), ("3902", "123400"), ("3903", "1234000")]
)
def test_decimals_are_those_that_the_identifier_says(identifier: str, data: str) -> None:
    text = PUBLISHED[1][0].replace("(3900)0000131225", f"({identifier}){data}")
    assert COLOMBIA.explain(text)["amount"] == "000000000123400"


def test_what_is_finer_than_a_cent_is_another_amount() -> None:
    text = PUBLISHED[1][0].replace("(3900)0000131225", "(3903)1234001")
    assert COLOMBIA.explain(text)["amount"] == "000000001234001"


@given(
    st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)),
    st.integers(0, 10**13 - 1),
    st.text("0123456789", min_size=12, max_size=12),
)
def test_any_record_is_said_and_understood(date: dt.date, amount: int, company: str) -> None:
    expected = agreements.spoken(COLOMBIA, [DueDate(date, amount)])
    gln = company + gs1_mod10.calc_check_digit(company)
    text = COLOMBIA.compose({**expected, "gln": gln, "reference": "42"})
    assert not list(agreements.differences(COLOMBIA.explain(text), expected))


@given(st.data(), st.sampled_from([text for text, *_ in PUBLISHED]))
def test_a_changed_bar_is_never_read_as_the_same(data: st.DataObject, text: str) -> None:
    symbol = linear.encode("gs1-128", text)
    at = data.draw(st.integers(0, len(symbol.widths) - 1))
    width = data.draw(st.integers(1, 4).filter(lambda width: width != symbol.widths[at]))
    widths = (*symbol.widths[:at], width, *symbol.widths[at + 1 :])
    with pytest.raises(CodeError, match="barcode-unfaithful"):
        linear.decode(linear.LinearSymbol("gs1-128", text, widths))


def test_a_field_may_have_a_check_digit_of_its_own() -> None:
    account = agreements.Field("account", 18, check="clabe")
    profile = Profile("bank", "", (agreements.Field("bank", 3), account))
    assert profile.explain("001002000000000000008")["account"] == "002000000000000008"
    with pytest.raises(CodeError, match="check-digit-wrong"):
        profile.explain("001002000000000000009")
