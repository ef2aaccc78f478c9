"""The story of a run: read, examine, gate, admit, make, account; and of its amendment.

This module alone knows the order; what each step does is told in its own room.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path

import msgspec

from emission.config import Settings
from emission.desk import Announce, Desk, Door, Request, at_desk, open_run
from emission.errors import EmissionError, Refused, Stopped, UsageError
from emission.executors import Serial, Workers, open_executor
from emission.intake import BatchReader
from emission.ledger import Ledger, accounts, admission, deliveries, lots, merging, obligations, runs, staging, work
from emission.ledger.runs import Run
from emission.model import Account, Bill, Voucher
from emission.outputs.report import Report
from emission.providers import agreement_number, capabilities_of, open_provider
from emission.sandbox.child import Sandbox
from emission.stages.admit import admit, retry_failed
from emission.stages.agreement import agreement_of
from emission.stages.amendment import ask_what_is_paid, let_go, survey
from emission.stages.belonging import name_amended, name_of
from emission.stages.clearing import clear_away
from emission.stages.examine import examine
from emission.stages.forecast import Forecast, forecast
from emission.stages.gate import leave_room, pass_gate
from emission.stages.inspect import inspect
from emission.stages.issue import Issuer
from emission.stages.produce import End, Production, Workshop
from emission.stages.prove import Proofreader, facts
from emission.stages.read import read, read_amendment
from emission.stages.recognise import allow_change, refuse_change
from emission.stages.resume import resume
from emission.wording import reason

INTERRUPTED, STOPPED = 130, 4


def run(
    settings: Settings, request: Request, door: Door, environ: Mapping[str, str], executor: Workers
) -> tuple[Report, Path]:
    """Makes the vouchers of a batch, or goes on where an earlier command stopped.

    Returns:
        The report, and the folder where everything is.

    Raises:
        EmissionError: with its exit code; wherever a run exists its report is written first.
    """
    with at_desk(settings, request, door, environ, executor, name_of) as desk, ExitStack() as stack:
        ledger, this = desk.ledger, desk.run
        fingerprint_of_file = _sha256(request.batch)
        if amendment := deliveries.amended_since(ledger, this.id, fingerprint_of_file):
            raise Refused("batch-amended-since", path=request.batch, amendment=amendment.path)
        try:
            kind = _take_in(desk, fingerprint_of_file)
            coming = forecast(ledger, this.id, settings, this.batch, capabilities_of(settings))
            _agreed("not-confirmed", door.confirm(coming, desk.batch))
        except Refused as refusal:
            if this.state == "open":
                admission.take_entries(ledger, this.id)
            refusal.folder = desk.folder
            desk.book.refuse(refusal)
            raise
        sandbox = _embedded(stack, settings)
        if kind is not None:
            with ledger.transaction():
                admit(ledger, this, settings.output.lot_pages)
                path = _deliver(desk, fingerprint_of_file, kind)
                image = _image(desk, fingerprint_of_file)
                this = runs.change(ledger, this, source=path if kind == "whole" else this.source, image=image)
        return _make(msgspec.structs.replace(desk, run=this), coming.disk_bytes, sandbox), desk.folder


def amend(
    settings: Settings, request: Request, door: Door, environ: Mapping[str, str], executor: Workers
) -> tuple[Report, Path]:
    """Takes a corrected file for the whole of what the run is to be: shows what would change, asks, then does it.

    Returns:
        The report, and the folder where everything is.

    Raises:
        EmissionError: as :func:`run`; until confirmed nothing is changed anywhere.
    """
    with at_desk(settings, request, door, environ, executor, name_amended) as desk, ExitStack() as stack:
        ledger, this = desk.ledger, desk.run
        on_change = settings.batch.on_change
        try:
            desk.announce("reading", 0, 0)
            runs.change(ledger, this, image="")
            sandbox = _embedded(stack, settings)
            with ledger.draft():
                read_amendment(ledger, this, desk.batch, desk.lines, executor)
                judge = allow_change if on_change == "supersede" else refuse_change
                inspect(ledger, this, ledger, settings, desk.announce, executor, judge)
            asyncio.run(_ask_what_is_paid(desk, _url(sandbox)))
            amendment = survey(ledger, this.id, this.batch, this.currency, on_change)
            _agreed("not-amended", door.confirm_amendment(amendment, accounts.refused_accounts(ledger, this.id)))
            pass_gate(ledger, this.id, settings.batch, elsewhere=0, again=True)
        except Refused:
            staging.clear(ledger, this.id)
            raise
        coming = forecast(ledger, this.id, settings, this.batch, capabilities_of(settings))
        with ledger.transaction():
            let_go(ledger, this.id)
            admit(ledger, this, settings.output.lot_pages)
            sha256 = _sha256(request.batch)
            path = _deliver(desk, sha256, "amendment")
            this = runs.change(ledger, this, source=path, header=desk.batch.header, image=_image(desk, sha256))
        return _make(msgspec.structs.replace(desk, run=this), coming.disk_bytes, sandbox), desk.folder


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
        this, batch, lines = open_run(stage, settings, batch_path, settings.batch.id or batch_path.stem)
        refusal: Refused | None = None
        try:
            announce("reading", 0, 0)
            read(stage, this, batch, lines, executor, started=False)
            elsewhere = inspect(stage, this, ledger, settings, announce, executor, refuse_change)
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
    with examined(settings, batch_path) as (stage, this):
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


@contextmanager
def examined(settings: Settings, batch_path: Path) -> Iterator[tuple[Ledger, Run]]:
    """A batch that was read and examined, in a ledger that is thrown away; nobody is asked for anything.

    Raises:
        UsageError: it cannot be read.
        Refused: the file is cut short.
    """
    with closing(Ledger(None)) as stage:
        this, batch, lines = open_run(stage, settings, batch_path, settings.batch.id or batch_path.stem)
        read(stage, this, batch, lines, Serial(), started=False)
        examine(stage, this.id, Serial(), due_dates=capabilities_of(settings).due_dates)
        yield stage, this


def _take_in(desk: Desk, sha256: str) -> deliveries.Kind | None:
    """Stages and inspects the batch, and says what it was taken for; nothing where its rows stand admitted already.

    So a command that goes on after a stop begins at once, however large the batch.

    Raises:
        Refused: it does not pass the gate.
    """
    ledger, this, settings = desk.ledger, desk.run, desk.settings
    stopped = this.state == "started" and not desk.request.rerender
    if stopped and this.image == _image(desk, sha256) and not obligations.any_elsewhere(ledger, this.id):
        pass_gate(ledger, this.id, settings.batch, elsewhere=0, again=True)
        return None
    desk.announce("reading", 0, 0)
    runs.change(ledger, this, image="")
    with ledger.draft():
        kind = read(ledger, this, desk.batch, desk.lines, desk.executor, started=this.state != "open")
        elsewhere = inspect(ledger, this, ledger, settings, desk.announce, desk.executor, refuse_change)
    pass_gate(ledger, this.id, settings.batch, elsewhere=elsewhere, again=desk.request.again)
    _same_debts(ledger, this.id)
    return kind


def _image(desk: Desk, sha256: str) -> str:
    """The fingerprint of the batch, of its detail file, and of the way in which both are read and judged."""
    batch = desk.settings.batch
    parts = [sha256, hashlib.sha256(batch.model_dump_json().encode()).hexdigest()]
    if batch.lines:
        parts.append(_sha256(desk.settings.path(batch.lines)))
    return " ".join(parts)


def _deliver(desk: Desk, sha256: str, kind: deliveries.Kind) -> str:
    """Notes the batch that was taken in, and its detail file before it; where the batch lies."""
    ledger, this, path = desk.ledger, desk.run, desk.request.batch.resolve()
    if lines := desk.settings.batch.lines:
        detail = desk.settings.path(lines).resolve()
        deliveries.take(ledger, this.id, str(detail), _sha256(detail), "lines")
    # The list of rejected rows, corrected where it lies, is written anew by this very run.
    content = path.read_bytes() if path.parent == desk.folder.resolve() else None
    deliveries.take(ledger, this.id, str(path), sha256, kind, content=content)
    return str(path)


def _make(desk: Desk, disk_bytes: int, sandbox: Sandbox | None) -> Report:
    """Issues and renders what waits, and closes the book on it.

    Raises:
        EmissionError: what stopped the run; its report is written.
    """
    ledger, settings, request, book = desk.ledger, desk.settings, desk.request, desk.book
    retry_failed(ledger, desk.run, settings.output.lot_pages, permanent=request.retry_failed)
    this = resume(ledger, desk.run, desk.look, desk.setup, desk.folder, rerender=request.rerender)
    clear_away(ledger, this, desk.folder)
    for number in lots.released_without_file(ledger, this.id, desk.folder):
        desk.door.remark("released-lot-missing", {"lot": number, "batch": this.batch})
    if frozen := list(lots.lost_for_good(ledger, this.id, desk.folder, this.look).values()):
        desk.door.remark("released-vouchers-missing", {"count": len(frozen), "id": frozen[0], "batch": this.batch})
    before = work.progress(ledger, this.id)
    book.open()
    try:
        if before.pending or lots.open_lots(ledger, this.id):
            leave_room(desk.folder, disk_bytes * before.pending // max(1, sum(_counts(before))))
            end = asyncio.run(_produce(msgspec.structs.replace(desk, run=this), _url(sandbox)))
            if sandbox is not None:
                sandbox.dismiss()
            if end != "done":
                return book.stop(INTERRUPTED if end == "interrupted" else STOPPED, end)
        clear_away(ledger, this, desk.folder)
        report = book.finish(desk.executor)
    except EmissionError as error:
        error.folder = desk.folder
        # Where not even the report can be written, what stopped the run is still what its user must hear.
        with suppress(Stopped):
            book.stop(error.exit_code, error.code)
        raise
    runs.change(ledger, this, state="finished", exit_code=report.exit_code, image="")
    with ledger.draft():
        staging.clear(ledger, this.id)
    return report


async def _ask_what_is_paid(desk: Desk, base_url: str | None) -> None:
    provider = open_provider(desk.settings, base_url=base_url, environ=desk.environ)
    try:
        await ask_what_is_paid(desk.ledger, desk.run.id, provider, desk.settings.provider.concurrency)
    finally:
        await provider.aclose()


async def _produce(desk: Desk, base_url: str | None) -> End:
    ledger, this, settings, book = desk.ledger, desk.run, desk.settings, desk.book
    provider = open_provider(settings, base_url=base_url, environ=desk.environ)
    try:
        issuer = Issuer(
            ledger,
            this,
            provider,
            manners=settings.provider,
            agreement=agreement_number(settings),
            on_call=book.called,
            on_wait=lambda told: desk.door.remark("window-waits", told),
        )

        def progressed(done: work.Progress, made: int) -> None:
            book.made(made)
            desk.announce("making", done.rendered + done.failed, sum(_counts(done)))

        proofreader = Proofreader(ledger, this, desk.folder, settings, desk.executor)
        production = Production(
            ledger,
            this,
            issuer,
            desk.executor,
            Workshop(
                desk.look,
                agreement_of(settings),
                str(desk.folder),
                under_way=desk.executor.count + settings.provider.concurrency,
            ),
            proofreader,
            announce=progressed,
            account=partial(book.draft, desk.executor),
        )
        loop = asyncio.get_running_loop()

        def stop() -> None:
            # Once the loop is closed nothing is made any more: what is left is the account, which ends by itself.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(production.stop)

        desk.door.stoppable(stop)
        end = await production.make(desk.request.limit)
        book.proofread(proofreader.tally)
        for expected, misread in proofreader.misread:
            desk.door.remark(f"proof-{misread.code}", facts(expected, misread))
        return end
    finally:
        await provider.aclose()


def _counts(progress: work.Progress) -> tuple[int, int, int]:
    return progress.pending, progress.rendered, progress.failed


def embedded_sandbox(stack: ExitStack, settings: Settings) -> str | None:
    """The address of the embedded sandbox, started where this configuration wants it; it dies with this process."""
    return _url(_embedded(stack, settings))


def _url(sandbox: Sandbox | None) -> str | None:
    return None if sandbox is None else sandbox.url


def _embedded(stack: ExitStack, settings: Settings) -> Sandbox | None:
    """The embedded sandbox where this configuration wants it; it may not answer yet."""
    if settings.environment != "sandbox" or settings.provider.base_url:
        return None
    kind = settings.provider.kind
    # ePagos' was the only one, and its name is in towns' folders.
    name = "sandbox" if kind == "epagos" else f"sandbox-{kind}"
    state = settings.ledger_path.with_name(f"{settings.ledger_path.stem}-{name}.db")
    return stack.enter_context(Sandbox(state, kind))


def _same_debts(ledger: Ledger, run_id: int) -> None:
    count, first = merging.other_debts(ledger, run_id)
    if count:
        raise Refused("batch-of-other-debts", count=count, id=first)


def _agreed(code: str, answer: bool) -> None:  # noqa: FBT001 - a person's yes or no
    if not answer:
        raise Refused(code)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
