"""What the digits of a code say, against what the record says: amounts, due dates, agreement, operation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from emission.codes.agreements import dates
from emission.codes.agreements.profile import Field, Profile, fault
from emission.model import DueDate


def spoken(
    profile: Profile, due_dates: Sequence[DueDate], *, agreement: str = "", operation: str = ""
) -> dict[str, str]:
    """Field name → what it has to say of this record; nothing of fields that say nothing, or of what is not known.

    ``agreement`` and ``operation`` are digits. A number that does not fit its field stands there whole: it differs.

    Raises:
        CodeError: ``agreement-due-dates`` (none, or more than the fields have room for) or ``agreement-date`` (a year
            that two digits cannot say).
    """
    most = profile.due_dates
    if most and not 1 <= len(due_dates) <= most:
        raise fault("agreement-due-dates", str(len(due_dates)), most=str(most))
    numbers = {"agreement": agreement, "operation": operation}
    found = {}
    for field in profile.fields:
        text = numbers.get(field.says, "") if field.says in numbers else _of_due(field, due_dates)
        if text:
            found[field.name] = text.zfill(field.length)
    return found


def differences(says: Mapping[str, str], expected: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Field name, what it says, what it should say."""
    for name, right in expected.items():
        if says.get(name, "") != right:
            yield name, says.get(name, ""), right


def _of_due(field: Field, due_dates: Sequence[DueDate]) -> str:
    """What an amount, a surcharge, a date or a number of days says; zeros where the bill has no such date."""
    if field.says not in ("amount", "surcharge", "date", "days"):
        return ""
    if field.due > len(due_dates):
        return "0"
    mine, first = due_dates[field.due - 1], due_dates[0]
    if field.says == "amount":
        return str(mine.amount)
    if field.says == "surcharge":
        return str(mine.amount - first.amount)
    if field.says == "days":
        return str((mine.date - due_dates[max(0, field.due - 2)].date).days)
    return _date(field, mine.date)


def _date(field: Field, date: dt.date) -> str:
    try:
        return dates.written(date, field.dates)
    except ValueError:
        raise fault("agreement-date", date.isoformat()) from None
