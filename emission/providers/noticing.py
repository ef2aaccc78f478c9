"""What a provider that posts notices is, and what a notice comes to."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import msgspec

from emission.payment import Notice, Sighting
from emission.providers.base import Provider
from emission.providers.living import Found


class Opening(msgspec.Struct, frozen=True):
    """A session or sale that was opened behind a living link, as whoever opened it knows it.

    ``key`` is its row in the ledger; ``reference`` our id for it at the provider, ``external_id`` that of its bill;
    ``token`` the provider's name for it and ``signing`` the key of its notices; ``amount`` in minor units.
    """

    key: int
    reference: str
    external_id: str
    token: str
    signing: str
    amount: int
    currency: str


class Openings(Protocol):
    """What was opened, to hold a notice against."""

    def by_token(self, token: str) -> Opening | None:
        """The one that the provider calls so."""
        ...

    def by_reference(self, reference: str) -> Opening | None:
        """The newest under that id of ours."""
        ...


class Heard(msgspec.Struct, frozen=True):
    """What a notice comes to.

    Its word was verified, and ``how`` says by what (``jwt-hs256``, ``hmac-sha512``): then ``sightings`` is what it says
    of money, and ``found`` what it says of what was opened, by :attr:`Opening.key`. Or nothing verifies it, ``how`` is
    empty, and the provider is to be asked about ``operations``: pairs of its number and our external id, one of which
    may be empty.
    """

    how: str
    sightings: tuple[Sighting, ...] = ()
    operations: tuple[tuple[str, str], ...] = ()
    found: tuple[tuple[int, Found], ...] = ()


@runtime_checkable
class Noticing(Provider, Protocol):
    """A provider that posts notices."""

    async def hear(self, notice: Notice, openings: Openings) -> Heard:
        """What a notice comes to; nothing is asked of anybody, and nothing of the notice believed that is not proven.

        Raises:
            NoticeError: it is forged, cut, or none of this provider's.
        """
        ...
