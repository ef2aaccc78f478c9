"""From the image of a batch to the run's own rows, vouchers and lots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Select, bindparam, delete, exists, func, insert, select, update

from emission import identity
from emission.ledger import search
from emission.ledger.bulk import many
from emission.ledger.schema import effect, entry, lot, staged, voucher
from emission.ledger.standing import inputs_of_standing
from emission.ledger.store import Ledger
from emission.model import Obligation

_ENTRY = (
    "run_id", "row", "position", "obligation_id", "voucher_id", "obligation", "voucher", "faulty", "amount",
    "content", "presentation", "parsed", "record", "faults", "outcome",
)  # fmt: skip


_obligation = msgspec.msgpack.Decoder(Obligation)


class Counters(msgspec.Struct):
    """The next numbers of a run; nothing is ever renumbered, so they only grow."""

    voucher: int
    ordinal: int
    sequence: int
    lot: int


class NewVoucher(msgspec.Struct, frozen=True):
    """A voucher that enters a run, with its place in print where it has one."""

    id: int
    ordinal: int
    voucher_id: str
    file: str
    folded: str
    printed: bool
    pages: int
    lot: int | None
    sequence: int | None


def link(ledger: Ledger, run_id: int, *, same_look: bool) -> None:
    """Tells staged rows on which voucher of the run they are, what came of it and, where it reads as before, its pages.

    Sound rows may name another voucher than they were on: whose they will be is decided at admission.
    """
    mine = (entry.c.run_id == run_id) & (entry.c.obligation == staged.c.obligation)
    theirs = select(entry.c.voucher).where(mine).limit(1).scalar_subquery()
    as_before = mine & (entry.c.presentation == staged.c.presentation) & (entry.c.voucher_id == staged.c.voucher_id)
    as_before &= voucher.c.id == entry.c.voucher
    pages = select(func.coalesce(func.max(voucher.c.pages), 0)).where(as_before).scalar_subquery()
    outcome = select(entry.c.outcome).where(mine).limit(1).scalar_subquery()
    values: dict[str, Any] = {"voucher": theirs, "outcome": outcome} | ({"pages": pages} if same_look else {})
    known = (staged.c.run_id == run_id) & staged.c.obligation.is_not(None)
    # A row that cannot be read, but says whose it is, is told apart from one that is gone: its old bill stands.
    named = (
        (entry.c.run_id == run_id) & (entry.c.obligation_id == staged.c.obligation_id) & (entry.c.obligation_id != "")
    )
    theirs_by_name = select(entry.c.obligation).where(named, entry.c.obligation.is_not(None)).limit(1)
    unread = (staged.c.run_id == run_id) & staged.c.record.is_(None) & staged.c.faulty & ~staged.c.dropped
    with ledger.transaction() as connection:
        connection.execute(update(staged).where(unread).values(obligation=theirs_by_name.scalar_subquery()))
        connection.execute(update(staged).where(known).values(values))
        if same_look:
            measured = staged.c.bundle.in_(_otherwise_composed(run_id))
            connection.execute(update(staged).where(staged.c.run_id == run_id, measured).values(pages=0))


def _otherwise_composed(run_id: int) -> Select[Any]:
    """Vouchers to be whose rows are not all, and only, those that they had: their pages must be counted again."""
    wanted = (
        select(
            staged.c.bundle,
            func.count().label("rows"),
            func.min(staged.c.pages).label("pages"),
            func.max(staged.c.voucher).label("voucher"),
        )
        .where(staged.c.run_id == run_id)
        .group_by(staged.c.bundle)
        .subquery()
    )
    had = select(func.count()).where(entry.c.voucher == wanted.c.voucher, ~entry.c.faulty).scalar_subquery()
    return select(wanted.c.bundle).where((wanted.c.pages == 0) | (wanted.c.rows != had))


def counters(ledger: Ledger, run_id: int) -> Counters:
    """Where numbering goes on."""
    with ledger.transaction() as connection:
        key = connection.execute(select(func.coalesce(func.max(voucher.c.id), 0))).scalar_one()
        ordinal, sequence = connection.execute(
            select(func.coalesce(func.max(voucher.c.ordinal), 0), func.coalesce(func.max(voucher.c.sequence), 0)).where(
                voucher.c.run_id == run_id
            )
        ).one()
        number = connection.execute(
            select(func.coalesce(func.max(lot.c.number), 0)).where(lot.c.run_id == run_id)
        ).scalar_one()
    return Counters(key + 1, ordinal + 1, sequence + 1, number + 1)


def taken_names(ledger: Ledger, run_id: int, folded: Sequence[str]) -> set[str]:
    """Which of these case-folded file names the run already uses."""
    query = select(voucher.c.folded).where(voucher.c.run_id == run_id, voucher.c.folded.in_(folded))
    with ledger.transaction() as connection:
        return set(connection.execute(query).scalars())


def presentations(ledger: Ledger, run_id: int, vouchers: Iterable[int]) -> dict[int, list[bytes]]:
    """How each of these vouchers read so far: the hashes of its obligations, in their order."""
    keys = list(vouchers)
    mine = (entry.c.run_id == run_id) & entry.c.voucher.in_(keys) & ~entry.c.faulty
    query = select(entry.c.voucher, entry.c.presentation).where(mine).order_by(entry.c.position)
    found: dict[int, list[bytes]] = {}
    with ledger.transaction() as connection:
        for key, presentation in connection.execute(query):
            found.setdefault(key, []).append(presentation)
    for key, inputs in inputs_of_standing(ledger, [key for key in keys if key not in found]).items():
        found[key] = [identity.presentation_hash(_obligation.decode(record)) for record, _ in inputs]
    return found


def altered(ledger: Ledger, run_id: int) -> list[int]:
    """Rendered vouchers from which the image takes a row: it reads differently, is faulty now, elsewhere, or gone."""
    same = exists().where(
        staged.c.run_id == run_id,
        staged.c.obligation_id == entry.c.obligation_id,
        staged.c.voucher_id == entry.c.voucher_id,
        staged.c.presentation == entry.c.presentation,
        ~staged.c.faulty,
    )
    query = (
        select(voucher.c.id)
        .distinct()
        .join(entry, entry.c.voucher == voucher.c.id)
        .where(voucher.c.run_id == run_id, voucher.c.state == "rendered", ~entry.c.faulty, ~same)
        .order_by(voucher.c.id)
    )
    with ledger.transaction() as connection:
        return list(connection.execute(query).scalars())


def vouchers_named(ledger: Ledger, run_id: int, voucher_ids: Sequence[str]) -> dict[str, int]:
    """The vouchers that the run has under these ids, those that no row named for a while among them."""
    query = select(voucher.c.voucher_id, voucher.c.id).where(
        voucher.c.run_id == run_id, voucher.c.voucher_id.in_(voucher_ids)
    )
    with ledger.transaction() as connection:
        return dict(connection.execute(query).all())


class Place(msgspec.Struct, frozen=True):
    """Where a voucher stands in print.

    ``left_behind``: it failed and its lot was sealed without it, or its lot is with the printer.
    """

    lot: int | None
    sequence: int | None
    pages: int
    left_behind: bool


def places(ledger: Ledger, vouchers: Iterable[int]) -> dict[int, Place]:
    """Places by voucher."""
    lot_state = func.coalesce(lot.c.state, "")
    left_behind = ((voucher.c.state == "failed") & (lot_state == "sealed")) | (lot_state == "released")
    query = (
        select(voucher.c.id, voucher.c.lot, voucher.c.sequence, voucher.c.pages, left_behind)
        .outerjoin(lot, (lot.c.run_id == voucher.c.run_id) & (lot.c.number == voucher.c.lot))
        .where(voucher.c.id.in_(list(vouchers)))
    )
    with ledger.transaction() as connection:
        return {key: Place(*values) for key, *values in connection.execute(query)}


class Failed(msgspec.Struct, frozen=True):
    """A voucher that failed; ``sealed`` says whether its lot went on, or to the printer, without it."""

    id: int
    pages: int
    printed: bool
    lot: int | None
    sequence: int | None
    sealed: bool


def failed(ledger: Ledger, run_id: int, *, permanent: bool) -> list[Failed]:
    """The failed vouchers that a new attempt may mend, in order; ``permanent`` includes those refused for good.

    One that waited for a person is mended by the decision; where a person must still decide, or gave it up, it is not.
    """
    mine = (entry.c.voucher == voucher.c.id) & (effect.c.obligation == entry.c.obligation) & (effect.c.kind == "create")
    personal = exists().where(mine, effect.c.state.in_(("held", "abandoned")))
    for_good = exists().where(mine, effect.c.state == "refused", ~effect.c.transient)
    decided = voucher.c.reason.in_(("outcome-unknown", "given-up"))
    passing = exists().where(mine, effect.c.state.in_(("unknown", "planned", "refused")))
    query = (
        select(
            voucher.c.id,
            voucher.c.pages,
            voucher.c.printed,
            voucher.c.lot,
            voucher.c.sequence,
            func.coalesce(lot.c.state, "").in_(("sealed", "released")),
        )
        .outerjoin(lot, (lot.c.run_id == voucher.c.run_id) & (lot.c.number == voucher.c.lot))
        .where(voucher.c.run_id == run_id, voucher.c.state == "failed", ~personal)
        .order_by(voucher.c.ordinal)
    )
    if not permanent:
        query = query.where(passing | decided, ~for_good)
    with ledger.transaction() as connection:
        return [Failed(*row) for row in connection.execute(query)]


_ADD = insert(voucher)


def add_vouchers(ledger: Ledger, run_id: int, vouchers: Sequence[NewVoucher]) -> None:
    """Enters vouchers, and the lots that they begin."""
    if not vouchers:
        return
    with ledger.transaction() as connection:
        many(connection, _ADD, [msgspec.structs.asdict(new) for new in vouchers], run_id=run_id, state="pending")
        add_lots(ledger, run_id, {new.lot for new in vouchers if new.lot is not None})


def add_lots(ledger: Ledger, run_id: int, numbers: set[int]) -> None:
    """Begins those of the lots that do not exist yet."""
    with ledger.transaction() as connection:
        query = select(lot.c.number).where(lot.c.run_id == run_id, lot.c.number.in_(numbers))
        begun = set(connection.execute(query).scalars())
        fresh = [{"run_id": run_id, "number": number, "state": "open"} for number in sorted(numbers - begun)]
        if fresh:
            connection.execute(insert(lot), fresh)


def place(ledger: Ledger, changes: Sequence[dict[str, Any]]) -> None:
    """Gives vouchers (``b_id``) another ``lot``, ``sequence``, ``pages`` and ``printed``; they wait again."""
    names = ("lot", "sequence", "pages", "printed")
    statement = update(voucher).where(voucher.c.id == bindparam("b_id"))
    if changes:
        with ledger.transaction() as connection:
            values: dict[str, Any] = {name: bindparam(f"b_{name}") for name in names}
            connection.execute(statement.values(**values, state="pending", reason=""), list(changes))
            again = [change["b_id"] for change in changes]
            connection.execute(update(entry).where(entry.c.voucher.in_(again)).values(outcome=None))


def take_entries(ledger: Ledger, run_id: int) -> None:
    """The image becomes the run's rows, in the place of those it had."""
    with ledger.transaction() as connection:
        search.index_staged(connection, run_id)
        connection.execute(delete(entry).where(entry.c.run_id == run_id))
        source = select(*(staged.c[name] for name in _ENTRY)).where(staged.c.run_id == run_id)
        connection.execute(insert(entry).from_select(list(_ENTRY), source))
        # A voucher that no sound row names any more is neither printed nor issued again; but where the row is there
        # and only its change was refused, the bill that was made stands.
        mine = (entry.c.run_id == run_id) & entry.c.voucher.is_not(None)
        named = select(entry.c.voucher).where(mine, ~entry.c.faulty)
        refused = select(entry.c.voucher).where(mine, entry.c.faulty)
        made = voucher.c.state.in_(("rendered", "pending")) & (voucher.c.sha256 != "")
        stands = made & voucher.c.id.in_(refused)
        unnamed = (voucher.c.run_id == run_id) & voucher.c.id.not_in(named) & ~stands
        connection.execute(update(voucher).where(unnamed).values(state="withdrawn"))
        returned = (voucher.c.run_id == run_id) & (voucher.c.state == "withdrawn") & voucher.c.id.in_(named)
        connection.execute(update(voucher).where(returned).values(state="pending"))
        waiting = select(voucher.c.id).where(voucher.c.run_id == run_id, voucher.c.state == "pending")
        stale = (entry.c.run_id == run_id) & entry.c.outcome.is_not(None) & entry.c.voucher.in_(waiting)
        connection.execute(update(entry).where(stale).values(outcome=None))
