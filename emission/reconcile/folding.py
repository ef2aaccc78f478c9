"""What all that was said of one subject comes to: a function of the set of sightings, whatever came first.

So late, repeated and out-of-order words end in the same payments, and a state never moves back: more is only added.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from emission.ledger.payments import Payment, Seen
from emission.payment import Happening, Source

# Whose amount counts where sources are at odds: who was asked, then what was deposited, then what was posted.
_TRUST = (Source.QUERY, Source.FILE, Source.NOTICE)
_BACK = (Happening.RETURNED, Happening.CHARGED_BACK)
_LAST = "9999-12-31"


class _Cluster(msgspec.Struct):
    """What was said of one payment: that it was made, and that it was undone."""

    reference: str
    made: list[Seen]
    undone: list[Seen]

    @property
    def amounts(self) -> set[int]:
        return {seen.sighting.amount for seen in self.made or self.undone}

    @property
    def tellings(self) -> set[tuple[Source, bool]]:
        """Who told of it: of the payment, or of its settlement."""
        return {(seen.source, seen.sighting.happening is Happening.SETTLED) for seen in self.made}

    @property
    def settlements(self) -> set[str]:
        return {seen.sighting.settlement for seen in self.made if seen.sighting.settlement}

    @property
    def days(self) -> set[datetime.date]:
        return {seen.sighting.paid_on for seen in self.made if seen.sighting.paid_on is not None}

    def agreement(self, other: _Cluster) -> int:
        """How much of two payments is the same: their amount, and their day too."""
        if not self.amounts & other.amounts:
            return 0
        return 2 if self.days & other.days else 1

    def distance(self, other: _Cluster) -> int:
        """How far apart the amounts are that were told of two payments."""
        return min(abs(one - another) for one in self.amounts for another in other.amounts)


def fold(seen: Iterable[Seen]) -> list[Payment]:
    """The payments of one subject, in the order in which they were made."""
    # Sorted by all that they say, so that nothing depends on how they came.
    ordered = sorted(set(seen), key=lambda one: (one.source, msgspec.json.encode(one.sighting)))
    clusters = _joined(_clusters([one for one in ordered if one.sighting.happening not in _BACK]))
    _undo(clusters, [one for one in ordered if one.sighting.happening in _BACK])
    return sorted(map(_payment, clusters), key=lambda payment: (payment.paid_on or _LAST, payment.reference))


def _clusters(made: Sequence[Seen]) -> list[_Cluster]:
    """Those with a reference of their own, then those that are known by what is said of them alone."""
    found: dict[tuple[bool, str, str, int, int], _Cluster] = {}
    for one in made:
        said = one.sighting
        key = (False, said.reference, "", 0, 0)
        if not said.reference:
            # No two settlements hold the same payment; elsewhere the same day and amount are one payment, as often
            # as one document says so.
            key = (True, said.settlement, "" if said.settlement else _day(said.paid_on), said.amount, said.occurrence)
        found.setdefault(key, _Cluster(said.reference, [], [])).made.append(one)
    return [found[key] for key in sorted(found)]


def _joined(clusters: list[_Cluster]) -> list[_Cluster]:
    """What several sources tell of one payment, some with a reference and some without.

    First those of the same amount and day, then those of the same amount; of what is left, sources are at odds over the
    amount of the same payment.
    """
    for agreement in (2, 1, 0):
        kept: list[_Cluster] = []
        for one in clusters:
            same = [other for other in kept if _is_same(other, one) and other.agreement(one) >= agreement]
            match = min(same, key=one.distance, default=None)
            if match is None:
                kept.append(one)
            else:
                match.made += one.made
        clusters = kept
    return clusters


def _is_same(one: _Cluster, other: _Cluster) -> bool:
    """Not where one source told them apart, nor where they are of different settlements."""
    if other.reference or one.tellings & other.tellings:
        return False
    return bool(one.settlements & other.settlements) or not (one.settlements and other.settlements)


def _undo(clusters: list[_Cluster], undone: Sequence[Seen]) -> None:
    """Puts what was given or taken back to its payment: by reference, else by amount, else to the first.

    A payment that nobody told with its reference may be the one that a reference names.
    """
    for one in sorted(undone, key=lambda one: not one.sighting.reference):
        reference = one.sighting.reference
        named = [cluster for cluster in clusters if cluster.reference == reference] if reference else clusters
        match = _undone(named or [cluster for cluster in clusters if not cluster.reference], one)
        if match is None:
            # The payment itself was never told: it is known by its return.
            match = _Cluster(reference, [], [])
            clusters.append(match)
        match.undone.append(one)


def _undone(clusters: list[_Cluster], one: Seen) -> _Cluster | None:
    """Of the payments of that amount the one of which another source says so already, else one that stands."""
    same = [cluster for cluster in clusters if one.sighting.amount in cluster.amounts]
    told = [cluster for cluster in same if _is_told(cluster, one)]
    standing = [cluster for cluster in same if not cluster.undone]
    return next(iter(told or standing or same or clusters), None)


def _is_told(cluster: _Cluster, one: Seen) -> bool:
    """Whether another source, or another kind of question, told the same of the payment."""
    tellings = {
        (seen.source, bool(seen.sighting.settlement))
        for seen in cluster.undone
        if seen.sighting.happening is one.sighting.happening
    }
    return bool(tellings) and (one.source, bool(one.sighting.settlement)) not in tellings


class _Back(NamedTuple):
    returned: int
    charged_back: int


def _payment(cluster: _Cluster) -> Payment:
    told = cluster.made or cluster.undone
    amount = next(max(amounts) for source in _TRUST if (amounts := _amounts(told, source)))
    back = _Back(*(_total(cluster.undone, kind) for kind in (Happening.RETURNED, Happening.CHARGED_BACK)))
    settled = [one.sighting for one in told if one.sighting.happening is Happening.SETTLED]
    credited = [one.sighting for one in told if one.sighting.happening is Happening.CREDITED]
    every = [*cluster.made, *cluster.undone]
    settlements = sorted({said.settlement for said in settled if said.settlement})
    return Payment(
        state=_state(min(cluster.amounts), back, settled=bool(settled), credited=bool(credited)),
        currency=told[0].sighting.currency,
        amount=amount,
        returned=back.returned,
        charged_back=back.charged_back,
        reference=cluster.reference,
        number=_first(one.sighting.number for one in every),
        external_id=_first(one.sighting.external_id for one in every),
        code=_first(one.sighting.code for one in every),
        paid_on=next((day for source in _TRUST if (day := _earliest(told, source))), ""),
        credited_on=min((_day(said.on) for said in credited if said.on), default=""),
        settled_on=min((_day(said.on) for said in settled if said.on), default=""),
        settlement=" ".join(settlements),
        means=_first(one.sighting.means for one in every),
        sources=" ".join(sorted({one.source for one in every})),
        at_odds=len(cluster.amounts) > 1,
    )


def _state(least: int, back: _Back, *, settled: bool, credited: bool) -> Happening:
    """How far the money went: the last of what happened to it, part of it given back being no end."""
    if back.charged_back >= least > 0:
        return Happening.CHARGED_BACK
    if back.returned + back.charged_back >= least > 0:
        return Happening.RETURNED
    if settled:
        return Happening.SETTLED
    return Happening.CREDITED if credited else Happening.PAID


def _total(undone: Sequence[Seen], kind: Happening) -> int:
    """What was given back: each part once; those without a name are the same where a named part has their amount."""
    mine = [one.sighting for one in undone if one.sighting.happening is kind]
    parts: dict[str, int] = {}
    for said in mine:
        if said.part:
            parts[said.part] = max(parts.get(said.part, 0), said.amount)
    nameless = {(said.amount, said.occurrence) for said in mine if not said.part}
    left = sorted(parts.values())
    total = sum(left)
    for amount, _ in sorted(nameless):
        if amount in left:
            left.remove(amount)
        else:
            total += amount
    return total


def _amounts(told: Sequence[Seen], source: Source) -> list[int]:
    return [one.sighting.amount for one in told if one.source is source]


def _earliest(told: Sequence[Seen], source: Source) -> str:
    return min(
        (_day(one.sighting.paid_on) for one in told if one.source is source and one.sighting.paid_on), default=""
    )


def _first(texts: Iterable[str]) -> str:
    """The least of the texts that say something: any would do, but always the same one."""
    return min((text for text in texts if text), default="")


def _day(day: object) -> str:
    return "" if day is None else str(day)
