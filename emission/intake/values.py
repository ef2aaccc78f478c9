"""One field's text → a typed value, or the fault that says what is wrong with it.

Readers take the text already cleaned (NFC, no blanks around it) and append to ``faults``.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import unicodedata
from collections.abc import Callable

from email_validator import EmailNotValidError, validate_email
from stdnum.ar import cuit

from emission import money
from emission.errors import ConfigurationError, UsageError
from emission.intake import mojibake
from emission.model import Channel, Fault, Severity

Faults = list[Fault]

_YES = frozenset(("", "si", "sí", "s", "yes", "y", "1", "true", "x"))
_NO = frozenset(("no", "n", "0", "false"))
_CHANNELS = {
    "": Channel.BOTH, "both": Channel.BOTH, "ambos": Channel.BOTH,
    "print": Channel.PRINT, "impreso": Channel.PRINT, "papel": Channel.PRINT,
    "email": Channel.EMAIL, "e-mail": Channel.EMAIL, "mail": Channel.EMAIL, "correo": Channel.EMAIL,
    "digital": Channel.DIGITAL,
}  # fmt: skip
# Digits by type: the three keys of AFIP have 11 with a check digit; the old booklets have 6 to 8.
_ID_DIGITS = {"DNI": (7, 8), "LE": (6, 8), "LC": (6, 8), "CI": (5, 9)}
_KEYS = frozenset(("CUIT", "CUIL", "CDI"))
# With the marks that turn the direction of text: a name must read on paper as it is stored.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_BREAKS = re.compile(r"[\t\r\n]+")
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d+")
_SHOWN = 200
# A dot-atom of RFC 5322, section 3.2.3, of the characters that people have; the longest path of RFC 5321, 4.5.3.1.
_PLAIN_LOCAL = re.compile(r"(?=.{1,64}\Z)[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")
_LONGEST_ADDRESS = 254


def fault(faults: Faults, code: str, field: str, value: str, *, warning: bool = False, **params: str) -> None:
    """Notes a fault, its value cut to what a person can take in."""
    shown = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
    faults.append(Fault(code, field, shown, Severity.WARNING if warning else Severity.ERROR, params))


def text(raw: str, field: str, faults: Faults, *, breaks: bool) -> str:
    """``raw`` in NFC without blanks around it; tabs, and line breaks where ``breaks``, become a space.

    Refused: control characters, U+FFFD, and the marks of a wrong code page.
    """
    if raw.isascii() and raw.isprintable():
        return raw.strip()
    value = raw.replace("\t", " ") if not breaks else _BREAKS.sub(" ", raw)
    value = unicodedata.normalize("NFC", value).strip(" \u00a0\ufeff")
    if "\ufffd" in value:
        fault(faults, "replacement-character", field, value)
        return value
    mistake = mojibake.find(value)
    if mistake is not None:
        read_as, likely, meant = mistake.read_as, mistake.likely, mistake.meant
        fault(faults, "code-page", field, mistake.word, read_as=read_as, likely=likely, meant=meant)
        return value
    control = _CONTROL.search(value)
    if control is not None:
        fault(faults, "control-character", field, value, character=f"U+{ord(control.group()):04X}")
    return value


def amount(value: str, field: str, faults: Faults, *, currency: str, decimal: str) -> int | None:
    """Minor units, or ``None`` with ``amount-unreadable`` or ``amount-decimals``."""
    try:
        return money.parse(value, currency, decimal)
    except money.AmountError as error:
        fault(
            faults,
            f"amount-{error.reason}",
            field,
            value,
            decimal=decimal,
            currency=currency,
            example=_rewritten(value, currency, decimal),
        )
        return None


def _rewritten(value: str, currency: str, decimal: str) -> str:
    """The amount as it should be written, where it reads under the other decimal mark; else an example."""
    try:
        minor = money.parse(value, currency, "," if decimal == "." else ".")
    except money.AmountError:
        minor = 123456
    return money.plain(minor, currency).replace(".", decimal)


@functools.cache
def dates(pattern: str) -> Callable[[str], dt.date | None]:
    """A reader of dates written as ``pattern`` (strftime; empty: ISO 8601, YYYY-MM-DD).

    Raises:
        ConfigurationError: the pattern does not hold day, month and year.
    """
    form = pattern or "%Y-%m-%d"
    probe = dt.date(2001, 2, 3)
    try:
        reads = dt.datetime.strptime(probe.strftime(form), form).date() == probe  # noqa: DTZ007  calendar dates have no zone
    except ValueError:
        reads = False
    if not reads:
        raise ConfigurationError([UsageError("date-format", key="batch.date_format", found=pattern)], "emission.toml")

    # A batch has a handful of due dates, and strptime is slow.
    @functools.lru_cache(maxsize=4096)
    def read(value: str) -> dt.date | None:
        if not value.isascii():
            return None
        try:
            return dt.datetime.strptime(value, form).date()  # noqa: DTZ007  calendar dates have no zone
        except ValueError:
            return None

    return read


def code(value: str, field: str, faults: Faults) -> None:
    """Refuses the digits of a code that a spreadsheet rounded: ``9,90123E+55``."""
    if _ROUNDED.fullmatch(value):
        fault(faults, "code-rounded", field, value)


def payable(value: str, faults: Faults) -> bool:
    """Empty means yes."""
    folded = value.casefold()
    if folded in _NO:
        return False
    if folded not in _YES:
        fault(faults, "payable-unknown", "payable", value, allowed="si, no")
    return True


def channel(value: str, faults: Faults) -> Channel:
    """Empty means both."""
    found = _CHANNELS.get(value.casefold())
    if found is None:
        fault(faults, "channel-unknown", "channel", value, allowed=", ".join(Channel))
        return Channel.BOTH
    return found


def email(value: str) -> bool:
    """Whether an address is well formed; nobody is asked over the network."""
    local, _, domain = value.rpartition("@")
    if _PLAIN_LOCAL.fullmatch(local) and len(value) <= _LONGEST_ADDRESS:
        # A town's people share a few domains, and email-validator takes 0.1 ms an address.
        return _domain(domain)
    return _valid_address(value)


@functools.lru_cache(maxsize=4096)
def _domain(domain: str) -> bool:
    return _valid_address(f"a@{domain}")


def _valid_address(value: str) -> bool:
    try:
        # "Test environment" admits the domains under .test (RFC 2606), which samples and rehearsals use.
        validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def tax_id(id_type: str, value: str, faults: Faults, *, check: str) -> tuple[str, str]:
    """The type and the digits of a payer's id; ``check`` is ``[batch] tax_id_check``.

    Without a type, 11 digits are a CUIT and 7 or 8 a DNI. A type that is none of Argentina's is
    the office's own, and its number stands as written.
    """
    kind = id_type.upper().replace(".", "")
    number = value.translate(_SEPARATORS)
    if not number:
        return kind, ""
    digits = number.isascii() and number.isdigit()
    if not kind:
        kind = "CUIT" if len(number) == 11 else "DNI" if len(number) in (7, 8) else ""
    if kind in _KEYS:
        valid = digits and cuit.is_valid(number)
    elif kind in _ID_DIGITS:
        shortest, longest = _ID_DIGITS[kind]
        valid = digits and shortest <= len(number) <= longest
    else:
        valid = bool(kind) and number.isalnum()
        number = number if digits else value
    if not valid and check != "off":
        fault(faults, "tax-id-invalid", "payer_id", value, warning=check == "warning", type=kind or "CUIT/DNI")
    return kind, number


_SEPARATORS = str.maketrans("", "", " .-")
