"""The run's engine: chunks of vouchers are issued, checked, rendered and, lot by lot, sealed.

Calls and rendering overlap; how many chunks are under way is bounded. An order whose outcome is
unknown is asked about as soon as it may be, while others still go out, so that its lot is not kept
waiting for the end. The ledger is written here and only here, in this one process.
"""

from __future__ import annotations

import asyncio
import heapq
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from itertools import islice
from typing import Literal

import msgspec

from emission.codes.received import Agreement
from emission.executors import Workers, in_worker
from emission.ledger import Ledger, lots, work
from emission.ledger.held import given_up
from emission.ledger.runs import Run
from emission.ledger.work import Debt, Rendered, Waiting
from emission.model import Fault, Severity
from emission.providers.base import CODES_PENDING
from emission.render import Look
from emission.scan.proving import Tally
from emission.shortage import shortage
from emission.stages.issue import Issuer
from emission.stages.prove import Proofreader
from emission.stages.seal import Lot, Place, Sealed, seal_lot
from emission.stages.stamp import Chunk, Job, Made, stamp_chunk

# Obligations in a chunk: two full lotes of ePagos, enough for the QR encoder to work in bulk, and small enough to
# lose little and to keep two cores busy with a small batch.
CHUNK = 100
# Between two looks at one doubt, so that look-ups that must both find nothing are not one and the same.
BREATH = 0.05  # seconds

End = Literal["done", "limit", "interrupted"]


class Workshop(msgspec.Struct, frozen=True):
    """Where and how bills are made: the look, what codes are held against, the folder, how many chunks at once."""

    look: Look
    agreement: Agreement
    folder: str
    under_way: int


class Production:
    """Makes every voucher of a run that still waits; ``announce`` hears how far it is and how many are new.

    ``account`` writes, step by step, what became of every row, while the last lots are still being sealed.
    """

    def __init__(
        self,
        ledger: Ledger,
        run: Run,
        issuer: Issuer,
        executor: Workers,
        workshop: Workshop,
        proofreader: Proofreader,
        *,
        announce: Callable[[work.Progress, int], None],
        account: Callable[[], Iterator[None]],
    ) -> None:
        self._ledger = ledger
        self._run = run
        self._issuer = issuer
        self._executor = executor
        self._workshop = workshop
        self._proofreader = proofreader
        self._announce = announce
        self._draft = account
        self._stop = asyncio.Event()
        self._error: BaseException | None = None
        self._progress = work.progress(ledger, run.id)
        self._doubts: list[tuple[float, list[int]]] = []
        self._sealing: set[int] = set()
        self._made = 0
        self._closing = False

    def stop(self) -> None:
        """Begins nothing more; what is under way ends and is written down."""
        self._issuer.halt()
        self._stop.set()

    async def make(self, limit: int | None) -> End:
        """Works until nothing waits, ``limit`` vouchers are made or given up, or :meth:`stop`.

        Raises:
            EmissionError: the provider or the machine stopped the run; the ledger is in order.
        """
        under_way: set[asyncio.Task[None]] = set()
        try:
            await self._begin_all(limit, under_way)
        except Exception as error:  # noqa: BLE001 - what is under way must end and be written down all the same
            self._fail(error)
        if under_way:
            await asyncio.wait(under_way)
        if self._error is not None:
            raise self._error
        if self._stop.is_set():
            return "interrupted"
        return "limit" if self._progress.pending else "done"

    async def _begin_all(self, limit: int | None, under_way: set[asyncio.Task[None]]) -> None:
        """Begins chunk after chunk, doubts whose time has come before all others, until there is none or a stop."""
        waiting = (voucher for page in work.waiting(self._ledger, self._run.id, page=CHUNK) for voucher in page)
        fresh = _chunks(islice(waiting, limit))
        stopped = asyncio.create_task(self._stop.wait())
        # Lots whose last voucher was made by a command that could not seal them any more.
        under_way.add(asyncio.create_task(self._one([], lots.open_lots(self._ledger, self._run.id))))
        while not self._stop.is_set():
            has_room = len(under_way) < self._workshop.under_way
            chunk = (self._due() or next(fresh, [])) if has_room else []
            if any(not voucher.settled for voucher in chunk):
                await self._issuer.keep_hours()
            if chunk and not self._stop.is_set():
                lots_of_it = {voucher.lot for voucher in chunk if voucher.lot is not None}
                under_way.add(asyncio.create_task(self._one(chunk, lots_of_it)))
            elif under_way or self._doubts:
                patience = self._until_due() if has_room else None
                await asyncio.wait({stopped, *under_way}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
                under_way -= {task for task in under_way if task.done()}
            else:
                break
        stopped.cancel()

    def _due(self) -> list[Waiting]:
        """Vouchers in doubt whose time has come."""
        if not self._doubts or self._doubts[0][0] > asyncio.get_running_loop().time():
            return []
        return work.vouchers(self._ledger, heapq.heappop(self._doubts)[1])

    def _until_due(self) -> float | None:
        """Seconds until somebody may be asked again; nothing where no outcome is unknown."""
        return max(0.0, self._doubts[0][0] - asyncio.get_running_loop().time()) if self._doubts else None

    async def _one(self, chunk: Sequence[Waiting], lots_of_it: Iterable[int]) -> None:
        try:
            try:
                if chunk:
                    await self._make_chunk(chunk)
            finally:
                self._announce(self._progress, self._made)
                self._made = 0
            sealing = asyncio.create_task(self._seal(lots_of_it))
            try:
                await self._close()
            finally:
                await sealing
        except BrokenExecutor as error:
            # Who stops a whole group of processes stops the workers too: that is no accident.
            if not self._stop.is_set():
                self._fail(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing more is begun, and make() raises it
            self._fail(error)

    async def _make_chunk(self, chunk: Sequence[Waiting]) -> None:
        if any(not voucher.settled for voucher in chunk):
            await self._issuer.issue(chunk)
            chunk = work.vouchers(self._ledger, [voucher.id for voucher in chunk])
        joined = await self._issuer.join(chunk)
        if any(joined.values()):
            chunk = work.vouchers(self._ledger, [voucher.id for voucher in chunk])
        unsettled = [voucher for voucher in chunk if not voucher.settled]
        lost = {voucher.id for voucher in unsettled if voucher.hopeless or self._issuer.exhausted(voucher)}
        self._give_up([voucher for voucher in unsettled if voucher.id in lost])
        self._doubt([voucher for voucher in unsettled if voucher.id not in lost])
        await self._render([voucher for voucher in chunk if voucher.settled and joined.get(voucher.id, True)])

    def _doubt(self, vouchers: Sequence[Waiting]) -> None:
        """Keeps in mind to ask for these again; their numbers only, since a provider may lose any number of answers."""
        if vouchers:
            due = asyncio.get_running_loop().time() + self._issuer.seconds_until_settled(vouchers) + BREATH
            heapq.heappush(self._doubts, (due, [voucher.id for voucher in vouchers]))

    def _fail(self, error: Exception) -> None:
        if self._error is None:
            self._error = shortage(error) or error
            if self._error is not error:
                self._error.__cause__ = error
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
        # A name that no chunk had before: pages in an older part may still wait for their lot.
        part = f"print/.parts/{vouchers[0].ordinal:09d}-{secrets.token_hex(4)}.part"
        jobs = tuple(_job(voucher) for voucher in vouchers)
        chunk = Chunk(self._workshop.look, self._workshop.agreement, self._workshop.folder, part, jobs)
        made = await in_worker(self._executor, stamp_chunk, chunk)
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

    async def _close(self) -> None:
        """Once no voucher waits, their account is written and their files are read back, whatever lots are open yet."""
        if self._progress.pending or self._closing or self._stop.is_set():
            return
        self._closing = True
        # The last lots go to a worker first.
        await asyncio.sleep(0)
        reading = asyncio.create_task(self._proofreader.files())
        try:
            for _ in self._draft():
                await asyncio.sleep(0)
                if self._stop.is_set():
                    return
        finally:
            await reading

    async def _seal(self, candidates: Iterable[int]) -> None:
        numbers = lots.sealable(self._ledger, self._run.id, set(candidates) - self._sealing)
        self._sealing.update(numbers)
        for number in numbers:
            waiting = lots.print_pages(self._ledger, self._run.id, number)
            places = tuple(Place(page.sequence, page.part, page.part_offset) for page in waiting)
            file = f"print/lot-{number:04d}.pdf" if places else ""
            made, read = Sealed(0, 0, ""), Tally()
            if places:
                lot = Lot(self._workshop.look, number, self._workshop.folder, file, places)
                made = await in_worker(self._executor, seal_lot, lot)
                read = await self._proofreader.lot(number, file)
            done = lots.Sealed(made.vouchers, made.pages, file, made.sha256, self._run.look)
            with self._ledger.transaction():
                lots.sealed(self._ledger, self._run.id, number, done)
                self._proofreader.note(number, made.sha256, read)


def _chunks(vouchers: Iterable[Waiting]) -> Iterator[list[Waiting]]:
    """Vouchers by about :data:`CHUNK` obligations, so that lotes go out full; no voucher is split."""
    chunk: list[Waiting] = []
    size = 0
    for voucher in vouchers:
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
    if debt.state == "abandoned":
        return given_up(debt.message)
    if debt.code == CODES_PENDING:
        return Fault(CODES_PENDING, params={"number": debt.message})
    return Fault("outcome-unknown", params={"cause": debt.message or "answer-late"})


def _job(voucher: Waiting) -> Job:
    records = tuple(debt.record for debt in voucher.debts)
    operations = tuple(debt.operation if debt.payable else None for debt in voucher.debts)
    return Job(voucher.id, voucher.voucher_id, voucher.file, voucher.printed, records, operations)
