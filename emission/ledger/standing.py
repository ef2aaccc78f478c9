"""Bills that stand though their rows do not: the change that a row asked for was refused, the old paper is valid."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import BindParameter, bindparam, func, insert, select

from emission.ledger.renderings import Input
from emission.ledger.schema import entry, rendering, voucher
from emission.ledger.store import Ledger

_inputs = msgspec.msgpack.Decoder(list[Input])
_pack = msgspec.msgpack.Encoder().encode

_ANY: BindParameter[int] = bindparam("vouchers", expanding=True)
_STANDING = (
    select(rendering.c.voucher, rendering.c.inputs)
    .join(voucher, (voucher.c.id == rendering.c.voucher) & (voucher.c.sha256 == rendering.c.sha256))
    .where(
        rendering.c.voucher.in_(_ANY),
        rendering.c.voucher.not_in(select(entry.c.voucher).where(entry.c.voucher.in_(_ANY), ~entry.c.faulty)),
    )
    .order_by(rendering.c.id)
)


def inputs_of_standing(ledger: Ledger, vouchers: Sequence[int]) -> dict[int, list[Input]]:
    """What those of the vouchers that no sound row names were last drawn from, by voucher."""
    if not vouchers:
        return {}
    with ledger.transaction() as connection:
        found = connection.execute(_STANDING, {"vouchers": vouchers}).all()
    return {key: _inputs.decode(packed) for key, packed in found}


def redrawn(ledger: Ledger, digests: Mapping[int, str], look: str) -> None:
    """Keeps what those of these vouchers that stand so are drawn from, under the hash that they have now.

    Comes before the ledger says that they were rendered with ``look``: their rows could not tell it any more.
    """
    inputs = inputs_of_standing(ledger, list(digests))
    if not inputs:
        return
    names = ("run_id", "pages", "printed", "lot", "sequence")
    query = select(voucher.c.id.label("voucher"), *(voucher.c[name] for name in names))
    with ledger.transaction() as connection:
        kept = select(rendering.c.voucher, rendering.c.sha256).where(rendering.c.voucher.in_(inputs))
        known = {(key, digest) for key, digest in connection.execute(kept)}
        found = connection.execute(query.where(voucher.c.id.in_(inputs))).mappings().all()
        rows = [
            {
                **row,
                "sha256": digests[row["voucher"]],
                "look": look,
                "released": False,
                "inputs": _pack(inputs[row["voucher"]]),
                "retired_at": time.time(),
            }
            for row in found
            if (row["voucher"], digests[row["voucher"]]) not in known
        ]
        if rows:
            connection.execute(insert(rendering), rows)


def count(ledger: Ledger, run_id: int) -> int:
    """How many bills of the run stand so."""
    named = select(entry.c.voucher).where(entry.c.run_id == run_id, ~entry.c.faulty, entry.c.voucher.is_not(None))
    mine = (voucher.c.run_id == run_id) & (voucher.c.state == "rendered") & voucher.c.id.not_in(named)
    with ledger.transaction() as connection:
        return int(connection.execute(select(func.count()).select_from(voucher).where(mine)).scalar_one())
