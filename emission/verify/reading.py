"""A finished run read back, all of it or a sample: what a scanner makes of its pages, against the ledger."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import msgspec

from emission.config import Settings
from emission.errors import UsageError
from emission.executors import open_executor
from emission.ledger import Ledger, evidence
from emission.ledger.runs import Run
from emission.scan import proving
from emission.scan.papers import Looks, looks_of
from emission.scan.proving import Job, Sample, Tally, Told
from emission.scan.reading import read_all
from emission.scan.scanner import Scanner
from emission.stages.belonging import run_named
from emission.stages.prove import note_lot

# How far it is: papers read, papers in all.
Progress = Callable[[int, int], None]


class Verification(msgspec.Struct, frozen=True):
    """A verification that is over: which run, how it was looked at, and what was counted."""

    batch: str
    environment: str
    folder: str
    share: Decimal
    scanner: Scanner
    tally: Tally


def verify(
    settings: Settings, wanted: str, share: Decimal, scanner: Scanner, tell: Told, progress: Progress
) -> Verification:
    """Reads a ``share`` of the digital files and of every lot of the run ``wanted``, and tells each difference.

    Other papers each time, where it is not all. What is read of a sealed lot is noted: one that is misread is not
    released until all of it was read right, or it was made again.

    Raises:
        UsageError: there is no such ledger or run.
        Stopped: a worker died.
    """
    if not settings.ledger_path.exists():
        raise UsageError("ledger-absent", path=settings.ledger_path)
    sample = Sample(share, secrets.token_hex(8))
    with closing(Ledger(settings.ledger_path)) as ledger:
        run, folder = run_named(ledger, settings, wanted)
        looks = looks_of(ledger, settings.symbology)
        reader = _Reader(settings.output.workers, scanner, tell, progress, _count(ledger, run, sample))
        reader.read(proving.files(ledger, run.id, folder, looks, sample))
        _read_lots(ledger, run, folder, looks, sample, reader)
    return Verification(run.batch, run.environment, str(folder), share, scanner, reader.tally)


class _Reader:
    """Reads jobs, tells what differs, and says how far it is."""

    def __init__(self, workers: int, scanner: Scanner, tell: Told, progress: Progress, total: int) -> None:
        self._workers = workers
        self._scanner = scanner
        self._tell = tell
        self._progress = progress
        self._total = total
        self.tally = Tally()

    def read(self, jobs: Iterable[Job]) -> Tally:
        tally = Tally()
        with open_executor(self._workers) as executor:
            for expected, found in read_all(executor, jobs, self._scanner):
                for misread in tally.take(expected, found):
                    self._tell(expected, misread)
                self._progress(self.tally.papers + tally.papers, self._total)
        self.tally.add(tally)
        return tally


def _read_lots(ledger: Ledger, run: Run, folder: Path, looks: Looks, sample: Sample, reader: _Reader) -> None:
    for lot in evidence.lots(ledger, run.id):
        if lot.state == "open" or not lot.file:
            continue
        tally = reader.read(proving.lot(ledger, run.id, folder, lot.number, lot.file, looks, sample))
        if tally.papers and lot.state == "sealed":
            note_lot(ledger, run.id, lot.number, lot.sha256, tally, whole=sample.share == proving.ALL)


def _count(ledger: Ledger, run: Run, sample: Sample) -> int:
    sizes = [sum(1 for _ in evidence.rendered(ledger, run.id))]
    sizes += [lot.vouchers for lot in evidence.lots(ledger, run.id) if lot.state != "open"]
    return sum(len(sample.of(range(size))) for size in sizes)
