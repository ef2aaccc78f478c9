"""Whatever comes first, and however often: the ledger ends the same, and what is final stays so."""

from __future__ import annotations

import datetime
from contextlib import closing
from dataclasses import dataclass

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bench.issued import BOOKS, amount, barcode, bill, external, operation_number
from emission.ledger import Ledger
from emission.ledger.payment_schema import payment
from emission.ledger.payments import Seen, note_settlements
from emission.payment import Happening, Settlement, Sighting, Source
from emission.reconcile.folding import fold
from emission.reconcile.taking import recognise, take
from tests.reconcile.books import state_of

DAY = datetime.date(2026, 12, 9)


@dataclass(frozen=True)
class Event:
    source: Source
    said: Sighting


def _names(number: int, how: int) -> dict[str, str]:
    """Any of the names of a bill, or several."""
    names = {
        "number": str(operation_number(number)),
        "external_id": external(number),
        "code": barcode(number),
    }
    return {key: value for place, (key, value) in enumerate(names.items()) if how & (1 << place)}


@st.composite
def events(draw: st.DrawFn) -> Event:
    number = draw(st.integers(1, 3))  # 3 is nobody's
    happening = draw(st.sampled_from(Happening))
    source = draw(st.sampled_from(Source))
    reference = draw(st.sampled_from(["", "", "P1", "P2"]))
    return Event(
        source,
        Sighting(
            happening,
            amount(number) + draw(st.sampled_from([0, 0, 0, 5_000])),
            "ARS",
            **_names(number, draw(st.integers(1, 7))),
            reference=reference,
            occurrence=draw(st.sampled_from([1, 1, 2])),
            part=draw(st.sampled_from(["", "D1"])) if happening in ("returned", "charged_back") else "",
            paid_on=draw(st.sampled_from([None, DAY, DAY + datetime.timedelta(1)])),
            on=draw(st.sampled_from([None, DAY])),
            settlement=draw(st.sampled_from(["5", "6"])) if happening is Happening.SETTLED else "",
        ),
    )


def _ledger_of(stories: list[list[Event]]) -> str:
    with closing(Ledger(None)) as ledger:
        bill(ledger, 1, 2)
        for story in stories:
            for event in story:
                take(ledger, BOOKS, "epagos", event.source, [(0, event.said)])
        return state_of(ledger)


@settings(max_examples=15, deadline=None)
@given(st.data(), st.lists(events(), min_size=1, max_size=8))
def test_any_order_and_any_repetition_end_in_the_same_ledger(data: st.DataObject, told: list[Event]) -> None:
    again = data.draw(st.permutations([*told, *data.draw(st.lists(st.sampled_from(told), max_size=4))]))
    assert _ledger_of([told]) == _ledger_of([list(again)])


@settings(max_examples=100, deadline=None)
@given(st.data(), st.lists(events(), min_size=1, max_size=10))
def test_payments_are_a_function_of_what_was_said(data: st.DataObject, told: list[Event]) -> None:
    seen = [Seen(event.source, event.said) for event in told]
    assert fold(seen) == fold(data.draw(st.permutations(seen)))


RANK = {state: rank for rank, state in enumerate(Happening)}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Source), st.sampled_from(Happening)), min_size=1, max_size=8))
def test_a_state_never_moves_back(told: list[tuple[Source, Happening]]) -> None:
    seen: list[Seen] = []
    before = -1
    for source, happening in told:
        seen.append(Seen(source, Sighting(happening, 100, "ARS", number="7", reference="7", paid_on=DAY)))
        (one,) = fold(seen)
        assert RANK[one.state] >= before
        before = RANK[one.state]
        assert one.amount == 100


def test_money_for_a_bill_that_is_known_later_finds_it() -> None:
    said = Sighting(Happening.PAID, amount(2), "ARS", code=barcode(2), reference="A7", paid_on=DAY)
    with closing(Ledger(None)) as late, closing(Ledger(None)) as early:
        bill(late, 1)
        take(late, BOOKS, "link", Source.FILE, [(1, said)])
        bill(late, 2)
        assert recognise(late, BOOKS) == 1
        bill(early, 1, 2)
        take(early, BOOKS, "link", Source.FILE, [(1, said)])
        assert state_of(late) == state_of(early)
        with late.transaction() as connection:
            (row,) = connection.execute(select(payment.c.obligation, payment.c.state)).all()
        assert tuple(row) == (2, "paid")


def test_settlements_are_kept_once() -> None:

    told = Settlement("5/1", "ARS", 1000, 900)
    with closing(Ledger(None)) as ledger:
        assert [note_settlements(ledger, BOOKS, "epagos", Source.FILE, [told]) for _ in range(2)] == [1, 0]


def _seen(source: Source, happening: Happening, minor: int, **more: object) -> Seen:
    names = {"number": "7", "paid_on": DAY} | more
    return Seen(
        source, msgspec.convert({"happening": happening, "amount": minor, "currency": "ARS", **names}, Sighting)
    )


def test_a_further_payment_keeps_apart_from_the_first_in_settlements_and_returns() -> None:
    told = [
        _seen(Source.QUERY, Happening.CREDITED, 100, reference="7"),
        _seen(Source.QUERY, Happening.CREDITED, 50, reference="P9"),
        _seen(Source.QUERY, Happening.SETTLED, 100, settlement="1", paid_on=None),
        _seen(Source.FILE, Happening.SETTLED, 100, settlement="1", paid_on=None),
        _seen(Source.QUERY, Happening.SETTLED, 50, settlement="2", paid_on=None),
        _seen(Source.QUERY, Happening.RETURNED, 50, reference="P9"),
        _seen(Source.QUERY, Happening.RETURNED, 50, settlement="3", paid_on=None),
    ]
    first, further = fold(told)
    assert (first.amount, first.state, first.settlement, first.at_odds) == (100, "settled", "1", False)
    assert (further.amount, further.state, further.returned, further.settlement) == (50, "returned", 50, "2")


def test_a_return_of_one_of_two_like_payments_is_one_return() -> None:
    told = [
        _seen(Source.QUERY, Happening.CREDITED, 100, reference="7"),
        _seen(Source.QUERY, Happening.CREDITED, 100, reference="P9"),
        _seen(Source.QUERY, Happening.RETURNED, 100, reference="7"),
        _seen(Source.FILE, Happening.RETURNED, 100, settlement="3", paid_on=None),
    ]
    assert [(one.state, one.returned) for one in fold(told)] == [("returned", 100), ("credited", 0)]


def test_sources_that_tell_different_amounts_of_one_payment_are_at_odds() -> None:
    told = [
        _seen(Source.QUERY, Happening.CREDITED, 100, reference="7"),
        _seen(Source.QUERY, Happening.CREDITED, 50, reference="P9"),
        _seen(Source.FILE, Happening.SETTLED, 101, settlement="1", paid_on=None),
        _seen(Source.FILE, Happening.SETTLED, 50, settlement="1", paid_on=None),
    ]
    assert [(one.amount, one.at_odds) for one in fold(told)] == [(100, True), (50, False)]


def test_a_return_that_names_a_payment_which_only_a_settlement_told_is_that_payments() -> None:
    told = [
        _seen(Source.FILE, Happening.SETTLED, 100, settlement="1", paid_on=None),
        _seen(Source.QUERY, Happening.RETURNED, 10, reference="7"),
    ]
    assert [(one.amount, one.returned, one.state) for one in fold(told)] == [(100, 10, "settled")]


def test_a_line_goes_to_the_payment_of_its_day() -> None:
    later = DAY + datetime.timedelta(1)
    told = [
        _seen(Source.FILE, Happening.SETTLED, 100, settlement="1"),
        _seen(Source.FILE, Happening.SETTLED, 100, settlement="1", occurrence=2, paid_on=later),
        _seen(Source.QUERY, Happening.CREDITED, 100, reference="P9", paid_on=later),
    ]
    assert [one.paid_on for one in fold(told)] == [str(DAY), str(later)]
