"""The form of a file of payments: kinds of lines, and the fields of each, by column or by place."""

from __future__ import annotations

from typing import Literal

import msgspec

# What a field says. Of a payment: the names of its bill (``number``: the provider's operation; ``external_id``: ours;
# ``code``: what a till read), its own ``reference``, that of a return (``part``), amounts, days, means, ``sign`` and
# ``kind`` (see ``signs`` and ``kinds``). Of the whole: the settlement's ``settlement`` number and ``sequence``, its
# ``deposited_on``, and what must agree: ``count`` (payments), ``lines`` (all of the file), ``total``, ``deposited``.
# ``fixed`` is a text that must stand there.
Meaning = Literal[
    "number", "external_id", "code", "reference", "part", "amount", "paid_on", "on", "means", "sign", "kind",
    "settlement", "sequence", "deposited_on", "count", "lines", "total", "deposited", "charge", "fixed",
]  # fmt: skip
AMOUNTS = ("amount", "total", "deposited", "charge")
DAYS = ("paid_on", "on", "deposited_on")
NAMES = ("number", "external_id", "code")

# What a line of payments may be: what happened to the money, what the provider kept of it, or nothing that counts.
Kind = Literal["paid", "credited", "settled", "returned", "charged_back", "charge", "skip"]


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where something stands: a ``column`` (a name in the first row, or a number from 1), or ``at`` and ``length``.

    ``at`` counts characters from 1. ``charge`` names what is kept (``commission``, ``vat``, …). ``strip_zeros`` takes
    zeros off its left. An ``optional`` field may be empty, a day also all zeros.
    """

    says: Meaning
    column: str | int = ""
    at: int = 0
    length: int = 0
    charge: str = ""
    text: str = ""
    strip_zeros: bool = False
    optional: bool = False


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of line; ``marks`` are what it begins with (its first cell), none for every line that has no other mark.

    ``what``: ``header`` and ``trailer`` stand once and speak of the whole, ``payment`` of one payment, ``skip`` of
    nothing.
    """

    what: Literal["header", "payment", "trailer", "skip"]
    marks: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One agreement's files.

    ``channel`` is who collects: what other sources say of the same payments bears it too. ``says`` is what a payment's
    line says where ``kinds`` (the text of its ``kind`` → what it is) does not. ``signs`` are the texts of ``sign`` that
    make an amount negative, and a negative amount is ``negative``; where that is empty it is refused.
    ``decimal`` is the mark of amounts, or ``implied`` their digits after a mark that is not written. ``date`` as in
    strftime. ``number`` is a pattern (with one group) of the file's name that gives its number, where no field does.
    ``member`` names, with ``*``, the file that counts in a ZIP.
    """

    name: str
    title: str
    channel: str
    records: tuple[Record, ...]
    says: Literal["paid", "credited", "settled"] = "paid"
    format: Literal["delimited", "fixed"] = "delimited"
    delimiter: str = ";"
    columns: bool = True
    length: int = 0
    encoding: Literal["", "utf-8", "latin-1", "cp1252", "cp850"] = ""
    currency: str = "ARS"
    decimal: Literal[".", ","] = "."
    implied: int | None = None
    date: str = "%Y-%m-%d"
    kinds: dict[str, Kind] = {}
    signs: tuple[str, ...] = ("-",)
    negative: Literal["", "returned", "charged_back"] = ""
    number: str = ""
    member: str = "*.csv"
    source: str = ""
