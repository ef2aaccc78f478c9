"""What a code of an agreement says, and whether that is its own record."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emission.codes import agreements, linear
from emission.codes.agreements import SANDBOX, Profile
from emission.codes.checkdigits import ar1357x2
from emission.codes.faults import CodeError
from emission.errors import UsageError
from emission.model import DueDate
from emission.sandbox.epagos.operations import barcode

DATES = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))
DUE_DATES = st.lists(st.builds(DueDate, DATES, st.integers(0, 10**10 - 1)), min_size=1, max_size=2)
FIRST = DueDate(dt.date(2026, 12, 10), 1_234_56)
SHIPPED = agreements.shipped()
# Of those that end in check digits, so that a code can be made for the test.
FIELDED = [profile for profile in SHIPPED.values() if profile.check in ("ar-1357x2", "mod10-31")]


@given(st.integers(1, 10**8 - 1), st.integers(0, 10**14 - 1), DUE_DATES)
def test_sandbox_digits_say_their_operation(convenio: int, number: int, due_dates: list[DueDate]) -> None:
    text = barcode(convenio, number, due_dates)
    assert len(text) == SANDBOX.length == 60
    says = SANDBOX.explain(text)
    assert (int(says["agreement"]), int(says["operation"])) == (convenio, number)
    amounts = [int(says["amount"]), int(says["amount_2"])]
    assert amounts == [due.amount for due in due_dates] + [0] * (2 - len(due_dates))
    assert says["due_date"] == due_dates[0].date.strftime("%y%m%d")
    assert says["due_date_2"] == (due_dates[1].date.strftime("%y%m%d") if len(due_dates) > 1 else "000000")


def test_sandbox_digits_stay_as_they_are() -> None:
    text = barcode(31047, 7, [FIRST, DueDate(dt.date(2026, 12, 20), 1_300_00)])
    assert text == "996000031047000012345626121000001300002612200000000000000774"
    assert ar1357x2.is_valid(text)
    assert linear.encode("code128", text).modules == 365


@pytest.mark.parametrize(
    ("convenio", "number", "due_dates", "code"),
    [
        (1, 1, [DueDate(FIRST.date, 10**10)], "agreement-value"),
        (1, 1, [DueDate(FIRST.date, -1)], "agreement-value"),
        (10**8, 1, [FIRST], "agreement-value"),
        (1, 10**14, [FIRST], "agreement-value"),
        (1, 1, [], "agreement-due-dates"),
        (1, 1, [FIRST] * 3, "agreement-due-dates"),
        (1, 1, [DueDate(dt.date(2100, 1, 1), 1)], "agreement-date"),
    ],
)
def test_what_does_not_fit_the_fields_is_refused(
    convenio: int, number: int, due_dates: list[DueDate], code: str
) -> None:
    with pytest.raises(CodeError, match=code):
        barcode(convenio, number, due_dates)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text[:-1], "agreement-length"),
        (lambda text: text + "0", "agreement-length"),
        (lambda text: text[:-2] + ("00" if text[-2:] != "00" else "11"), "check-digit-wrong"),
        (lambda text: "A" + text[1:], "check-digit-format"),
        (lambda text: "0444" + text[4:-2] + ar1357x2.calc_check_digit("0444" + text[4:-2]), "agreement-fixed"),
    ],
)
def test_digits_of_another_form_are_not_explained(change: object, code: str) -> None:
    assert callable(change)
    with pytest.raises(CodeError, match=code):
        SANDBOX.explain(change(barcode(31047, 7, [FIRST])))


# A published code of each shipped profile, and what it says; the first is SEPSA's own example.
PUBLISHED = {
    "pago-facil-42": ("012300005256020010000000001234500003301016", [(5256, 2002, 1, 1), (5586, 2002, 1, 11)]),
    "siro-56": (
        "04440000132671207300093700060098385000000000515000934600",
        [(93700, 2012, 7, 30), (98385, 2012, 8, 5)],
    ),
    "decidir-50": ("67800121234567823968498191223000050001100001001237", [(5000, 2019, 12, 23), (5100, 2020, 1, 3)]),
    "telecom-50": ("49800039760032710202600000000000096311343000000009", [(3976003, 2026, 10, 27)]),
    "febraban-44": ("84630000000299902962020041013600000200644114", [(2999, 2020, 1, 1)]),
    "boleto-44": ("34196790600001000002220000005566385101214000", [(100000, 2019, 5, 31)]),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_code_says_its_own_record_and_no_other(name: str) -> None:
    text, due = PUBLISHED[name]
    due_dates = [DueDate(dt.date(*date), amount) for amount, *date in due]
    profile = SHIPPED[name]
    says = profile.explain(text)
    assert not list(agreements.differences(says, agreements.spoken(profile, due_dates)))
    dearer = [DueDate(due_dates[0].date, due_dates[0].amount + 1), *due_dates[1:]]
    wrong = [field for field, _, _ in agreements.differences(says, agreements.spoken(profile, dearer))]
    assert wrong[0] == "amount"
    linear.encode(profile.symbology, text)


@pytest.mark.parametrize("name", PUBLISHED)
@given(data=st.data())
def test_a_digit_that_is_wrong_is_found_by_the_rule_or_by_the_record(name: str, data: st.DataObject) -> None:
    """The rule of Argentina's networks misses some; what says money or days is then caught by the record."""
    text, due = PUBLISHED[name]
    due_dates = [DueDate(dt.date(*date), amount) for amount, *date in due]
    profile = SHIPPED[name]
    at, by = data.draw(st.integers(0, len(text) - 1)), data.draw(st.integers(1, 9))
    changed = text[:at] + str((int(text[at]) + by) % 10) + text[at + 1 :]
    expected = agreements.spoken(profile, due_dates)
    start = 0
    for field in profile.fields:
        if start <= at < start + field.length and field.name not in expected:
            return
        start += field.length
    try:
        assert list(agreements.differences(profile.explain(changed), expected))
    except CodeError as error:
        assert error.fault.code in ("check-digit-wrong", "agreement-fixed")  # noqa: PT017 - one of two ways to find it


@pytest.mark.parametrize("profile", FIELDED, ids=lambda profile: profile.name)
@given(due_dates=st.lists(st.builds(DueDate, DATES, st.integers(0, 99_999)), min_size=1, max_size=3), data=st.data())
def test_any_record_is_said_and_understood(profile: Profile, due_dates: list[DueDate], data: st.DataObject) -> None:
    due_dates = sorted(due_dates, key=lambda due: (due.date, due.amount))[: profile.due_dates]
    amounts = sorted(due.amount for due in due_dates)
    due_dates = [DueDate(due.date, amount) for due, amount in zip(due_dates, amounts, strict=True)]
    if any((later.date - earlier.date).days > 99 for earlier, later in pairwise(due_dates)):
        return
    expected = agreements.spoken(profile, due_dates, agreement="31047", operation="7")
    text = profile.compose(expected)
    says = profile.explain(text)
    assert not list(agreements.differences(says, expected))
    name = data.draw(st.sampled_from(sorted(expected)))
    assert list(agreements.differences({**says, name: "#" * len(says[name])}, expected)) == [
        (name, "#" * len(says[name]), expected[name])
    ]


def test_what_an_office_knows_of_its_fields_must_stand_there() -> None:
    text, _ = PUBLISHED["siro-56"]
    assert SHIPPED["siro-56"].explain(text, {"company": "0444"})["company"] == "0444"
    with pytest.raises(CodeError, match="agreement-fixed"):
        SHIPPED["siro-56"].explain(text, {"company": "0445"})


def test_anything_is_opaque() -> None:
    assert SHIPPED["opaque"].explain("ABC-1") == {}


@pytest.mark.parametrize("profile", SHIPPED.values(), ids=lambda profile: profile.name)
def test_a_shipped_profile_tells_where_it_was_read(profile: Profile) -> None:
    assert profile.title
    assert profile.source
    assert len({field.name for field in profile.fields}) == len(profile.fields)


def test_an_offices_own_profile_is_a_file(tmp_path: Path) -> None:
    own = tmp_path / "cedulon.toml"
    own.write_text(
        'name = "cedulon"\ntitle = "Cedulón"\ncheck = "ar-1357"\nfields = [\n'
        '{ name = "amount", length = 8, says = "amount" }, { name = "check", length = 1, says = "check" }]\n',
        encoding="utf-8",
    )
    profile = agreements.load("cedulon.toml", tmp_path)
    assert (profile.length, profile.due_dates) == (9, 1)
    own.write_text('name = "cedulon"\ntitle = "x"\nfields = [{ name = "a", lenght = 8 }]\n', encoding="utf-8")
    with pytest.raises(UsageError, match="agreement-unreadable"):
        agreements.load("cedulon.toml", tmp_path)
    with pytest.raises(UsageError, match="agreement-unknown"):
        agreements.load("siro-65", tmp_path)
