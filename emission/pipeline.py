"""The story of a run: read, examine, gate, admit, make, account.

This module alone knows the order; what each step does is told in its own room.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import ExitStack, closing
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from emission.config import Settings
from emission.errors import EmissionError, Refused, UsageError
from emission.executors import open_executor, worker_count
from emission.filenames import safe_name
from emission.intake import BatchReader, LinesReader, open_batch, open_lines
from emission.ledger import Ledger, accounts, admission, lots, runs, staging, work
from emission.ledger.holder import Holder, holding
from emission.ledger.runs import Run
from emission.model import Account, Bill, Voucher
from emission.outputs.report import Report
from emission.providers import capabilities_of, check_access, open_provider
from emission.render import fingerprint
from emission.sandbox.child import Sandbox
from emission.stages.account import Book
from emission.stages.admit import admit, retry_failed
from emission.stages.examine import examine, reject_siblings
from emission.stages.forecast import Forecast, forecast
from emission.stages.gate import leave_room, pass_gate
from emission.stages.issue import Issuer
from emission.stages.look import look_of
from emission.stages.preflight import check_layouts, warm_up
from emission.stages.produce import End, Production, Workshop
from emission.stages.read import read
from emission.stages.recognise import recognise
from emission.stages.rehearsal import clear_rehearsal
from emission.stages.resume import resume
from emission.stages.stamp import Agreement
from emission.wording import reason

INTERRUPTED, STOPPED = 130, 4

# Told while it happens: a stage's stable name, how far it is, how much there is (0 where nobody knows).
Announce = Callable[[str, int, int], None]


class Request(msgspec.Struct, frozen=True):
    """What a command asks for, beyond the configuration. ``limit`` counts vouchers."""

    batch: Path
    limit: int | None = None
    again: bool = False
    retry_failed: bool = False


class WorkOrder(msgspec.Struct, frozen=True):
    """One command on one run: what was asked for, and where its files go."""

    run: Run
    settings: Settings
    request: Request
    folder: Path
    disk_bytes: int
    environ: Mapping[str, str]


class Door(msgspec.Struct, frozen=True):
    """Who stands at the door: what is told, what is asked, and who may stop the run."""

    announce: Announce
    remark: Callable[[str, Mapping[str, object]], None]
    confirm: Callable[[Forecast, BatchReader], bool]
    stoppable: Callable[[Callable[[], None]], None]


def run(settings: Settings, request: Request, door: Door, environ: Mapping[str, str]) -> tuple[Report, Path]:
    """Makes the vouchers of a batch, or goes on where an earlier command stopped.

    Returns:
        The report, and the folder where everything is.

    Raises:
        EmissionError: with its exit code; wherever a run exists its report is written first.
    """
    check_access(settings, environ)
    look = look_of(settings)
    with ExitStack() as stack:
        ledger = stack.enter_context(closing(Ledger(settings.ledger_path)))
        name = _name_of(ledger, settings, request.batch)
        left = stack.enter_context(holding(ledger, name))
        executor = stack.enter_context(open_executor(settings.output.workers))
        this, batch, lines = _open(ledger, settings, request.batch, name)
        warm_up(executor, look, worker_count(settings.output.workers))
        folder = settings.path(settings.output.directory) / safe_name(this.batch)
        clear_rehearsal(folder, this.environment)
        this = runs.change(ledger, this, folder=this.folder or str(folder.resolve()))
        _take_over(ledger, this, left, door)
        book = Book(ledger, this, folder, settings, batch.dialect.delimiter)
        announce = _both(door.announce, book.note)
        try:
            announce("reading", 0, 0)
            read(ledger, this.id, batch, lines, started=this.state != "open")
            elsewhere = _inspect(ledger, this, ledger, settings, announce, executor)
            pass_gate(ledger, this.id, settings.batch, elsewhere=elsewhere, again=request.again)
            coming = forecast(ledger, this.id, settings, this.batch, capabilities_of(settings))
            _confirmed(door, coming, batch)
        except Refused as refusal:
            if this.state == "open":
                admission.take_entries(ledger, this.id)
            refusal.folder = folder
            book.refuse(refusal)
            raise
        admit(ledger, this, settings.output.lot_pages)
        retry_failed(ledger, this, settings.output.lot_pages, permanent=request.retry_failed)
        this = resume(ledger, this, look, folder)
        order = WorkOrder(this, settings, request, folder, coming.disk_bytes, environ)
        return _make(order, ledger, door, executor, book), folder


def validate(
    settings: Settings, batch_path: Path, announce: Announce
) -> tuple[Forecast, BatchReader, list[Account], Refused | None]:
    """A rehearsal: everything that comes before the first call, in a ledger that is thrown away.

    Returns:
        The forecast, the file as it was read, the rows with faults or warnings, and why the batch would be refused.
    """
    path = settings.ledger_path
    with (
        closing(Ledger(None)) as stage,
        closing(Ledger(path if path.exists() else None)) as ledger,
        open_executor(settings.output.workers) as executor,
    ):
        this, batch, lines = _open(stage, settings, batch_path, settings.batch.id or batch_path.stem)
        refusal: Refused | None = None
        try:
            announce("reading", 0, 0)
            read(stage, this.id, batch, lines, started=False)
            elsewhere = _inspect(stage, this, ledger, settings, announce, executor)
            pass_gate(stage, this.id, settings.batch, elsewhere=elsewhere, again=False)
        except Refused as error:
            refusal = error
        coming = forecast(stage, this.id, settings, this.batch, capabilities_of(settings))
        faulty = [account for account in accounts.refused_accounts(stage, this.id) if account.faults]
        return coming, batch, faulty, refusal


def bill_of(settings: Settings, batch_path: Path, wanted: str) -> Bill:
    """One voucher of a batch, by its own id or an obligation's, without operations: for a specimen.

    Raises:
        UsageError: the batch has none of that id, or it has faults.
    """
    with closing(Ledger(None)) as stage:
        this, batch, lines = _open(stage, settings, batch_path, settings.batch.id or batch_path.stem)
        read(stage, this.id, batch, lines, started=False)
        examine(stage, this.id, due_dates=capabilities_of(settings).due_dates)
        rows = staging.bundle_of(stage, this.id, wanted)
        if not rows:
            raise UsageError("id-not-found", id=wanted)
        if any(row.faulty for row in rows):
            faults = [fault for row in accounts.refused_accounts(stage, this.id, rows) for fault in row.errors]
            raise UsageError(
                "voucher-faulty", id=wanted, reasons="; ".join(reason(settings.language, f) for f in faults)
            )
        obligations = tuple(row.obligation_record() for row in rows)
        return Bill(Voucher(rows[0].voucher_id, obligations), (None,) * len(obligations))


def _open(ledger: Ledger, settings: Settings, path: Path, name: str) -> tuple[Run, BatchReader, LinesReader | None]:
    """The run of the batch ``name``, begun where there is none, and its files opened."""
    found = runs.find(ledger, settings.environment, settings.issuer.digits, name)
    issue_date = settings.batch.issue_date or (datetime.date.fromisoformat(found.issue_date) if found else _today())
    batch = open_batch(path, settings, issue_date=issue_date)
    lines = open_lines(settings.path(settings.batch.lines), settings) if settings.batch.lines else None
    this = found or runs.create(
        ledger,
        environment=settings.environment,
        issuer=settings.issuer.digits,
        batch=name,
        provider=settings.provider.kind,
        currency=settings.batch.currency,
        issue_date=issue_date.isoformat(),
    )
    # What is printed for mending keeps the columns of the batch's first file.
    header = this.header or batch.header
    source = this.source if this.source and batch.is_correction else str(path.resolve())
    this = runs.change(ledger, this, header=header, source=source, issue_date=issue_date.isoformat())
    return this, batch, lines


def _name_of(ledger: Ledger, settings: Settings, path: Path) -> str:
    """The batch that a file belongs to: its configured id or its stem; corrected rows, the run they lie with.

    Raises:
        UsageError: corrected rows that nothing ties to a run.
    """
    if settings.batch.id:
        return settings.batch.id
    if not open_batch(path, settings, issue_date=settings.batch.issue_date or _today()).is_correction:
        return path.stem
    folder = str(path.resolve().parent)
    for run in runs.every(ledger):
        if (run.folder, run.environment) == (folder, settings.environment):
            return run.batch
    raise UsageError("correction-without-batch", path=path)


def _inspect(
    stage: Ledger, this: Run, ledger: Ledger, settings: Settings, announce: Announce, executor: Executor
) -> int:
    """Everything that can be wrong with the staged rows, said of them; how many another batch issued already."""
    real = this if stage is ledger else runs.find(ledger, this.environment, this.issuer, this.batch)
    examine(stage, this.id, due_dates=capabilities_of(settings).due_dates)
    elsewhere = recognise(stage, this.id, ledger, real.id if real else None, this.environment, this.issuer)
    look = look_of(settings)
    admission.link(stage, this.id, same_look=this.look == fingerprint(look))
    announce("checking", 0, 0)
    check_layouts(
        stage, this.id, look, _agreement(settings), executor, window=2 * worker_count(settings.output.workers)
    )
    reject_siblings(stage, this.id)
    return elsewhere


def _make(work_order: WorkOrder, ledger: Ledger, door: Door, executor: Executor, book: Book) -> Report:
    """Issues and renders what waits, and closes the book on it.

    Raises:
        EmissionError: what stopped the run; its report is written.
    """
    this = work_order.run
    before = work.progress(ledger, this.id)
    book.open()
    try:
        if before.pending or lots.open_lots(ledger, this.id):
            leave_room(work_order.folder, work_order.disk_bytes * before.pending // max(1, sum(_counts(before))))
            with ExitStack() as stack:
                base_url = _sandbox(stack, work_order.settings)
                end = asyncio.run(_produce(work_order, ledger, door, executor, book, base_url))
            if end != "done":
                return book.stop(INTERRUPTED if end == "interrupted" else STOPPED, end)
    except EmissionError as error:
        error.folder = work_order.folder
        book.stop(error.exit_code, error.code)
        raise
    report = book.finish()
    runs.change(ledger, this, state="finished", exit_code=report.exit_code)
    staging.clear(ledger, this.id)
    return report


async def _produce(
    work_order: WorkOrder, ledger: Ledger, door: Door, executor: Executor, book: Book, base_url: str | None
) -> End:
    this, settings = work_order.run, work_order.settings
    provider = open_provider(settings, base_url=base_url, environ=work_order.environ)
    try:
        issuer = Issuer(
            ledger,
            this,
            provider,
            agreement=str(settings.provider.convenio) if provider.capabilities.calls else "",
            concurrency=settings.provider.concurrency,
            settle_seconds=settings.provider.settle_seconds,
            on_call=book.called,
        )
        announce = _both(door.announce, book.note)

        def progressed(done: work.Progress, made: int) -> None:
            book.made(made)
            announce("making", done.rendered + done.failed, sum(_counts(done)))

        workshop = Workshop(look_of(settings), _agreement(settings), str(work_order.folder))
        production = Production(
            ledger,
            this,
            issuer,
            executor,
            workshop,
            under_way=worker_count(settings.output.workers) + settings.provider.concurrency,
            announce=progressed,
        )
        loop = asyncio.get_running_loop()

        def stop() -> None:
            loop.call_soon_threadsafe(production.stop)

        door.stoppable(stop)
        return await production.make(work_order.request.limit)
    finally:
        await provider.aclose()


def _agreement(settings: Settings) -> Agreement:
    return Agreement(
        provider=settings.provider.kind,
        environment=settings.environment,
        symbology=settings.codes.symbology,
        qr=settings.codes.qr,
        sandbox=settings.environment == "sandbox",
    )


def _take_over(ledger: Ledger, this: Run, left: Holder | None, door: Door) -> None:
    """Writes down, and says, that an earlier command ended without a word."""
    if left is not None:
        params = {"host": left.host, "process": left.process, "since": left.began, "batch": left.batch}
        ledger.record("run", [this.id], "taken-over", " ".join(str(value) for value in params.values()))
        door.remark("taken-over", params)


def _both(one: Announce, other: Announce) -> Announce:
    def announce(stage: str, done: int, total: int) -> None:
        one(stage, done, total)
        other(stage, done, total)

    return announce


def _counts(progress: work.Progress) -> tuple[int, int, int]:
    return progress.pending, progress.rendered, progress.failed


def _sandbox(stack: ExitStack, settings: Settings) -> str | None:
    """The address of the embedded sandbox, started where this configuration wants it; it dies with this process."""
    if settings.environment != "sandbox" or settings.provider.base_url:
        return None
    state = settings.ledger_path.with_name(f"{settings.ledger_path.stem}-sandbox.db")
    return stack.enter_context(Sandbox(state)).url


def _confirmed(door: Door, coming: Forecast, batch: BatchReader) -> None:
    if not door.confirm(coming, batch):
        raise Refused("not-confirmed")


def _today() -> datetime.date:
    return datetime.datetime.now(ZoneInfo("America/Argentina/Buenos_Aires")).date()
