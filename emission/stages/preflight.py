"""Finds before the first call whatever would make a bill unprintable after it."""

from __future__ import annotations

from collections.abc import Iterator

from emission.codes.received import Agreement
from emission.executors import Workers, ordered
from emission.ledger import Ledger, staging
from emission.ledger.schema import staged
from emission.ledger.staging import Staged
from emission.model import Fault
from emission.render import Look
from emission.stages.fitting import Chunk, check_chunk

CHUNK = 250


def check_layouts(ledger: Ledger, run_id: int, look: Look, agreement: Agreement, executor: Workers) -> None:
    """Blames the first row of every voucher that could not be printed; notes the pages of the others.

    Vouchers whose pages are known already (unchanged since an earlier delivery) are not looked at again.

    Raises:
        TemplateError: as :func:`check_chunk`.
    """
    for groups, verdicts in ordered(executor, check_chunk, _jobs(ledger, run_id, look, agreement)):
        pages: list[dict[str, object]] = []
        faults: dict[int, list[Fault]] = {}
        for group, (count, found) in zip(groups, verdicts, strict=True):
            pages += [{"b_position": row.position, "b_pages": count} for row in group]
            if found:
                faults[group[0].position] = list(found)
        staging.settle(ledger, run_id, pages, "pages")
        staging.blame(ledger, run_id, faults)


def _jobs(ledger: Ledger, run_id: int, look: Look, agreement: Agreement) -> Iterator[tuple[Chunk, list[list[Staged]]]]:
    for groups in staging.bundles(ledger, run_id, ~staged.c.faulty, staged.c.pages == 0):
        for start in range(0, len(groups), CHUNK):
            part = groups[start : start + CHUNK]
            vouchers = tuple(
                (group[0].voucher_id, tuple(row.record for row in group if row.record is not None)) for group in part
            )
            yield Chunk(look, agreement, vouchers), part
