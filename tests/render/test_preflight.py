"""Whatever would make a voucher unprintable is known before a provider is asked."""

from __future__ import annotations

import pytest

from emission.codes._qr import segments
from emission.model import Fault, Voucher
from emission.render import Check, preflight, stamp, template_for
from emission.wording import reason
from tests.render.bills import bill, coupons, lines, look, obligation, operation


def check(*obligations_: object) -> Check:
    (answer,) = preflight(template_for(look()), [Voucher("V-1", tuple(obligations_))])  # type: ignore[arg-type]  # made by the test
    return answer


def test_a_good_voucher_has_no_faults_and_its_pages_are_known() -> None:
    one = check(obligation())
    assert (one.faults, one.pages) == ((), 1)
    (booklet,) = preflight(template_for(look()), [coupons(12).voucher])
    assert (booklet.faults, booklet.pages) == ((), 4)


def test_a_missing_glyph_names_the_character_and_the_field() -> None:
    faults = check(obligation(name="山田 Ana")).faults
    assert {(fault.code, fault.field, fault.params["character"]) for fault in faults} == {
        ("glyph-missing", "payer_name", "山"),
        ("glyph-missing", "payer_name", "田"),
    }
    assert "U+5C71" in reason("es", next(fault for fault in faults if fault.params["character"] == "山"))


@pytest.mark.parametrize("hostile", ["\x1f", "\x1e", "\x1d", "\x00", "\x1b[0m"])
def test_control_characters_never_reach_a_page(hostile: str) -> None:
    assert check(obligation(name=f"Ana{hostile}Paz")).faults


def test_words_that_do_not_fit_name_their_field() -> None:
    faults = check(obligation(account="9" * 400)).faults
    assert ("does-not-fit", "account") in {(fault.code, fault.field) for fault in faults}


@pytest.mark.parametrize("name", ["Ana Paz", "Ana María de los Ángeles " * 3 + "Güemes", "X" * 90, "Ñ " * 45])
def test_names_of_8_and_of_90_letters_fit(name: str) -> None:
    assert check(obligation(name=name, dues=3)).faults == ()


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("own", ["TSG-1", "9" * 60, "COMP-2026/" * 6, "W" * 60])
def test_the_towns_own_number_fits_wherever_it_stands(count: int, own: str) -> None:
    names = ("Ana Paz", "Ana María de los Ángeles " * 3 + "Güemes")
    for name in names:
        batch = [obligation(number, name=name, obligation_id=own, dues=3) for number in range(count)]
        assert check(*batch).faults == ()


@pytest.mark.parametrize("own", ["W" * 81, "9" * 200, "W" * 200, "a b " * 49])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_any_text_is_an_id_even_where_the_paper_has_no_room_for_it(count: int, own: str) -> None:
    batch = [obligation(number, obligation_id=own, dues=2) for number in range(count)]
    assert check(*batch).faults == ()


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (14, 1), (18, 1), (19, 2), (60, 3), (400, 11)])
def test_the_detail_grows_dense_and_then_goes_on_over_further_sheets(count: int, pages: int) -> None:
    found = check(obligation(lines=lines(count)))
    assert (found.faults, found.pages) == ((), pages)


def test_a_payable_bill_without_its_operation_is_never_drawn_in_production() -> None:
    good, missing = bill((obligation(), operation())), bill((obligation(), None))
    results = stamp(template_for(look(banner="")), [good, missing, good])
    assert results[1] == Fault("operation-missing")
    assert results[0] == results[2] != results[1]


def test_a_code_that_cannot_be_drawn_stops_no_other_bill() -> None:
    good = bill((obligation(), operation()))
    bad_bars = bill((obligation(), operation(barcodes=("12345",))))
    bad_qr = bill((obligation(), operation(qr="x" * 5000)))
    results = stamp(template_for(look(symbology="itf", banner="")), [good, bad_bars, bad_qr])
    assert not isinstance(results[0], Fault)
    assert isinstance(results[1], Fault)
    assert isinstance(results[2], Fault)


def test_a_qr_that_does_not_read_back_stops_no_other_bill(monkeypatch: pytest.MonkeyPatch) -> None:
    made = segments.codewords

    def spoiling(pieces: list[segments.Segment], version: int, count: int) -> bytes:
        right = made(pieces, version, count)
        spoilt = right[:5] + bytes([right[5] ^ 1]) + right[6:]
        return spoilt if pieces[-1][1].endswith(b"/spoilt") else right

    monkeypatch.setattr(segments, "codewords", spoiling)
    bills = [bill((obligation(), operation(qr=f"https://example.org/{end}"))) for end in ("good", "spoilt", "fine")]
    first, second, third = stamp(template_for(look(banner="")), bills)
    assert second == Fault("qr-unfaithful", field="qr", value="https://example.org/spoilt")
    assert not isinstance(first, Fault)
    assert not isinstance(third, Fault)
