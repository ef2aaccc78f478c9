"""A notice's way in: kept as it came, answered at once, worked on after. The same again changes nothing.

A notice that its provider signed is believed for what it says. One that nobody signed only says what to ask about: the
provider is asked, once an operation, and only about operations that we know, so that a stranger's notices cost nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from emission.errors import NoticeError, Stopped
from emission.ledger import Ledger, notices
from emission.ledger.matching import match
from emission.ledger.notices import Waiting
from emission.ledger.payments import Books
from emission.payment import Happening, Heard, News, Notice, Sighting, Source
from emission.providers.base import Noticing, Querying
from emission.reconcile.taking import Taken, take, take_news

LARGEST = 64 << 10  # bytes of a notice; the providers' are below four thousand
MOST_WAITING = 10_000  # beyond, the sender is asked to come again: nobody fills our disk
MOST_ATTEMPTS = 5  # a notice may come before its provider's own answers know of it
PAGE = 100


class Worked(msgspec.Struct, frozen=True):
    """What became of notices: taken, refused, or to be asked about again; and what they told that was new."""

    done: int = 0
    refused: int = 0
    left: int = 0
    fresh: int = 0


def receive(ledger: Ledger, books: Books, channel: str, posted: Notice) -> bool:
    """Keeps a notice; whether it is a new one. Nothing of it is looked at.

    Raises:
        NoticeError: it is empty, or larger than :data:`LARGEST`.
        Stopped: too many wait already, or the ledger cannot be written: whoever sent it should send it again.
    """
    if not posted.body.strip():
        raise NoticeError("notice-empty")
    if len(posted.body) > LARGEST:
        raise NoticeError("notice-large", most=LARGEST)
    with ledger.transaction():
        if notices.count_waiting(ledger, books) >= MOST_WAITING:
            raise Stopped("notices-full", most=MOST_WAITING)
        return notices.keep(ledger, books, channel, posted)


async def work(ledger: Ledger, books: Books, provider: Noticing) -> Worked:
    """Works on the notices of a provider that wait.

    Raises:
        ProviderError: it could not be asked; what it was not asked about goes on waiting.
    """
    worked, last = Worked(), 0
    asked: dict[tuple[str, str], News] = {}
    while page := notices.waiting(ledger, books, provider.name, last, PAGE):
        last = page[-1].id
        for one in page:
            worked = _sum(worked, await _work(ledger, books, provider, one, asked))
    return worked


async def _work(
    ledger: Ledger, books: Books, provider: Noticing, one: Waiting, asked: dict[tuple[str, str], News]
) -> Worked:
    try:
        heard = await provider.hear(one.notice)
        if heard.how:
            return _believe(ledger, books, provider.name, one, heard)
        names = _known(ledger, books, provider.name, heard)
    except NoticeError as error:
        notices.refused(ledger, one.id, error.code)
        return Worked(refused=1)
    if not isinstance(provider, Querying):
        notices.refused(ledger, one.id, "notice-unverifiable")
        return Worked(refused=1)
    for name in names:
        if name not in asked:
            asked[name] = await provider.told_of(*name)
    return _confirm(ledger, books, provider.name, one, [asked[name] for name in names])


def _believe(ledger: Ledger, books: Books, channel: str, one: Waiting, heard: Heard) -> Worked:
    with ledger.transaction():
        taken = take(ledger, books, channel, Source.NOTICE, ((0, said) for said in heard.sightings))
        notices.done(ledger, one.id, heard.how)
    return Worked(done=1, fresh=taken.fresh)


def _known(ledger: Ledger, books: Books, channel: str, heard: Heard) -> list[tuple[str, str]]:
    """The operations that a notice names, of those that we issued."""
    said = [
        Sighting(Happening.PAID, 0, "", number=number, external_id=external_id)
        for number, external_id in heard.operations
    ]
    owners = match(ledger, books, channel, said)
    known = [name for name, owner in zip(heard.operations, owners, strict=True) if owner is not None]
    if not known:
        raise NoticeError("notice-of-unknown")
    return known


def _confirm(ledger: Ledger, books: Books, channel: str, one: Waiting, told: Sequence[News]) -> Worked:
    """Takes what the provider says, not what the notice does; where that is nothing, it is asked again later."""
    if not any(news.sightings for news in told):
        if one.attempt + 1 < MOST_ATTEMPTS:
            notices.tried(ledger, one.id, one.attempt + 1)
            return Worked(left=1)
        notices.refused(ledger, one.id, "notice-unconfirmed")
        return Worked(refused=1)
    whole = Taken()
    with ledger.transaction():
        for news in told:
            whole += take_news(ledger, books, channel, news)[0]
        notices.done(ledger, one.id, "asked")
    return Worked(done=1, fresh=whole.fresh)


def _sum(one: Worked, other: Worked) -> Worked:
    return Worked(*(getattr(one, name) + getattr(other, name) for name in Worked.__struct_fields__))
