"""Which column of the file is which of ours: by ``[batch.columns]``, else by its own name."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from emission.errors import BatchError, ConfigurationError, UsageError

BATCH = (
    "obligation_id", "voucher_id", "label", "account", "payer_name", "payer_first_name", "payer_last_name",
    "payer_id_type", "payer_id", "payer_email", "postal_street", "postal_number", "postal_extra", "postal_city",
    "postal_code", "postal_province", "property_address", "concept", "tax", "period", "currency",
    "amount", "due_date", "amount_2", "due_date_2", "amount_3", "due_date_3", "payable", "legend", "channel", "message",
)  # fmt: skip
BATCH_REQUIRED = ("obligation_id", "payer_name", "amount", "due_date")
SUPPLIED = (
    "operation", "barcode", "barcode_2", "barcode_3", "qr", "payment_url", "payment_code", "link_code", "pmc_code",
)  # fmt: skip
LINES = ("obligation_id", "concept", "period", "amount", "surcharge", "total")
# What our own rejected.csv adds at the end of a row, so that it can be corrected and fed back.
CORRECTION = ("row", "fields", "reasons")


def expected(names: Iterable[str], mapping: Mapping[str, str]) -> frozenset[str]:
    """The names (casefolded) that the file may use for ``names``."""
    return frozenset(mapping.get(name, name).strip().casefold() for name in names)


def check_keys(mapping: Mapping[str, str], ours: Sequence[str], table: str) -> None:
    """Every key of ``[batch.columns]`` or ``[batch.lines_columns]`` is a column of ours.

    Raises:
        ConfigurationError: names every key that is not, and the nearest that is.
    """
    problems = [
        UsageError("column-key-unknown", key=f"{table}.{key}", nearest=_nearest(key, ours), allowed=", ".join(ours))
        for key in mapping
        if key not in ours
    ]
    if problems:
        raise ConfigurationError(problems, "emission.toml")


def bind(
    header: Sequence[str], ours: Sequence[str], mapping: Mapping[str, str], required: Sequence[str], file: str
) -> dict[str, int]:
    """Our column names → their places in ``header``, those that the file has.

    A name matches exactly, or else regardless of case where only one column does.

    Raises:
        BatchError: two columns of one name; a required or mapped column that is not there.
    """
    names = [unicodedata.normalize("NFC", name) for name in header]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise BatchError("column-twice", path=file, columns=", ".join(twice))
    places: dict[str, int] = {}
    missing: list[str] = []
    for column in ours:
        theirs = unicodedata.normalize("NFC", mapping.get(column, column).strip())
        place = _place(theirs, names)
        if place is not None:
            places[column] = place
        elif column in required or column in mapping:
            missing.append(theirs)
    if missing:
        raise BatchError(
            "column-missing" if places else "header-missing",
            path=file,
            columns=", ".join(missing),
            found=", ".join(name[:40] for name in names if name) or "—",
            nearest=", ".join(_nearest(name, names) for name in missing),
        )
    return places


def _place(name: str, names: Sequence[str]) -> int | None:
    if name in names:
        return names.index(name)
    alike = [place for place, other in enumerate(names) if other.casefold() == name.casefold()]
    return alike[0] if len(alike) == 1 else None


def _nearest(name: str, names: Sequence[str]) -> str:
    folded = {other.casefold(): other for other in names}
    found = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.5)
    return folded[found[0]] if found else "—"
