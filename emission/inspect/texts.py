"""What a text can be: a barcode of an agreement, a line that people type, a payment QR, an address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType

import msgspec

from emission import money
from emission.codes import arrecadacao, boleto, emv, gs1, url
from emission.codes.agreements import Field, Profile, dates, shipped
from emission.codes.faults import CodeError
from emission.ledger.holder import ARGENTINA
from emission.model import Fault

# Lines that people type, by their length, and the profile of the symbol that they say.
_LINES: dict[int, tuple[ModuleType, str]] = {
    boleto.LINE: (boleto, "boleto-44"),
    arrecadacao.LINE: (arrecadacao, "febraban-44"),
}
# Tags of an EMV QR that hold fields of their own: merchant accounts, additional data, names in another language,
# unreserved templates (EMV QRCPS Merchant-Presented Mode 1.1, tables 3.2 to 3.9).
_TEMPLATES = frozenset((*map(str, range(26, 52)), "62", "64", *map(str, range(80, 100))))


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """A field: its name (a profile's, or a tag of an EMV text), its characters, and what they mean to a person."""

    name: str
    text: str
    means: str = ""


class Reading(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that the text can be.

    ``kind`` is ``barcode`` (of the agreement ``title``), ``digits`` (of none that is known), ``gs1`` (elements of none
    that is known), ``emv``, ``url`` or ``text``; ``wrong`` what keeps it from being a right one; ``line`` the symbol's
    digits where a typed line was given.
    """

    kind: str
    title: str = ""
    parts: tuple[Part, ...] = ()
    wrong: tuple[Fault, ...] = ()
    line: str = ""


def readings(text: str, own: Profile | None = None, hosts: Sequence[str] = ()) -> list[Reading]:
    """What ``text`` is: every form that it is a right one of; where there is none, those that it comes near.

    ``own`` is the configured agreement, which is looked at before the shipped ones; ``hosts`` where links may lead.
    """
    kind = emv.classify(text)
    if kind == "emv":
        return [_emv(text)]
    if kind == "url":
        return [Reading("url", url.host_of(text) or "?", wrong=tuple(url.faults(text, hosts)))]
    if text.startswith(("(", "]C1")) or gs1.SEPARATOR in text:
        return _elements(text, own)
    digits = text.replace(" ", "").replace("-", "").replace(".", "")
    if not (digits.isascii() and digits.isdigit()):
        return [Reading("text")]
    return list(_typed(digits)) or _barcodes(digits, own)


def _elements(text: str, own: Profile | None) -> list[Reading]:
    """GS1 elements: of an agreement that has those, else as far as they are understood."""
    try:
        elements = gs1.parse(text)
    except CodeError as error:
        return [Reading("gs1", wrong=(error.fault,))]
    names = {identifier for identifier, _ in elements}
    near = [profile for profile in _known(own) if profile.of_elements and profile.fields[0].ai in names]
    if near:
        return [_barcode(text, profile) for profile in near[:1]]
    return [Reading("gs1", parts=tuple(Part(f"({identifier})", data) for identifier, data in elements))]


def _typed(digits: str) -> Iterator[Reading]:
    kind, name = _LINES.get(len(digits), (None, ""))
    if kind is None:
        return
    try:
        barcode = kind.barcode_of(digits)
    except CodeError as error:
        yield Reading("barcode", shipped()[name].title, wrong=(error.fault,), line=digits)
        return
    yield msgspec.structs.replace(_barcode(barcode, shipped()[name]), line=barcode)


def _barcodes(digits: str, own: Profile | None) -> list[Reading]:
    near = [_barcode(digits, profile) for profile in _known(own) if profile.length == len(digits)]
    return [reading for reading in near if not reading.wrong] or near or [Reading("digits")]


def _known(own: Profile | None) -> list[Profile]:
    others = [profile for name, profile in shipped().items() if own is None or name != own.name]
    return others if own is None else [own, *others]


def _barcode(text: str, profile: Profile) -> Reading:
    """What each field says, as far as the form lets it be taken apart."""
    wrong: tuple[Fault, ...] = ()
    try:
        says = profile.explain(text)
    except CodeError as error:
        wrong = (error.fault,)
        says = profile.taken_apart(text)
    wrong = wrong or tuple(_no_days(profile, says))
    named = {field.name: field for field in profile.fields}
    parts = [Part(name, piece, _meaning(named[name], piece, profile.currency or "ARS")) for name, piece in says.items()]
    return Reading("barcode", f"{profile.name}: {profile.title}", tuple(parts), wrong)


def _no_days(profile: Profile, says: Mapping[str, str]) -> Iterator[Fault]:
    """The fields that should say a date and say none."""
    for field in profile.fields:
        digits = says.get(field.name, "")
        if field.says == "date" and digits.strip("0") and _day(field, digits) is None:
            yield Fault("code-date", value=digits, params={"name": field.name, "dates": field.dates})


def _day(field: Field, digits: str) -> dt.date | None:
    try:
        return dates.read(digits, field.dates, dt.datetime.now(ARGENTINA).date())
    except ValueError:
        return None


def _meaning(field: Field, digits: str, currency: str) -> str:
    if field.says in ("amount", "surcharge") and digits.isdigit():
        return money.local(int(digits), currency)
    if field.says == "date" and digits.strip("0"):
        day = _day(field, digits)
        return "?" if day is None else f"{day:%d/%m/%Y}"
    return ""


def _emv(text: str) -> Reading:
    try:
        emv.parse(text)
    except CodeError as error:
        return Reading("emv", parts=tuple(_fields(text)), wrong=(error.fault,))
    return Reading("emv", parts=tuple(_fields(text)))


def _fields(text: str, parent: str = "") -> Iterator[Part]:
    """The fields as far as they can be read, those within templates after their own."""
    for tag, value in emv.walk(text):
        yield Part(f"{parent}{tag}", value)
        inner = tuple(_fields(value, f"{tag}.")) if not parent and tag in _TEMPLATES else ()
        if sum(4 + len(part.text) for part in inner) == len(value):
            yield from inner
