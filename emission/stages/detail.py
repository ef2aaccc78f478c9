"""Details join their obligations, in a worker: are they sound, and do they add up to what is owed?"""

from __future__ import annotations

import msgspec

from emission import identity, money
from emission.intake import ParsedLine
from emission.model import Fault, Obligation, Severity
from emission.stages.parse import unpacked

_obligation = msgspec.msgpack.Decoder(Obligation)
_pack = msgspec.msgpack.Encoder().encode


class Undetailed(msgspec.Struct, frozen=True):
    """A packed obligation, and its packed lines."""

    record: bytes
    lines: tuple[bytes, ...]


class Detailed(msgspec.Struct, frozen=True):
    """The packed obligation with its lines, the hash of how it reads now, and what is wrong with them."""

    record: bytes
    presentation: bytes
    faults: tuple[Fault, ...]


def detail(rows: list[Undetailed]) -> list[Detailed]:
    """Each of ``rows`` with its lines, in order."""
    return [_detailed(_obligation.decode(row.record), unpacked(row.lines)) for row in rows]


def _detailed(obligation: Obligation, lines: list[ParsedLine]) -> Detailed:
    faults = [
        msgspec.structs.replace(fault, field=f"lines:{line.line}:{fault.field}")
        for line in lines
        for fault in line.faults
    ]
    details = tuple(line.detail for line in lines if line.detail is not None)
    total = sum(detail.total for detail in details)
    readable = all(fault.severity is not Severity.ERROR for fault in faults)
    if readable and total != obligation.amount:
        params = {
            "total": money.plain(total, obligation.currency),
            "amount": money.plain(obligation.amount, obligation.currency),
        }
        faults.append(Fault("lines-sum", "amount", params["amount"], params=params))
    told = msgspec.structs.replace(obligation, lines=details)
    return Detailed(_pack(told), identity.presentation_hash(told), tuple(faults))
