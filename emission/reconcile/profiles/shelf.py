"""Profiles of files as files: those that are shipped, by name, and an office's own, by path."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from emission import money, shelf
from emission.reconcile.profiles.profile import NAMES, Field, Profile, Record


@functools.cache
def shipped() -> dict[str, Profile]:
    """Every shipped profile by its name, in the order of names."""
    return shelf.shelved(files(__package__), Profile)


def load(name: str, folder: Path) -> Profile:
    """The profile ``name``: a shipped one, or the TOML file of that path below ``folder``.

    Raises:
        UsageError: there is none, the file says what no profile says, or no file could be read by it.
    """
    return shelf.load(name, folder, shipped(), Profile, wrong, "payments-profile")


def wrong(profile: Profile) -> Iterator[tuple[str, str]]:
    """The keys of a profile by which no file could be read, and what stands there."""
    if profile.currency not in money.DECIMALS:
        yield "currency", profile.currency
    if not _is_date(profile.date):
        yield "date", profile.date
    if profile.implied is not None and not 0 <= profile.implied <= money.DECIMALS.get(profile.currency, 2):
        yield "implied", str(profile.implied)
    if profile.format == "delimited" and (len(profile.delimiter) != 1 or profile.delimiter in '"\r\n '):
        yield "delimiter", repr(profile.delimiter)
    if not _is_pattern(profile.number):
        yield "number", profile.number
    payments = [record for record in profile.records if record.what == "payment"]
    if not payments:
        yield "records", "payment: -"
    for place, record in enumerate(profile.records):
        for key, found in _wrong_in(profile, record):
            yield f"records.{place}.{key}", found


def _wrong_in(profile: Profile, record: Record) -> Iterator[tuple[str, str]]:
    said = [field.says for field in record.fields]
    if record.what == "payment":
        if "amount" not in said:
            yield "fields", "amount: -"
        if not {*NAMES, "reference"} & set(said):
            yield "fields", f"{' | '.join(NAMES)}: -"
    for twice in sorted({says for says in said if said.count(says) > 1 and says not in ("charge", "fixed")}):
        yield "fields", f"{twice}: {said.count(twice)}"
    for place, field in enumerate(record.fields):
        if not _is_placed(profile, field):
            yield f"fields.{place}", field.says
        if field.says == "charge" and not field.charge:
            yield f"fields.{place}.charge", "-"


def _is_placed(profile: Profile, field: Field) -> bool:
    """Whether a field says where it stands, in the way of the profile."""
    if profile.format == "fixed":
        within = not profile.length or field.at + field.length - 1 <= profile.length
        return field.at > 0 and field.length > 0 and not field.column and within
    if field.at or field.length:
        return False
    return field.column > 0 if isinstance(field.column, int) else bool(field.column) and profile.columns


def _is_date(form: str) -> bool:
    probe = datetime.date(2001, 2, 3)
    try:
        return datetime.datetime.strptime(probe.strftime(form), form).date() == probe  # noqa: DTZ007 - a calendar's day has no zone
    except ValueError:
        return False


def _is_pattern(pattern: str) -> bool:
    try:
        return not pattern or re.compile(pattern).groups == 1
    except re.error:
        return False
