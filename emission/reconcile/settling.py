"""What a file sums up to, against what its header and trailer say; and the settlements that it tells of."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

import msgspec

from emission.payment import Charge, Happening, Settlement, Sighting
from emission.reconcile.lines import BadLineError
from emission.reconcile.profiles import Profile

_TAKEN = (Happening.RETURNED, Happening.CHARGED_BACK)


class Sums:
    """What is counted while a file is read. Amounts in minor units; charges by the settlement that bears them."""

    def __init__(self) -> None:
        self.lines = 0
        self.payments = 0
        self.total = 0
        self.settlement = ""
        self.deposited_on: datetime.date | None = None
        self.deposits: dict[str, datetime.date] = {}
        self.charges: dict[str, list[Charge]] = {}
        self.controls: list[tuple[int, str, str, int]] = []
        self._last = 0
        self._once: dict[str, int] = {}

    def add(self, line: int, amount: int) -> None:
        """A payment, or (negative) what was taken from one."""
        self.payments += 1
        self.total += amount
        self._last = line

    def charge(self, settlement: str, kind: str, amount: int) -> None:
        """What the provider kept."""
        self.charges.setdefault(settlement, []).append(Charge(kind, amount))

    def once(self, what: str, line: int) -> None:
        """Raises :class:`BadLineError` for a second header or trailer."""
        if what in self._once:
            raise BadLineError("payments-record-twice", what=what, first=str(self._once[what]))
        self._once[what] = line

    def disagreements(self, profile: Profile) -> Iterator[tuple[int, BadLineError]]:
        """What does not agree, or is not there; a file that ends before its trailer was cut."""
        for what in ("header", "trailer"):
            if any(record.what == what for record in profile.records) and what not in self._once:
                yield max(self._last, 1), BadLineError("payments-record-missing", what=what)
        kept = sum(charge.amount for charges in self.charges.values() for charge in charges)
        counted = {
            "count": self.payments,
            "lines": self.lines,
            "total": self.total,
            "deposited": self.total - kept,
        }
        for line, column, says, told in self.controls:
            if told != counted[says]:
                params = {"found": str(told), "counted": str(counted[says]), "difference": str(told - counted[says])}
                yield line, BadLineError(f"payments-control-{says}", column, **params)


def placed(sums: Sums, number: str, said: Sequence[tuple[int, Sighting]]) -> list[tuple[int, Sighting]]:
    """Sightings with the settlement and the day of deposit that the whole file says, where their own lines do not."""
    found = []
    for line, one in said:
        settlement = one.settlement or (number if one.happening is Happening.SETTLED or sums.settlement else "")
        on = one.on or sums.deposits.get(settlement) or (sums.deposited_on if settlement else None)
        found.append((line, msgspec.structs.replace(one, settlement=settlement, on=on)))
    return found


def settlements(sums: Sums, said: Sequence[tuple[int, Sighting]]) -> tuple[Settlement, ...]:
    """The settlements that a file tells of: none where its lines do not say that money was deposited."""
    numbers = dict.fromkeys(one.settlement for _, one in said if one.settlement)
    return tuple(_settlement(sums, number, said, alone=len(numbers) == 1) for number in numbers)


def _settlement(sums: Sums, number: str, said: Sequence[tuple[int, Sighting]], *, alone: bool) -> Settlement:
    mine = [one for _, one in said if one.settlement == number]
    gross = sum(one.amount for one in mine if one.happening not in _TAKEN)
    charges = [Charge(kind, taken) for kind in _TAKEN if (taken := sum(_amounts(mine, kind)))]
    charges += sums.charges.get(number, [])
    if alone:
        charges += sums.charges.get("", []) if number else []
    days = [one.on for one in mine if one.on is not None and one.happening is Happening.SETTLED]
    return Settlement(
        number=number,
        currency=mine[0].currency,
        gross=gross,
        deposited=gross - sum(charge.amount for charge in charges),
        charges=tuple(charges),
        payments=sum(one.happening not in _TAKEN for one in mine),
        deposited_on=min(days, default=None),
    )


def _amounts(mine: Sequence[Sighting], kind: Happening) -> list[int]:
    return [one.amount for one in mine if one.happening is kind]
