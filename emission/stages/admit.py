"""The batch enters the run: obligations by identity, vouchers with their file names, places in the lots.

All of it is fixed here, before the first call, and nothing is renumbered afterwards: rows that come
later are numbered on, into lots of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from emission.filenames import distinct_name, safe_name
from emission.ledger import Ledger, admission, effects, obligations, renderings, staging
from emission.ledger.admission import NewVoucher
from emission.ledger.runs import Run
from emission.ledger.schema import staged
from emission.ledger.staging import Staged

FILES_A_FOLDER = 1000


class Placer:
    """Deals out places in print: the next sequence, in the lot that still has room."""

    def __init__(self, sequence: int, lot: int, lot_pages: int) -> None:
        self._sequence = sequence
        self._lot = lot
        self._room = lot_pages
        self._lot_pages = lot_pages

    def place(self, pages: int) -> tuple[int, int]:
        """Lot and sequence for a voucher of ``pages`` pages; a voucher is never split."""
        if pages > self._room and self._room < self._lot_pages:
            self._lot += 1
            self._room = self._lot_pages
        self._room -= pages
        self._sequence += 1
        return self._lot, self._sequence - 1


def admit(ledger: Ledger, run: Run, lot_pages: int) -> None:
    """Turns the staged image into the run's entries, vouchers and lots, all at once."""
    with ledger.transaction():
        renderings.retire(ledger, run.id, admission.altered(ledger, run.id))
        numbers = admission.counters(ledger, run.id)
        placer = Placer(numbers.sequence, numbers.lot, lot_pages)
        for page in staging.bundles(ledger, run.id, ~staged.c.faulty):
            groups = _with_vouchers(ledger, run.id, _with_obligations(ledger, run, page))
            fresh = [group for group in groups if group[0].voucher is None]
            new = _new_vouchers(ledger, run.id, fresh, numbers, placer)
            admission.add_vouchers(ledger, run.id, new)
            keys = {group[0].bundle: voucher.id for group, voucher in zip(fresh, new, strict=True)}
            links = [
                {
                    "b_position": row.position,
                    "b_obligation": row.obligation,
                    "b_voucher": keys.get(row.bundle, group[0].voucher),
                }
                for group in groups
                for row in group
            ]
            staging.settle(ledger, run.id, links, "obligation", "voucher")
            _reread(ledger, run.id, groups, placer)
        admission.take_entries(ledger, run.id)


def _with_vouchers(ledger: Ledger, run_id: int, groups: list[list[Staged]]) -> list[list[Staged]]:
    """The groups with the voucher that the run has under their id; one that was withdrawn comes back to its place."""
    keys = admission.vouchers_named(ledger, run_id, [group[0].voucher_id for group in groups])
    return [[msgspec.structs.replace(row, voucher=keys.get(row.voucher_id)) for row in group] for group in groups]


def _with_obligations(ledger: Ledger, run: Run, groups: list[list[Staged]]) -> list[list[Staged]]:
    """The groups with the key of each row's obligation, entered where the ledger did not have it.

    Other money that came this far is allowed: a new revision where the old one was asked for.
    """
    rows: dict[str, dict[str, object]] = {}
    names: dict[int, str] = {}
    restated: list[dict[str, object]] = []
    for row in (row for group in groups for row in group):
        if row.obligation is None:
            assert row.identity is not None
            names[row.position] = row.identity
            rows[row.identity] = _obligation_row(run, row)
        else:
            restated.append({"b_id": row.obligation, "b_payable_hash": row.payable_hash, "b_run_id": run.id})
    effects.named_again(ledger, [row.obligation for group in groups for row in group if row.obligation is not None])
    obligations.restore(ledger, restated)
    obligations.restate_unasked(ledger, restated)
    obligations.revise_asked(ledger, restated)
    keys = obligations.add(ledger, list(rows.values()))

    def known(row: Staged) -> Staged:
        key = row.obligation if row.obligation is not None else keys[names[row.position]]
        return msgspec.structs.replace(row, obligation=key)

    return [[known(row) for row in group] for group in groups]


def _obligation_row(run: Run, row: Staged) -> dict[str, object]:
    obligation = row.obligation_record()
    return {
        "identity": row.identity,
        "environment": run.environment,
        "issuer": run.issuer,
        "tax": obligation.tax,
        "period": obligation.period,
        "obligation_id": obligation.obligation_id,
        "run_id": run.id,
        "payable_hash": row.payable_hash,
    }


def _new_vouchers(
    ledger: Ledger, run_id: int, groups: list[list[Staged]], numbers: admission.Counters, placer: Placer
) -> list[NewVoucher]:
    name_of = _namer(ledger, run_id, [group[0].voucher_id for group in groups])
    new: list[NewVoucher] = []
    for group in groups:
        head = group[0]
        name = name_of(head.voucher_id)
        printed = bool(head.printed)
        lot, sequence = placer.place(head.pages) if printed else (None, None)
        folder = f"{(numbers.ordinal - 1) // FILES_A_FOLDER + 1:04d}"
        new.append(
            NewVoucher(
                id=numbers.voucher,
                ordinal=numbers.ordinal,
                voucher_id=head.voucher_id,
                file=f"digital/{folder}/{name}.pdf",
                folded=name.casefold(),
                printed=printed,
                pages=head.pages,
                lot=lot,
                sequence=sequence,
            )
        )
        numbers.voucher += 1
        numbers.ordinal += 1
    return new


def _namer(ledger: Ledger, run_id: int, voucher_ids: list[str]) -> Callable[[str], str]:
    """Names that stay unique where file systems fold case; the first to come keeps the plain one."""
    taken = admission.taken_names(ledger, run_id, [safe_name(name).casefold() for name in voucher_ids])

    def name_of(voucher_id: str) -> str:
        name = safe_name(voucher_id)
        if name.casefold() in taken:
            name = distinct_name(voucher_id)
        taken.add(name.casefold())
        return name

    return name_of


def _reread(ledger: Ledger, run_id: int, groups: list[list[Staged]], placer: Placer) -> None:
    """Vouchers that the run has already: those that read differently now wait to be rendered again."""
    known = {group[0].voucher: group for group in groups if group[0].voucher is not None}
    before = admission.presentations(ledger, run_id, known)
    places = admission.places(ledger, known)
    changes: list[dict[str, Any]] = []
    for key, group in known.items():
        now = [row.presentation or b"" for row in group]
        if before.get(key) == now:
            continue
        place = places[key]
        lot, sequence = place.lot, place.sequence
        printed = bool(group[0].printed)
        if printed and (lot is None or place.pages != group[0].pages or place.left_behind):
            lot, sequence = placer.place(group[0].pages)
        changes.append(
            {"b_id": key, "b_lot": lot, "b_sequence": sequence, "b_pages": group[0].pages, "b_printed": printed}
        )
    # A row that joined, or another order of the same rows, shows in the whole alone.
    renderings.retire(ledger, run_id, [change["b_id"] for change in changes])
    _replace(ledger, run_id, changes)


def retry_failed(ledger: Ledger, run: Run, lot_pages: int, *, permanent: bool) -> None:
    """Failed vouchers wait again; those whose lot is sealed already get a place in a supplement.

    ``permanent`` includes those that the provider refused for good.
    """
    with ledger.transaction():
        numbers = admission.counters(ledger, run.id)
        placer = Placer(numbers.sequence, numbers.lot, lot_pages)
        changes = [
            {"b_id": key, "b_lot": lot, "b_sequence": sequence, "b_pages": pages, "b_printed": printed}
            for key, pages, printed, lot, sequence in _replaced(ledger, run.id, placer, permanent=permanent)
        ]
        _replace(ledger, run.id, changes)


def _replace(ledger: Ledger, run_id: int, changes: Sequence[dict[str, Any]]) -> None:
    admission.place(ledger, changes)
    admission.add_lots(ledger, run_id, {change["b_lot"] for change in changes if change["b_lot"] is not None})
    effects.plan_refused(ledger, [change["b_id"] for change in changes])


def _replaced(
    ledger: Ledger, run_id: int, placer: Placer, *, permanent: bool
) -> Iterator[tuple[int, int, bool, int | None, int | None]]:
    for failed in admission.failed(ledger, run_id, permanent=permanent):
        lot, sequence = failed.lot, failed.sequence
        if failed.printed and failed.sealed:
            lot, sequence = placer.place(failed.pages)
        yield failed.id, failed.pages, failed.printed, lot, sequence
