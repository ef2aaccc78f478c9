"""Read back what was just made, a sample of it, before anybody pays for paper or mails a file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from emission.batched import batched
from emission.config import Settings
from emission.executors import Workers, in_worker
from emission.ledger import Ledger, proofs
from emission.ledger.runs import Run
from emission.scan import proving
from emission.scan.papers import Expected, Misread, looks_of
from emission.scan.proving import Job, Sample, Tally
from emission.scan.scanner import Scanner
from emission.scan.sheets import Pile, Read, read

# Sheets that a worker reads at a time: a sample is small, and all of them should have their share.
_PILE = 2


def scanner_of(settings: Settings) -> Scanner:
    """How this configuration looks at pages."""
    return Scanner(settings.verify.dpi, settings.verify.blur)


def share_of(text: str) -> Decimal:
    """``0.1%`` as a fraction, 1 at most."""
    return min(proving.ALL, Decimal(text.removesuffix("%")) / 100)


class Proofreader:
    """Reads the sample of one run; ``tally`` is what it found so far."""

    MOST = 20

    def __init__(self, ledger: Ledger, run: Run, folder: Path, settings: Settings, executor: Workers) -> None:
        self._ledger = ledger
        self._run = run
        self._folder = folder
        self._executor = executor
        self._scanner = scanner_of(settings)
        self._sample = Sample(share_of(settings.verify.sample))
        self._looks = looks_of(ledger, settings.symbology)
        self.tally = Tally()
        self._in_lots: list[tuple[Expected, Misread]] = []
        self._in_files: list[tuple[Expected, Misread]] = []

    @property
    def misread(self) -> list[tuple[Expected, Misread]]:
        """The first differences, those in lots before those in files, whichever was read first."""
        return [*self._in_lots, *self._in_files][: self.MOST]

    async def lot(self, number: int, file: str) -> Tally:
        """Reads the sample of a lot whose file is on disk."""
        jobs = proving.lot(self._ledger, self._run.id, self._folder, number, file, self._looks, self._sample)
        return await self._read(jobs, self._in_lots)

    async def files(self) -> Tally:
        """Reads the sample of the digital files."""
        jobs = proving.files(self._ledger, self._run.id, self._folder, self._looks, self._sample)
        return await self._read(jobs, self._in_files)

    def note(self, number: int, sha256: str, tally: Tally) -> None:
        """Writes down what became of a lot's sample, so that one that is misread is not released."""
        if tally.papers:
            note_lot(self._ledger, self._run.id, number, sha256, tally, whole=self._sample.share == proving.ALL)

    async def _read(self, jobs: Iterable[Job], misread: list[tuple[Expected, Misread]]) -> Tally:
        tally = Tally()
        for piles in batched(batched(jobs, _PILE), self._executor.count):
            for some, read_of_it in zip(piles, await asyncio.gather(*map(self._pile, piles)), strict=True):
                for (_, expected), found in zip(some, read_of_it, strict=True):
                    wrong = [(expected, misread) for misread in tally.take(expected, found)]
                    misread += wrong[: self.MOST - len(misread)]
        self.tally.add(tally)
        return tally

    async def _pile(self, jobs: Sequence[Job]) -> list[Read]:
        return await in_worker(self._executor, read, Pile(self._scanner, tuple(sheets for sheets, _ in jobs)))


def note_lot(ledger: Ledger, run_id: int, number: int, sha256: str, tally: Tally, *, whole: bool) -> None:
    """Writes down what was read of the file ``sha256`` of a lot."""
    counts = f"{tally.papers} vouchers, {tally.pages} pages, {tally.codes} codes"
    counts += f", {tally.mismatches} mismatches, {tally.unread} unread"
    proofs.note(ledger, run_id, number, sha256, counts, whole=whole, right=not tally.wrong)


def facts(expected: Expected, misread: Misread) -> dict[str, object]:
    """Where a difference is and what it is, for a sentence."""
    place = expected.file if expected.sequence is None else f"{expected.file} ({expected.sequence})"
    return {"place": place, "id": expected.voucher_id, "expected": misread.expected, "found": misread.found}
