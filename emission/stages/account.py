"""The end of every command: files that say, row by row, what became of the batch."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, wait
from pathlib import Path

import msgspec

from emission import __version__, money, store
from emission.config import Settings
from emission.errors import EmissionError, Stopped
from emission.executors import LOOK_SECONDS, LOOKS, Workers, answer
from emission.ledger import Ledger, accounts, artefacts, settlements, staging, standing
from emission.ledger.runs import Run
from emission.model import Account, Fault, Severity, Status
from emission.outputs import report
from emission.outputs.log import RunLog
from emission.outputs.manifest import BatchFacts, manifest_file
from emission.outputs.rejections import rejection_files
from emission.outputs.report import Report, Totals
from emission.outputs.workbook import write_workbook
from emission.scan.proving import Tally
from emission.stages.parse import unpacked

FINISHED, REFUSED, STOPPED = 0, 3, 4

# rejected.csv and its workbook are not kept by hash: a clerk mends rows in them.
MANIFEST = ("manifest.csv", "manifest.xlsx")
FAULTS = ("faults.csv",)
REJECTED = ("rejected.csv", "rejected.xlsx")
# Where the account waits for its last words.
_ASIDE = ".account"


class Book:
    """Keeps the account of one command on one run, under ``folder``."""

    def __init__(self, ledger: Ledger, run: Run, folder: Path, settings: Settings, delimiter: str) -> None:
        self._ledger = ledger
        self._run = run
        self._folder = folder
        self._settings = settings
        self._delimiter = delimiter
        self._began = time.monotonic()
        self._made = 0
        self._calls = 0
        self._proof = Tally()
        self._draft: tuple[Totals, Sequence[Future[None]]] | None = None
        self._log = RunLog(folder)
        self._log.note("begun", release=__version__, environment=run.environment, provider=run.provider)

    def note(self, stage: str, done: int, total: int) -> None:
        """How far the run is, for those who read its log."""
        self._log.note(stage, done=done, total=total, calls=self._calls)

    def called(self, calls: int = 1) -> None:
        """So many calls left for the provider."""
        self._calls += calls

    def made(self, vouchers: int) -> None:
        """That many vouchers were rendered."""
        self._made += vouchers

    def proofread(self, tally: Tally) -> None:
        """What was read back of what this command made."""
        self._proof = tally

    def open(self) -> None:
        """Production begins: an older manifest is none any more."""
        self._clear()
        for name in MANIFEST:
            (self._folder / name).unlink(missing_ok=True)
        artefacts.forget(self._ledger, self._run.id, MANIFEST)

    def refuse(self, error: EmissionError) -> Report:
        """Nothing was asked of anyone: the bad rows, their faults, and a report."""
        totals = Totals()
        rows = totals.counting(accounts.refused_accounts(self._ledger, self._run.id))
        with rejection_files(self._folder, self._run.header, self._delimiter, self._settings.language) as files:
            for account in rows:
                files.add(account)
            for obligation_id, fault in self._strays():
                files.add_stray(obligation_id, fault)
        write_workbook(self._folder / "rejected.csv", totals.rows[Status.REJECTED], delimiter=self._delimiter)
        return self._report(totals, "refused", error.exit_code, error.code, FAULTS)

    def stop(self, exit_code: int, stopped_by: str) -> Report:
        """The run is not finished: a report, and no manifest."""
        self._clear()
        totals = Totals()
        for _ in totals.counting(accounts.accounts(self._ledger, self._run.id)):
            pass
        return self._report(totals, "unfinished", exit_code, stopped_by, ())

    def draft(self, executor: Workers) -> Iterator[None]:
        """Writes aside what says where every row ended, a page of rows at a time, as soon as no voucher waits any more.

        Raises:
            EmissionError: ``not-conserved`` or ``file-not-written``.
        """
        aside = self._folder / _ASIDE
        totals = Totals()
        language = self._settings.language
        batch = BatchFacts(self._run.provider, self._run.environment, self._run.currency)
        with (
            manifest_file(aside, batch, language) as add_to_manifest,
            rejection_files(aside, self._run.header, self._delimiter, language) as rejections,
        ):
            for account in totals.counting(accounts.accounts(self._ledger, self._run.id)):
                add_to_manifest(account)
                rejections.add(with_warnings(account))
                if not totals.total_rows % accounts.PAGE:
                    yield
            for obligation_id, fault in self._strays():
                rejections.add_stray(obligation_id, fault)
            # A manifest that does not add up is never put in its place.
            totals.check(*accounts.taken_in(self._ledger, self._run.id))
        self._draft = (
            totals,
            (
                executor.submit(write_workbook, aside / "manifest.csv", totals.total_rows),
                executor.submit(
                    write_workbook, aside / "rejected.csv", totals.rows[Status.REJECTED], delimiter=self._delimiter
                ),
            ),
        )

    def finish(self, executor: Workers) -> Report:
        """Every row has ended somewhere: manifest, rejected rows, faults, report; and they agree.

        Raises:
            EmissionError: as :meth:`draft`, ``worker-died`` or ``worker-hung``.
        """
        try:
            if self._draft is None:
                deque(self.draft(executor), maxlen=0)
            assert self._draft is not None
            totals, workbooks = self._draft
            for workbook in workbooks:
                answer(workbook)
        except BrokenExecutor as error:
            raise Stopped("worker-died") from error
        for name in (*REJECTED, *FAULTS, *MANIFEST):
            store.place(self._folder / _ASIDE / name, self._folder / name)
        store.flush(path for path in self._folder.iterdir() if path.is_file())
        with contextlib.suppress(OSError):
            shutil.rmtree(self._folder / "print" / ".parts")
        self._clear()
        whole = totals.rows[Status.REJECTED] + totals.rows[Status.FAILED] + self._proof.wrong == 0
        return self._report(totals, "finished", FINISHED if whole else REFUSED, "", (*FAULTS, *MANIFEST))

    def _clear(self) -> None:
        """Nothing is left of a draft, nor anybody at work on it."""
        if self._draft is not None:
            wait(self._draft[1], LOOKS * LOOK_SECONDS)
        self._draft = None
        shutil.rmtree(self._folder / _ASIDE, ignore_errors=True)

    def _strays(self) -> Iterator[tuple[str, Fault]]:
        for obligation_id, packed in staging.orphan_details(self._ledger, self._run.id):
            for line in unpacked([packed]):
                params = {"line": str(line.line)}
                yield obligation_id, Fault("line-orphan", "lines", obligation_id, Severity.WARNING, params)

    def _report(self, totals: Totals, state: str, exit_code: int, stopped_by: str, written: Sequence[str]) -> Report:
        """Writes the report, and keeps the hashes of it and of the files that were ``written`` with it."""
        seconds = time.monotonic() - self._began
        left = settlements.of_run(self._ledger, self._run.id)
        made_report = Report(
            batch=self._run.batch,
            environment=self._run.environment,
            provider=self._run.provider,
            issuer=self._run.issuer,
            issue_date=self._run.issue_date,
            currency=self._run.currency,
            state=state,
            rows=totals.total_rows,
            vouchers=accounts.voucher_count(self._ledger, self._run.id),
            standing=standing.count(self._ledger, self._run.id),
            **report.figures(totals, self._run.currency),
            amount_unreadable=totals.unreadable,
            warnings=totals.warnings,
            superseded=left.superseded,
            to_settle=left.differences,
            amount_to_settle=money.plain(left.amount, self._run.currency),
            provider_calls=self._calls,
            made=self._made,
            proof=report.proof_of(self._proof),
            seconds=round(seconds, 3),
            vouchers_per_second=round(self._made / seconds, 1) if seconds else 0.0,
            exit_code=exit_code,
            stopped_by=stopped_by,
            lots=accounts.lots(self._ledger, self._run.id),
            release=__version__,
        )
        report.write(self._folder, made_report)
        digests = {name: artefacts.digest_of(self._folder / name) for name in (*written, "report.json")}
        artefacts.keep(self._ledger, self._run.id, digests)
        counts = {status.value: count for status, count in totals.rows.items()}
        self._log.note(state, exit_code=exit_code, stopped_by=stopped_by, rows=totals.total_rows, **counts)
        return made_report


def with_warnings(account: Account) -> Account:
    """The account with a warning for every code that the provider left out."""
    if not account.left_out:
        return account
    left_out = tuple(Fault(code, severity=Severity.WARNING) for code in account.left_out)
    return msgspec.structs.replace(account, faults=(*account.faults, *left_out))
