"""A run's files read back: which of them, and how the count of what was right and what was not is kept."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import msgspec

from emission.batched import batched
from emission.ledger import Ledger, evidence, papers, work
from emission.scan.papers import Expected, Looks, Misread, compare, first_pages, in_lot, own_file
from emission.scan.sheets import Read, Sheets

# However small the share: what is wrong with a template or an agreement shows in a few.
LEAST = 5
ALL = Decimal(1)

Job = tuple[Sheets, Expected]


class Sample(msgspec.Struct, frozen=True):
    """Which papers are read: a ``share`` of them (0 to 1), :data:`LEAST` at least; another ``salt``, other papers."""

    share: Decimal = ALL
    salt: str = ""

    def of(self, keys: Sequence[int]) -> set[int]:
        """The papers, by key, that are in the sample: always the same ones for the same salt."""
        if not self.share:
            return set()
        count = max(LEAST, math.ceil(self.share * len(keys)))
        return set(keys) if count >= len(keys) else set(sorted(keys, key=self._drawn)[:count])

    def _drawn(self, key: int) -> bytes:
        return hashlib.blake2b(f"{self.salt} {key}".encode(), digest_size=8).digest()


class Tally(msgspec.Struct):
    """What has been read so far. ``seconds`` are the processor's, of all workers together."""

    papers: int = 0
    pages: int = 0
    codes: int = 0
    mismatches: int = 0
    unread: int = 0
    seconds: float = 0.0

    @property
    def wrong(self) -> int:
        """Whatever keeps a paper from being handed on."""
        return self.mismatches + self.unread

    def take(self, expected: Expected, read: Read) -> list[Misread]:
        """Counts what was read of a paper; its differences."""
        found = list(compare(expected, read))
        unread = sum(one.code == "code-unread" for one in found)
        self.papers += 1
        self.pages += read.pages
        self.codes += len(read.symbols)
        self.unread += unread
        self.mismatches += len(found) - unread
        self.seconds += read.seconds
        return found

    def add(self, other: Tally) -> None:
        """Counts what another one counted."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


# Told of each difference.
Told = Callable[[Expected, Misread], None]


def files(ledger: Ledger, run_id: int, folder: Path, looks: Looks, sample: Sample) -> Iterator[Job]:
    """The digital files of the sample."""
    keys = [key for key, _ in work.files(ledger, run_id)]
    for some in batched(sorted(sample.of(keys)), evidence.PAGE):
        for paper in papers.current(ledger, some):
            yield own_file(paper, folder, looks(paper.look))


def lot(
    ledger: Ledger, run_id: int, folder: Path, number: int, file: str, looks: Looks, sample: Sample
) -> Iterator[Job]:
    """The pages of the sample's papers in a lot that is written, or is about to be called sealed."""
    places = papers.in_lot(ledger, run_id, number)
    drawn = sample.of([place.voucher for place in places])
    chosen = [pair for pair in zip(places, first_pages(places), strict=True) if pair[0].voucher in drawn]
    whole = sum(place.pages for place in places)
    for some in batched(chosen, evidence.PAGE):
        found = papers.papers(ledger, [place for place, _ in some])
        for paper, (_, first) in zip(found, some, strict=True):
            sheets, expected = in_lot(paper, folder, number, file, first, looks(paper.look))
            yield sheets, msgspec.structs.replace(expected, whole=whole)
            whole = 0  # said once
