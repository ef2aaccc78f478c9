"""What may happen to a bill's money, what three sources say of it, and what the office must hear in the end."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from bench.issued import DUE, amount, external, operation_number
from emission.payment import Happening, Sighting, Source

FATES = (
    "settled", "credited", "collected", "second", "late", "wrong", "twice", "superseded", "unknown", "returned",
    "charged_back", "partly", "at_odds",
)  # fmt: skip
NOBODYS = 8 * 10**13
CENT_OFF = 1  # what a settlement says more of a payment at odds
_REVISED = ("superseded",)
_RESULTS = {
    "late": "paid_late", "wrong": "wrong_amount", "superseded": "superseded", "unknown": "unknown",
    "returned": "undone", "charged_back": "undone", "partly": "wrong_amount",
}  # fmt: skip
_DAY = datetime.timedelta(1)
_CREDITED, _SETTLED = "credited", "settled"


class Expected(NamedTuple):
    """A payment as the report must have it; ``bill`` 0 is nobody's."""

    bill: int
    result: str
    state: str
    amount: int
    odd: str


class Line(NamedTuple):
    """A line of a settlement file: what kind, which operation, how much, when."""

    kind: str
    number: int
    external_id: str
    amount: int
    paid_on: datetime.date


class Word(NamedTuple):
    """What a notice or an answer says."""

    source: Source
    said: Sighting


class Story(NamedTuple):
    """All that happens to one bill. Of ``words`` any may be lost; ``needed`` ones alone say something."""

    expected: tuple[Expected, ...]
    lines: tuple[Line, ...]
    words: tuple[Word, ...]
    needed: tuple[Word, ...]


def fate_of(bill: int) -> str:
    """One in four bills is simply settled; the rest meets everything in turn."""
    return "settled" if bill % 4 == 0 else FATES[bill // 4 % len(FATES)]


def revisions(bill: int) -> int:
    """How often the bill was asked for: those that are paid on what was replaced, twice."""
    return 2 if fate_of(bill) in _REVISED else 1


def story(bill: int, chance: random.Random) -> Story:
    """What happens to a bill, and who says so."""
    fate = fate_of(bill)
    first = _Paid(bill, fate, chance)
    expected = [first.expected()]
    lines = list(first.lines())
    words = [first.word(Source.NOTICE, Happening.PAID), first.word(Source.QUERY, Happening.CREDITED)]
    needed: list[Word] = []
    if fate == "collected":
        words, needed = [], words[:1]
    elif fate in ("credited", "returned") or fate == "at_odds":
        needed = [words.pop()]
    if fate == "twice":
        again = first.again()
        expected.append(again.expected())
        lines += again.lines()
        words += [again.word(Source.NOTICE, Happening.PAID), again.word(Source.QUERY, Happening.CREDITED)]
    needed += first.undone()
    return Story(tuple(expected), tuple(lines), tuple(words), tuple(needed))


class _Paid:
    """One payment of a bill."""

    def __init__(self, bill: int, fate: str, chance: random.Random) -> None:
        self.bill = bill
        self.fate = fate
        self.number = NOBODYS + bill if fate == "unknown" else operation_number(bill)
        self.external_id = f"NOBODY{bill}" if fate == "unknown" else external(bill)
        self.reference = str(self.number)
        asked = amount(bill)
        self.amount = {"second": asked + 10_000, "wrong": asked - 77, "superseded": asked - 5_000}.get(fate, asked)
        self.paid_on = DUE + {"second": 4, "late": 5}.get(fate, -chance.randint(0, 9)) * _DAY
        self.result = _RESULTS.get(fate, "paid")

    def again(self) -> _Paid:
        """The same bill paid once more, the day after."""
        other = _Paid(self.bill, self.fate, random.Random(0))
        other.paid_on = self.paid_on + _DAY
        other.reference = f"7{self.bill:09d}"
        other.result = "paid_twice"
        return other

    def expected(self) -> Expected:
        state = {"credited": _CREDITED, "collected": "paid", "returned": "returned", "charged_back": "charged_back"}
        odd = {"at_odds": "sources_at_odds", "partly": "partly_given_back"}.get(self.fate, "")
        known = 0 if self.fate == "unknown" else self.bill
        return Expected(known, self.result, state.get(self.fate, _SETTLED), self.amount, odd)

    def lines(self) -> Iterator[Line]:
        if self.fate not in ("credited", "collected", "returned"):
            told = self.amount + (CENT_OFF if self.fate == "at_odds" else 0)
            yield Line("P", self.number, self.external_id, told, self.paid_on)
        if self.fate == "charged_back":
            yield Line("C", self.number, self.external_id, self.amount, self.paid_on)

    def word(self, source: Source, happening: Happening) -> Word:
        on = self.paid_on + _DAY if happening is Happening.CREDITED else None
        return Word(source, Sighting(
            happening, self.amount, "ARS", number=str(self.number), external_id=self.external_id,
            reference=self.reference, paid_on=self.paid_on, on=on, means="Rapipago",
        ))  # fmt: skip

    def undone(self) -> list[Word]:
        if self.fate not in ("returned", "partly"):
            return []
        whole = self.word(Source.QUERY, Happening.RETURNED)
        part = 1_000 if self.fate == "partly" else self.amount
        return [Word(whole.source, msgspec.structs.replace(whole.said, amount=part, on=self.paid_on + 3 * _DAY))]
