"""Papers, those that stand and those that were kept: all that it takes to draw them once more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, literal, select

from emission.ledger.renderings import Input, inputs_of
from emission.ledger.schema import lot, rendering, voucher
from emission.ledger.store import Ledger

_inputs = msgspec.msgpack.Decoder(tuple[Input, ...])


class Paper(msgspec.Struct, frozen=True):
    """A paper with all that its bytes come from.

    ``stands`` says how: ``current``; ``refused`` (valid, though its row now asks for something that was refused);
    ``older`` (another one took its place); ``withdrawn`` (no row names the voucher any more).
    ``retired_at`` (seconds since 1970, UTC) is 0 for a paper that was never put away.
    """

    voucher: int
    voucher_id: str
    file: str
    sha256: str
    look: str
    pages: int
    lot: int | None
    sequence: int | None
    stands: str
    released: bool
    retired_at: float
    inputs: tuple[Input, ...]


class Lot(msgspec.Struct, frozen=True):
    """A lot as the ledger has it; ``state`` is ``open``, ``sealed`` or ``released``."""

    number: int
    state: str
    vouchers: int
    pages: int
    file: str
    sha256: str
    look: str


def lot_of(ledger: Ledger, run_id: int, number: int) -> Lot | None:
    """The lot of that number."""
    columns = (lot.c[name] for name in Lot.__struct_fields__)
    with ledger.transaction() as connection:
        row = connection.execute(select(*columns).where(lot.c.run_id == run_id, lot.c.number == number)).first()
    return None if row is None else Lot(*row)


class Place(msgspec.Struct, frozen=True):
    """A voucher's place in a lot; ``rendering`` is the kept paper that lies there, or the present one (``None``)."""

    sequence: int
    voucher: int
    rendering: int | None
    pages: int


def in_lot(ledger: Ledger, run_id: int, number: int) -> list[Place]:
    """The places of a lot in sequence; of a released one, those that went to the printer."""
    printed = (voucher.c.run_id == run_id, voucher.c.lot == number, voucher.c.printed, voucher.c.state == "rendered")
    now = select(voucher.c.sequence, voucher.c.id, literal(None), voucher.c.pages).where(*printed)
    went = (rendering.c.run_id == run_id, rendering.c.lot == number, rendering.c.released)
    before = select(rendering.c.sequence, rendering.c.voucher, rendering.c.id, rendering.c.pages).where(*went)
    before = before.order_by(rendering.c.id)
    with ledger.transaction() as connection:
        found = [Place(*row) for query in (now, before) for row in connection.execute(query)]
    # What went to the printer lies there, whatever came to its place since.
    places = {place.sequence: place for place in found}
    return [places[sequence] for sequence in sorted(places)]


def papers(ledger: Ledger, places: Sequence[Place]) -> list[Paper]:
    """The papers at these places, in their order."""
    now = current(ledger, [place.voucher for place in places if place.rendering is None])
    before = _read(ledger, rendering.c.id.in_([place.rendering for place in places if place.rendering is not None]))
    mine = {(paper.voucher, paper.sequence): paper for paper in (*before, *now)}
    return [mine[place.voucher, place.sequence] for place in places]


def current(ledger: Ledger, vouchers: Sequence[int]) -> list[Paper]:
    """The papers of those of the vouchers that are rendered."""
    # The digital bytes do not tell whether a page for print was made of the same record.
    same = (voucher.c.id == rendering.c.voucher) & (voucher.c.sha256 == rendering.c.sha256)
    same &= voucher.c.printed == rendering.c.printed
    with ledger.transaction() as connection:
        heads = connection.execute(select(voucher).where(voucher.c.id.in_(vouchers), voucher.c.state == "rendered"))
        rows = [dict(row) for row in heads.mappings()]
        drawn_from = inputs_of(connection, vouchers)
        query = select(rendering.c.voucher, rendering.c.inputs).join(voucher, same)
        kept_inputs = dict(connection.execute(query.where(rendering.c.voucher.in_(vouchers))).all())
    found = []
    for row in rows:
        named, packed = drawn_from.get(row["id"]), kept_inputs.get(row["id"])
        # What is kept is surely what these bytes came from; the rows may be another run's business by now.
        inputs = _inputs.decode(packed) if packed else tuple(named or ())
        stands = "current" if named else "refused"
        found.append(_paper(row, row["id"], stands, inputs, released=False, retired_at=0.0))
    return found


def kept(ledger: Ledger, key: int) -> list[Paper]:
    """The papers that a voucher was before, the last one first."""
    return _read(ledger, rendering.c.voucher == key)


def _read(ledger: Ledger, condition: ColumnElement[bool]) -> list[Paper]:
    query = (
        select(
            rendering,
            voucher.c.voucher_id,
            voucher.c.file,
            voucher.c.state,
            (voucher.c.sha256 == rendering.c.sha256).label("same"),
        )
        .join(voucher, voucher.c.id == rendering.c.voucher)
        .where(condition)
        .order_by(rendering.c.id.desc())
    )
    with ledger.transaction() as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    found = []
    for row in rows:
        inputs = _inputs.decode(row["inputs"])
        stands = _standing(row["state"], same=row["same"])
        paper = _paper(row, row["voucher"], stands, inputs, released=row["released"], retired_at=row["retired_at"])
        found.append(paper)
    return found


def _standing(state: str, *, same: bool) -> str:
    if state == "withdrawn":
        return "withdrawn"
    return "current" if same and state == "rendered" else "older"


def _paper(
    row: dict[str, Any], key: int, stands: str, inputs: tuple[Input, ...], *, released: bool, retired_at: float
) -> Paper:
    names = ("voucher_id", "file", "sha256", "look", "pages", "lot", "sequence")
    values = {name: row[name] for name in names}
    return Paper(voucher=key, stands=stands, released=released, retired_at=retired_at, inputs=inputs, **values)
