"""Word of payments into the ledger: matched, kept once, put together with all that was said before."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from emission.batched import batched
from emission.ledger import Ledger, effects, payments
from emission.ledger.matching import match
from emission.ledger.payments import Books, Subject, Told
from emission.payment import News, Sighting, Source
from emission.reconcile.folding import fold

PAGE = 1000


class Taken(msgspec.Struct, frozen=True):
    """How many sightings came, and how many of them said something that was not known."""

    said: int = 0
    fresh: int = 0

    def __add__(self, other: Taken) -> Taken:
        return Taken(self.said + other.said, self.fresh + other.fresh)


def take(
    ledger: Ledger,
    books: Books,
    channel: str,
    source: Source,
    said: Iterable[tuple[int, Sighting]],
    document: int | None = None,
) -> Taken:
    """Takes what a source says, with the line of its file (0: it is none). The same again changes nothing."""
    taken = Taken()
    for page in batched(said, PAGE):
        with ledger.transaction():
            known = match(ledger, books, channel, [one for _, one in page])
            told = [Told(one, line, effect) for (line, one), effect in zip(page, known, strict=True)]
            subjects, fresh = payments.note(ledger, books, channel, source, told, document=document)
            put_together(ledger, books, subjects)
        taken += Taken(len(page), fresh)
    return taken


def take_news(ledger: Ledger, books: Books, channel: str, news: News) -> tuple[Taken, int]:
    """Takes what a provider said when it was asked; what was new of payments, and of settlements."""
    taken = take(ledger, books, channel, Source.QUERY, ((0, one) for one in news.sightings))
    return taken, payments.note_settlements(ledger, books, channel, Source.QUERY, news.settlements)


def put_together(ledger: Ledger, books: Books, subjects: set[Subject]) -> None:
    """Makes the payments of the subjects anew of all that was said of them, and tells the orders that they are of."""
    if not subjects:
        return
    with ledger.transaction():
        seen = payments.seen_of(ledger, books, subjects)
        changed = payments.keep(ledger, books, {subject: fold(told) for subject, told in seen.items()})
        paid = payments.standing(ledger, changed)
        effects.seen_paid(ledger, sorted(paid))
        effects.seen_unpaid(ledger, sorted(changed - paid))


def recognise(ledger: Ledger, books: Books) -> int:
    """Looks again whose the money is that came for bills that nobody knew; how many sightings found theirs."""
    last, recognised = 0, 0
    while page := payments.unknown(ledger, books, last, PAGE):
        last = page[-1][0]
        for channel in sorted({channel for _, channel, _ in page}):
            said = {key: one for key, told_in, one in page if told_in == channel}
            found = match(ledger, books, channel, list(said.values()))
            known = {key: owner for key, owner in zip(said, found, strict=True) if owner is not None}
            with ledger.transaction():
                put_together(ledger, books, payments.recognise(ledger, channel, known, said))
            recognised += len(known)
    return recognised
