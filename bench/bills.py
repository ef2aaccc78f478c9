"""Bills for the contests of engines: eight lines, 56 digits, 150 characters of QR, and no value twice.

Everybody in them is invented, as in :mod:`bench.batches`; no provider has been asked for their codes.
"""

from __future__ import annotations

import datetime
import random
import string

from bench.batches import FIRST, LAST, SERVICES, STREETS, TOWN
from emission import money
from emission.codes import emv
from emission.model import Address, Bill, Channel, Code, DueDate, Line, Obligation, Operation, Payer, Role, Voucher

LINES = 8
BARCODE_DIGITS = 56
QR_CHARACTERS = 150


def bills(count: int, channel: Channel = Channel.DIGITAL, seed: int = 2026) -> list[Bill]:
    """That many, each of one obligation with two due dates."""
    chance = random.Random(seed)
    return [_bill(chance, number, channel) for number in range(1, count + 1)]


def _bill(chance: random.Random, number: int, channel: Channel) -> Bill:
    lines = tuple(
        Line(
            concept=f"{SERVICES[place % len(SERVICES)]}, partida {chance.randrange(10**6):06}",
            period=f"{1 + place % 12:02}/2026",
            amount=amount,
            surcharge=amount // 50,
            total=amount + amount // 50,
        )
        for place, amount in enumerate(chance.sample(range(100_000, 900_000), LINES))
    )
    amount = sum(line.total for line in lines)
    street, house = chance.choice(STREETS), f"{chance.randrange(1, 9000)}"
    obligation = Obligation(
        obligation_id=f"TSG-{number:06}",
        payer=Payer(
            name=f"{chance.choice(LAST)} {chance.choice(LAST)}, {chance.choice(FIRST)} {number}",
            id_type="DNI",
            id=str(99_000_000 + number % 900_000),
        ),
        due_dates=(
            DueDate(datetime.date(2026, 12, 10), amount),
            DueDate(datetime.date(2026, 12, 21), amount + amount // 40),
        ),
        currency="ARS",
        tax="TSG",
        period="2026-12",
        account=f"{number:07}/{number % 10}",
        concept="Tasa por Servicios Generales",
        property_address=f"{street} {house}",
        message=f"Si adhiere al débito automático antes del {1 + number % 28:02}/12/2026 obtiene un descuento.",
        postal=Address(street, house, "", TOWN[0], TOWN[1], TOWN[2]),
        channel=channel,
        lines=lines,
    )
    return Bill(Voucher(obligation.obligation_id, (obligation,)), (_operation(chance, number, amount),))


def _operation(chance: random.Random, number: int, amount: int) -> Operation:
    name = f"{10**13 + number * 7919 + chance.randrange(7919)}"
    codes = {
        Role.BARCODE: "".join(chance.choices(string.digits, k=BARCODE_DIGITS)),
        Role.QR: _qr(chance, name, amount),
        Role.PAYMENT_CODE: f"9{name}",
        Role.LINK_CODE: f"31047{name}",
        Role.PMC_CODE: name,
        Role.PAYMENT_URL: f"https://pagos.sandbox.invalid/qr/{name}",
    }
    return Operation(f"BENCH{number}", name, tuple(Code(role, text) for role, text in codes.items()))


def _qr(chance: random.Random, name: str, amount: int) -> str:
    """An EMV QR (EMVCo MPM 1.1) as a provider of Argentina gives it, filled up to its length."""
    reference = f"05{len(name):02}{name}"
    fields = [
        ("00", "01"),
        ("01", "12"),
        ("26", "0000"),
        ("52", "9311"),
        ("53", "032"),
        ("54", money.plain(amount, "ARS")),
        ("58", "AR"),
        ("59", "MUNICIPALIDAD"),
        ("60", "VILLA EJEMPLO"),
        ("62", reference),
    ]
    missing = QR_CHARACTERS - len(emv.compose(fields))
    fields[2] = ("26", f"00{missing:02}" + "".join(chance.choices(string.ascii_letters + string.digits, k=missing)))
    return emv.compose(fields)
