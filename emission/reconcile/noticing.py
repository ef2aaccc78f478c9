"""A notice's way in: kept as it came, answered at once, worked on after. The same again changes nothing.

A notice that its provider signed is believed for what it says. One that nobody signed only says what to ask about: the
provider is asked, once an operation, and only about operations that we know, so that a stranger's notices cost nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import msgspec

from emission.errors import NoticeError, ProviderError, Stopped
from emission.ledger import Ledger, notices, sessions
from emission.ledger.matching import match
from emission.ledger.notices import Waiting
from emission.ledger.payments import Books
from emission.payment import Happening, News, Notice, Sighting, Source
from emission.providers.base import Answering
from emission.providers.noticing import Heard, Noticing
from emission.reconcile.openings import Register, write_down
from emission.reconcile.taking import Taken, take, take_news

LARGEST = 64 << 10  # bytes of a notice; the providers' are below four thousand
MOST_WAITING = 10_000  # beyond, the sender is asked to come again: nobody fills our disk
MOST_TRIED = 1000  # that wait for their provider to know of them: nobody keeps the others out with inventions
PAGE = 100
# Seconds from one question to the next: a notice may come before its provider's own answers know of it.
PAUSES = (60, 240, 960, 3840, 15_360, 61_440)
MOST_ATTEMPTS = len(PAUSES) + 1
MOST_FAILURES = 5  # questions in a row that came to nothing: the provider, and not what is asked about, is at fault


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


async def work(ledger: Ledger, books: Books, provider: Noticing, clock: Callable[[], float] = time.time) -> Worked:
    """Works on the notices of a provider that wait; ``clock``: seconds since 1970, UTC.

    One that the provider cannot be asked about holds up no other.

    Raises:
        ProviderError: it could not be asked about some, or at all; what it was not asked about goes on waiting.
    """
    worked, last, now = Worked(), 0, clock()
    questions = _Questions(provider)
    failed: ProviderError | None = None
    while page := notices.waiting(ledger, books, provider.name, last, PAGE):
        last = page[-1].id
        for one in page:
            if one.attempt and one.worked_at + PAUSES[one.attempt - 1] > now:
                worked = _sum(worked, Worked(left=1))
                continue
            try:
                worked = _sum(worked, await _work(ledger, books, provider, one, questions))
            except ProviderError as error:
                failed = error
                if questions.failures >= MOST_FAILURES:
                    raise
    if failed is not None:
        raise failed
    return worked


class _Questions:
    """What a provider was asked about in one round, each operation once."""

    def __init__(self, provider: Noticing) -> None:
        self._provider = provider
        self._told: dict[tuple[str, str], News] = {}
        self.failures = 0

    async def told_of(self, name: tuple[str, str]) -> News:
        """What the provider says.

        Raises:
            NoticeError: it cannot be asked by its nature.
            ProviderError: it could not be asked.
        """
        if not isinstance(self._provider, Answering):
            raise NoticeError("notice-unverifiable")
        if name not in self._told:
            self.failures += 1
            self._told[name] = await self._provider.told_of(*name)
            self.failures = 0
        return self._told[name]


async def _work(ledger: Ledger, books: Books, provider: Noticing, one: Waiting, questions: _Questions) -> Worked:
    try:
        heard = await provider.hear(one.notice, Register(ledger, books, provider.name))
        if heard.how:
            return _believe(ledger, books, provider.name, one, heard)
        names = _known(ledger, books, provider.name, heard)
        told = [await questions.told_of(name) for name in names]
    except NoticeError as error:
        notices.refused(ledger, one.id, error.code)
        return Worked(refused=1)
    return _confirm(ledger, books, provider.name, one, told)


def _believe(ledger: Ledger, books: Books, channel: str, one: Waiting, heard: Heard) -> Worked:
    with ledger.transaction():
        write_down(ledger, [(sessions.now_of(ledger, key), found) for key, found in heard.found])
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
        if one.attempt + 1 < MOST_ATTEMPTS and (one.attempt or notices.count_tried(ledger, books) < MOST_TRIED):
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
