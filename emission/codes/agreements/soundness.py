"""Whether a form of one's own can be the form of any code: said once, before a row fails for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from emission import money
from emission.codes import arrecadacao, boleto, gs1
from emission.codes.agreements.dates import LENGTHS
from emission.codes.agreements.profile import Field, Profile
from emission.codes.checkdigits import clabe
from emission.codes.symbology import ITF_LEAST_DIGITS

Problem = tuple[str, dict[str, str]]
MOST = 200  # characters: no symbol of more fits any paper
MOST_DUE = 3
_IDENTIFIER = re.compile(r"[0-9]{2,4}|3[0-9]{2}n")
# Characters that a rule takes; the others take two or more.
_WHOLE = {"clabe": clabe.LENGTH, "febraban-arrecadacao": arrecadacao.LENGTH, "febraban-boleto": boleto.LENGTH}
_LEAST = {"ar-1357x2": 3}


def problems(profile: Profile) -> Iterator[Problem]:
    """What no code can be: the code of each sentence and what it needs."""
    names = Counter(field.name for field in profile.fields)
    for name in (profile.name, profile.title, *names):
        if not name.strip() or not name.isprintable() or names[name] > 1:
            yield "agreement-form-name", {"name": ascii(name)}
    for field in profile.fields:
        yield from _field(field, profile)
    yield from _whole(profile)
    if profile.currency and profile.currency not in money.NUMBERS:
        yield "agreement-form-currency", {"found": profile.currency, "known": ", ".join(money.NUMBERS)}
    if profile.country and not re.fullmatch("[A-Z]{2}", profile.country):
        yield "agreement-form-country", {"found": profile.country}


def _field(field: Field, profile: Profile) -> Iterator[Problem]:
    name = {"name": field.name}
    if not 1 <= field.length <= MOST:
        yield "agreement-form-length", {**name, "length": str(field.length), "most": str(MOST)}
        return
    if field.least and not (field.ai and 1 <= field.least <= field.length):
        yield "agreement-form-least", {**name, "least": str(field.least), "length": str(field.length)}
    if not 1 <= field.due <= MOST_DUE:
        yield "agreement-form-due", {**name, "due": str(field.due), "most": str(MOST_DUE)}
    if field.fixed and not _fits(field, profile):
        yield "agreement-form-fixed", {**name, "fixed": field.fixed, "length": str(field.length)}
    if field.says == "date" and field.length != LENGTHS[field.dates]:
        params = {"dates": field.dates, "length": str(field.length), "right": str(LENGTHS[field.dates])}
        yield "agreement-form-date", {**name, **params}
    if field.check:
        yield from _check(field.check, field.length, field.name)


def _fits(field: Field, profile: Profile) -> bool:
    digits = field.ai or profile.characters == "any" or (field.fixed.isascii() and field.fixed.isdigit())
    return bool(digits) and (field.least or field.length) <= len(field.fixed) <= field.length


def _whole(profile: Profile) -> Iterator[Problem]:
    """What the fields are together."""
    if profile.of_elements or (profile.symbology == "gs1-128" and profile.fields):
        yield from _elements(profile)
        return
    if profile.check:
        yield from _check(profile.check, profile.length, profile.name)
    if profile.symbology == "itf" and profile.fields and (profile.length % 2 or profile.length < ITF_LEAST_DIGITS):
        yield "agreement-form-pairs", {"length": str(profile.length), "least": str(ITF_LEAST_DIGITS)}


def _elements(profile: Profile) -> Iterator[Problem]:
    known = Counter(field.ai for field in profile.fields)
    for field in profile.fields:
        named = profile.symbology == "gs1-128" and known[field.ai] == 1 and _IDENTIFIER.fullmatch(field.ai)
        if not named or gs1.length_of(field.ai) != len(field.ai):
            yield "agreement-form-identifier", {"name": field.name, "identifier": field.ai or "-"}
    if profile.check:
        yield from _check(profile.check, 0, profile.name)


def _check(check: str, length: int, name: str) -> Iterator[Problem]:
    """Whether a rule can be one of so many characters; 0: of none that stand together."""
    right, least = _WHOLE.get(check, 0), _LEAST.get(check, 2)
    if length < least or (right and length != right):
        params = {"check": check, "found": str(length), "right": str(right or f"{least}+")}
        yield "agreement-form-check", {"name": name, **params}
