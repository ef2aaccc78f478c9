"""The run's engine: chunks of vouchers are issued, checked, rendered and, lot by lot, sealed.

Calls and rendering overlap; how many chunks are under way is bounded. The ledger is written here
and only here, in this one process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from typing import Literal

import msgspec

from emission.errors import Stopped
from emission.ledger import Ledger, lots, work
from emission.ledger.runs import Run
from emission.ledger.work import Debt, Rendered, Waiting
from emission.model import Fault, Severity
from emission.render import Look
from emission.stages.issue import Issuer
from emission.stages.seal import Lot, Sealed, seal_lot
from emission.stages.stamp import Agreement, Chunk, Job, Made, stamp_chunk

# Obligations in a chunk: two full lotes of ePagos, enough for the QR encoder to work in bulk, and small enough to
# lose little and to keep two cores busy with a small batch.
CHUNK = 100

End = Literal["done", "limit", "interrupted"]


class Workshop(msgspec.Struct, frozen=True):
    """Where and how bills are made: the look, what codes are held against, the run's folder."""

    look: Look
    agreement: Agreement
    folder: str


class Production:
    """Makes every voucher of a run that still waits; ``announce`` hears how far it is and how many are new."""

    def __init__(
        self,
        ledger: Ledger,
        run: Run,
        issuer: Issuer,
        executor: Executor,
        workshop: Workshop,
        *,
        under_way: int,
        announce: Callable[[work.Progress, int], None],
    ) -> None:
        self._ledger = ledger
        self._run = run
        self._issuer = issuer
        self._executor = executor
        self._workshop = workshop
        self._slots = asyncio.Semaphore(under_way)
        self._announce = announce
        self._stop = asyncio.Event()
        self._error: BaseException | None = None
        self._progress = work.progress(ledger, run.id)
        self._sealing: set[int] = set()
        self._made = 0

    def stop(self) -> None:
        """Begins nothing more; what is under way ends and is written down."""
        self._issuer.halt()
        self._stop.set()

    async def make(self, limit: int | None) -> End:
        """Works until nothing waits, ``limit`` vouchers were taken up, or :meth:`stop`.

        Raises:
            EmissionError: the provider or the machine stopped the run; the ledger is in order.
        """
        left = limit
        while not self._stop.is_set():
            taken = await self._pass(left)
            if self._error is not None:
                raise self._error
            await self._seal(lots.open_lots(self._ledger, self._run.id))
            left = None if left is None else left - taken
            if self._progress.pending == 0:
                return "done"
            if left is not None and left <= 0:
                return "limit"
            await self._wait_for_doubts()
        return "interrupted"

    async def _pass(self, limit: int | None) -> int:
        """Takes up every waiting voucher once; how many that were."""
        taken = 0
        tasks: set[asyncio.Task[None]] = set()
        for chunk in _chunks(work.waiting(self._ledger, self._run.id, page=CHUNK)):
            await self._slots.acquire()
            if self._stop.is_set() or (limit is not None and taken >= limit):
                self._slots.release()
                break
            wanted = chunk if limit is None else chunk[: limit - taken]
            taken += len(wanted)
            task = asyncio.create_task(self._one(wanted))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        if tasks:
            await asyncio.wait(tasks)
        return taken

    async def _one(self, chunk: Sequence[Waiting]) -> None:
        try:
            if any(not voucher.settled for voucher in chunk):
                await self._issuer.issue(chunk)
                chunk = work.vouchers(self._ledger, [voucher.id for voucher in chunk])
            self._give_up([voucher for voucher in chunk if voucher.hopeless or self._issuer.exhausted(voucher)])
            await self._render([voucher for voucher in chunk if voucher.settled])
            await self._seal({voucher.lot for voucher in chunk if voucher.lot is not None})
        except BrokenProcessPool as error:
            self._fail(Stopped("worker-died"), error)
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing more is begun, and make() raises it
            self._fail(error, error)
        finally:
            self._slots.release()
            self._announce(self._progress, self._made)
            self._made = 0

    def _fail(self, error: BaseException, cause: BaseException) -> None:
        if self._error is None:
            self._error = error
            if error is not cause:
                error.__cause__ = cause
        self.stop()

    def _give_up(self, vouchers: Sequence[Waiting]) -> None:
        reasons: dict[int, str] = {}
        outcomes: dict[int, Sequence[Fault]] = {}
        for voucher in vouchers:
            hopeless = [debt for debt in voucher.debts if debt.hopeless]
            lost = hopeless or [debt for debt in voucher.debts if not debt.settled]
            reasons[voucher.id] = next((debt.code for debt in lost if debt.code), "outcome-unknown")
            for debt in voucher.debts:
                outcomes[debt.row] = [_refusal(debt) if debt in lost else Fault("sibling-failed", "voucher_id")]
        with self._ledger.transaction():
            work.explain(self._ledger, self._run.id, outcomes)
            work.failed(self._ledger, reasons)
        self._count(rendered=0, failed=len(vouchers))

    async def _render(self, vouchers: Sequence[Waiting]) -> None:
        if not vouchers:
            return
        part = f"print/.parts/{vouchers[0].ordinal:09d}.part"
        jobs = tuple(_job(voucher) for voucher in vouchers)
        chunk = Chunk(self._workshop.look, self._workshop.agreement, self._workshop.folder, part, jobs)
        made = await asyncio.get_running_loop().run_in_executor(self._executor, stamp_chunk, chunk)
        self._account(vouchers, made, part)

    def _account(self, vouchers: Sequence[Waiting], made: Sequence[Made], part: str) -> None:
        outcomes: dict[int, Sequence[Fault]] = {}
        reasons: dict[int, str] = {}
        done: list[Rendered] = []
        for voucher, item in zip(vouchers, made, strict=True):
            errors = [fault for fault in item.faults if fault.severity is Severity.ERROR]
            if errors:
                reasons[voucher.id] = errors[0].code
            else:
                done.append(Rendered(voucher.id, item.sha256, part if voucher.printed else "", item.part_offset))
            if item.faults:
                outcomes |= {debt.row: item.faults for debt in voucher.debts}
        with self._ledger.transaction():
            work.explain(self._ledger, self._run.id, outcomes)
            work.failed(self._ledger, reasons)
            work.rendered(self._ledger, done, self._run.look)
        self._count(rendered=len(done), failed=len(reasons))

    def _count(self, *, rendered: int, failed: int) -> None:
        was = self._progress
        self._made += rendered
        self._progress = work.Progress(was.pending - rendered - failed, was.rendered + rendered, was.failed + failed)

    async def _seal(self, candidates: Iterable[int]) -> None:
        for number in lots.sealable(self._ledger, self._run.id, set(candidates) - self._sealing):
            self._sealing.add(number)
            pages = tuple(lots.print_pages(self._ledger, self._run.id, number))
            file = f"print/lot-{number:04d}.pdf" if pages else ""
            made = Sealed(0, 0, "")
            if pages:
                lot = Lot(self._workshop.look, self._workshop.folder, file, pages)
                made = await asyncio.get_running_loop().run_in_executor(self._executor, seal_lot, lot)
            done = lots.Sealed(made.vouchers, made.pages, file, made.sha256, self._run.look)
            lots.sealed(self._ledger, self._run.id, number, done)

    async def _wait_for_doubts(self) -> None:
        """Sleeps until an unknown outcome may be asked for again, or until somebody stops the run."""
        waiting = [voucher for page in work.waiting(self._ledger, self._run.id, page=1000) for voucher in page]
        delay = self._issuer.seconds_until_settled(waiting)
        try:
            await asyncio.wait_for(self._stop.wait(), delay + 0.05)
        except TimeoutError:
            return


def _chunks(pages: Iterable[Sequence[Waiting]]) -> Iterator[list[Waiting]]:
    """Vouchers by about :data:`CHUNK` obligations, so that lotes go out full; no voucher is split."""
    chunk: list[Waiting] = []
    size = 0
    for voucher in (voucher for page in pages for voucher in page):
        if chunk and size + len(voucher.debts) > CHUNK:
            yield chunk
            chunk, size = [], 0
        chunk.append(voucher)
        size += len(voucher.debts)
    if chunk:
        yield chunk


def _refusal(debt: Debt) -> Fault:
    if debt.state == "refused":
        return Fault(debt.code, "", debt.message)
    return Fault("outcome-unknown", params={"cause": debt.message or "answer-late"})


def _job(voucher: Waiting) -> Job:
    records = tuple(debt.record for debt in voucher.debts)
    operations = tuple(debt.operation if debt.payable else None for debt in voucher.debts)
    return Job(voucher.id, voucher.voucher_id, voucher.file, voucher.printed, records, operations)
