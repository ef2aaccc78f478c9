"""Records of the files → rows and details as the ledger keeps them, in a worker, which needs no ledger for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

import msgspec

from emission import identity
from emission.intake import LineParser, ParsedLine, ParsedRow, Record, RowParser
from emission.model import Obligation
from emission.words import words_of

_pack = msgspec.msgpack.Encoder().encode
_obligation = msgspec.msgpack.Decoder(Obligation)
_lines = msgspec.msgpack.Decoder(list[ParsedLine])


class Rows(msgspec.Struct, frozen=True):
    """Records of the batch to read; the first of them is the row of that number.

    ``environment`` and ``issuer`` are part of who an obligation is.
    """

    environment: str
    issuer: str
    parser: RowParser
    first: int
    records: list[Record]


class Records(msgspec.Struct, frozen=True):
    """Packed obligations that were read before, each with the id of its voucher."""

    environment: str
    issuer: str
    packed: list[tuple[str, bytes]]


class Lines(msgspec.Struct, frozen=True):
    """Records of the detail file to read."""

    parser: LineParser
    records: list[Record]


class Filed(msgspec.Struct, frozen=True):
    """How an obligation is filed: by which identity, hash of what is payable, and words it is found.

    ``printed`` says whether its voucher goes on paper.
    """

    identity: str
    payable_hash: bytes
    payable: bool
    printed: bool
    words: str


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
    filed: Filed | None


class PackedLines(msgspec.Struct, frozen=True):
    """Details of one obligation that stand together in their file, from that line on."""

    obligation_id: str
    line: int
    lines: bytes


def parse_rows(rows: Rows) -> list[PackedRow]:
    """Every record's row, sound or not."""
    parse = rows.parser.parse
    return [_packed(parse(number, record), rows) for number, record in enumerate(rows.records, rows.first)]


def parse_lines(lines: Lines) -> list[PackedLines]:
    """Every record's detail, sound or not, those of an obligation together."""
    groups = groupby(map(lines.parser.parse, lines.records), attrgetter("obligation_id"))
    return [_together(obligation_id, list(group)) for obligation_id, group in groups]


def file(records: Records) -> list[Filed]:
    """How obligations are filed that were read before."""
    return [
        _filed(_obligation.decode(record), voucher_id, records.environment, records.issuer)
        for voucher_id, record in records.packed
    ]


def unpacked(packed: Iterable[bytes]) -> list[ParsedLine]:
    """The lines of :class:`PackedLines`, in their order."""
    return [line for lines in packed for line in _lines.decode(lines)]


def _together(obligation_id: str, lines: list[ParsedLine]) -> PackedLines:
    return PackedLines(obligation_id, lines[0].line, _pack(lines))


def _packed(parsed: ParsedRow, rows: Rows) -> PackedRow:
    obligation = parsed.obligation
    # A row without voucher id is a voucher of its own, under its obligation's id.
    voucher_id = parsed.voucher_id or parsed.obligation_id
    return PackedRow(
        row=parsed.row,
        corrects=parsed.corrects,
        obligation_id=parsed.obligation_id,
        voucher_id=voucher_id,
        amount=parsed.amount,
        content=hashlib.blake2b(_pack(parsed.original), digest_size=16).digest(),
        parsed=_pack(msgspec.structs.replace(parsed, obligation=None)),
        record=None if obligation is None else _pack(obligation),
        presentation=None if obligation is None else identity.presentation_hash(obligation),
        filed=None if obligation is None else _filed(obligation, voucher_id, rows.environment, rows.issuer),
    )


def _filed(obligation: Obligation, voucher_id: str, environment: str, issuer: str) -> Filed:
    return Filed(
        identity=identity.identity(environment, issuer, obligation),
        payable_hash=identity.payable_hash(obligation),
        payable=obligation.payable,
        printed=obligation.channel.printed,
        words=" ".join(words_of(voucher_id, obligation)),
    )
