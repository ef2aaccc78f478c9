"""What an audit says: differences, remarks, and what it counted on its way."""

from __future__ import annotations

import msgspec


class Where(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place: the file, the row of the batch, the obligation's or the voucher's id, the column."""

    file: str = ""
    row: int = 0
    id: str = ""
    column: str = ""


class Difference(msgspec.Struct, frozen=True):
    """Two places that should say the same and do not; ``code`` is stable, its sentence is wording's ``audit-CODE``."""

    code: str
    where: Where
    expected: str = ""
    found: str = ""


class Remark(msgspec.Struct, frozen=True):
    """What could not be compared, and is no difference."""

    code: str
    where: Where
    detail: str = ""


Finding = Difference | Remark


class Counted(msgspec.Struct):
    """What has been compared so far. Amounts in minor units, by status."""

    rows: dict[str, int] = {}
    amounts: dict[str, int] = {}
    input_rows: int = 0
    manifest_rows: int = 0
    papers: int = 0
    lots: int = 0
    lot_pages: int = 0
    codes: int = 0


class Audit(msgspec.Struct, frozen=True):
    """An audit that is over."""

    batch: str
    environment: str
    currency: str
    folder: str
    counted: Counted
    differences: int
    seconds: float


def differing(where: Where, found: tuple[tuple[str, object, object], ...], code: str) -> list[Difference]:
    """A difference for each of ``found`` (column, expected, found) that does not agree."""
    return [
        Difference(code, msgspec.structs.replace(where, column=column), text_of(expected), text_of(actual))
        for column, expected, actual in found
        if expected != actual
    ]


def text_of(value: object) -> str:
    """``value`` as an auditor reads it: bytes in hexadecimal, nothing as ``-``."""
    if isinstance(value, bytes):
        return value.hex()
    return "-" if value is None else str(value)
