"""Vouchers at random, made to annoy: empty, endless, of every script, with one due date or three, payable or not."""

from __future__ import annotations

import datetime
import random
import unicodedata
from collections.abc import Callable, Iterator

import msgspec

from emission.model import Address, Bill, Code, DueDate, Line, Obligation, Operation, Payer, Role
from tests.render.bills import bill, operation
from tests.render.test_designs import EXTRA, SEVERAL

# What offices write, and what nobody should have written; where a face lacks a letter the voucher is refused.
WORDS = (
    "Peñaloza", "Güemes", "Ángela", "O'Higgins", "S.R.L.", "Ñandú", "«El", "Ombú»", "–", "Łukasz", "Đorđević",
    "Ångström", "Şahin", "Œuvre", "Nguyễn", "Ștefan", "Žižek", "Þór", "Иванов", "Шевченко", "Παπαδόπουλος", "ß",
    "½", "№", "€", "§", "(h)", "\\", "((", "))", "<b>", "&amp;", "{{", "%d", "25/10", "0012", "1.234,56", "A",
    "ﬁn", "o\u0308", "·", "…",
)  # fmt: skip
ODD = (
    unicodedata.normalize("NFD", "Núñez Agüero, Íñigo"), "שלום עולם", "مرحبا بالعالم", "abc שלום 123", "山田太郎",
    "😀 Ana", "a\u00a0b", "co\u00adoperativa", "a\u200db", "\u202eabc", "e\u0301\u0323", "ก็", "नमस्ते", "x" * 60,
    "W" * 40, "i" * 90, " ",
)  # fmt: skip


def vouchers(designs: tuple[str, ...], count: int, seed: int) -> Iterator[tuple[str, str, Bill]]:
    """A name, a design and a bill, ``count`` times; designs by turns."""
    for number in range(count):
        chance = random.Random(f"{seed} {number}")  # noqa: S311 -- the same vouchers every time
        design = designs[number % len(designs)]
        yield f"{number:04} {design}", design, _bill(chance, design)


def _bill(chance: random.Random, design: str) -> Bill:
    most = SEVERAL.get(design, 4) - 1
    count = 1 if chance.random() < 0.7 else chance.randint(1, most)
    payer = Payer(_text(chance, 6) or "Ana", id_type=chance.choice(("DNI", "CUIT", "")), id=_digits(chance, 11))
    address = Address(*(_text(chance, 2) for _ in range(6))) if chance.random() < 0.7 else Address()
    obligations = [_obligation(chance, number, payer, address) for number in range(1, count + 1)]
    return bill(*((one, _operation(chance, one, number)) for number, one in enumerate(obligations, 1)))


def _obligation(chance: random.Random, number: int, payer: Payer, postal: Address) -> Obligation:
    payable = chance.random() < 0.85
    amount = chance.choice((1, 100, chance.randrange(10**9), 99_999_999_99))
    days = sorted(chance.sample(range(1, 29), chance.randint(1, 3)))
    return Obligation(
        obligation_id=f"TSG-{_digits(chance, 8)}-{number}",
        payer=payer,
        due_dates=tuple(DueDate(datetime.date(2026, 12, day), amount + 100 * day) for day in days),
        currency="ARS",
        tax="TSG",
        period="2026-12",
        label=_text(chance, 2),
        account=_digits(chance, 12),
        concept=_text(chance, 5) or "Tasa",
        property_address=_text(chance, 4),
        payable=payable,
        legend="" if payable else _text(chance, 4) or "Exento",
        message=_text(chance, 20),
        postal=postal,
        lines=tuple(_line(chance) for _ in range(chance.choice((0, 1, 3, 8, 15, 40)))),
        extra=EXTRA | {chance.choice(tuple(EXTRA)): _text(chance, 2) or "-"},
    )


def _line(chance: random.Random) -> Line:
    total = chance.randrange(-(10**6), 10**7)
    return Line(
        concept=_text(chance, 5) or "Servicio",
        total=total,
        period=chance.choice(("", "12/2026", "2026-12", "1.º cuatrimestre")),
        amount=chance.choice((None, total)),
        surcharge=chance.choice((None, 0, 1234)),
    )


def _operation(chance: random.Random, obligation: Obligation, number: int) -> Operation | None:
    if not obligation.payable:
        return None
    has = chance.choice(("both", "both", "both", "barcode", "qr", "link"))
    url = f"https://pagos.ejemplo.test/{number}?a=(b)&c={_digits(chance, 6)}"
    made = operation(
        number,
        barcodes=(_digits(chance, 2 * chance.randint(10, 29)),) if has in ("both", "barcode") else (),
        qr=None if has in ("both", "qr") else "",
        url=url if has in ("both", "link") else "",
    )
    if has == "link":
        count = chance.choice((1, 2, 5, 8))
        banks = tuple(
            Code(Role.BANK_URL, f"{url}&banco={place}", place, f"Banco {place}") for place in range(1, count + 1)
        )
        made = msgspec.structs.replace(made, codes=(*made.codes, *banks))
    return msgspec.structs.replace(made, replaces=chance.choice(("", "", _digits(chance, 11))))


def _text(chance: random.Random, most: int) -> str:
    kinds: tuple[Callable[[], str], ...] = (
        lambda: "",
        lambda: " ".join(chance.choices(WORDS[:12], k=chance.randint(1, most))),
        lambda: " ".join(chance.choices(WORDS[:12], k=chance.randint(1, most))),
        lambda: " ".join(chance.choices(WORDS, k=chance.randint(1, most))),
    )
    return chance.choice(ODD) if chance.random() < 0.015 else chance.choice(kinds)()


def _digits(chance: random.Random, length: int) -> str:
    return "".join(chance.choices("0123456789", k=length))
