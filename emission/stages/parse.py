"""Records of the files → rows and details as the ledger keeps them, in a worker, which needs no ledger for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

import msgspec

from emission import identity
from emission.intake import LineParser, ParsedLine, ParsedRow, Record, RowParser

_pack = msgspec.msgpack.Encoder().encode
_lines = msgspec.msgpack.Decoder(list[ParsedLine])


class Rows(msgspec.Struct, frozen=True):
    """Records of the batch to read; the first of them is the row of that number."""

    parser: RowParser
    first: int
    records: list[Record]


class Lines(msgspec.Struct, frozen=True):
    """Records of the detail file to read."""

    parser: LineParser
    records: list[Record]


class PackedRow(msgspec.Struct, frozen=True):
    """One row, read. The fields are those of :class:`~emission.ledger.staging.Staged`; ``corrects`` is intake's."""

    row: int
    corrects: int | None
    obligation_id: str
    voucher_id: str
    amount: int | None
    content: bytes
    parsed: bytes
    record: bytes | None
    presentation: bytes | None


class PackedLines(msgspec.Struct, frozen=True):
    """Details of one obligation that stand together in their file, from that line on."""

    obligation_id: str
    line: int
    lines: bytes


def parse_rows(rows: Rows) -> list[PackedRow]:
    """Every record's row, sound or not."""
    return [_packed(rows.parser.parse(number, record)) for number, record in enumerate(rows.records, rows.first)]


def parse_lines(lines: Lines) -> list[PackedLines]:
    """Every record's detail, sound or not, those of an obligation together."""
    groups = groupby(map(lines.parser.parse, lines.records), attrgetter("obligation_id"))
    return [_together(obligation_id, list(group)) for obligation_id, group in groups]


def unpacked(packed: Iterable[bytes]) -> list[ParsedLine]:
    """The lines of :class:`PackedLines`, in their order."""
    return [line for lines in packed for line in _lines.decode(lines)]


def _together(obligation_id: str, lines: list[ParsedLine]) -> PackedLines:
    return PackedLines(obligation_id, lines[0].line, _pack(lines))


def _packed(parsed: ParsedRow) -> PackedRow:
    obligation = parsed.obligation
    return PackedRow(
        row=parsed.row,
        corrects=parsed.corrects,
        obligation_id=parsed.obligation_id,
        voucher_id=parsed.voucher_id,
        amount=parsed.amount,
        content=hashlib.blake2b(_pack(parsed.original), digest_size=16).digest(),
        parsed=_pack(msgspec.structs.replace(parsed, obligation=None)),
        record=None if obligation is None else _pack(obligation),
        presentation=None if obligation is None else identity.presentation_hash(obligation),
    )
