"""What becomes of money after it was paid: deposited in settlements, given back, taken back.

The sandbox's own choices, where the contract is silent: a settlement takes all that was paid, given back and taken back
of one agreement since the last one; of it ePagos keeps 1 % with 21 % of VAT on that and 3 % of gross income tax;
``Monto_CC`` holds what was given back too.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from emission.sandbox.control import Fields
from emission.sandbox.epagos.operations import Kept, Lost, Paid, pesos
from emission.sandbox.memory import Memory

DAYS_TO_DEPOSIT = 2


class Marked(msgspec.Struct):
    """The body of the controls: an operation, the day (its due date without one), and what happens to it then."""

    number: str
    on: dt.date | None = None
    form: int = 0
    amount: int = 0
    state: str = "P"


class Settling(msgspec.Struct):
    """The body of the control that settles: the day on which it does."""

    on: dt.date


def pay(kept: Kept, marked: Marked) -> Kept:
    """Somebody pays; whoever pays after that makes a further payment."""
    form, amount = marked.form or kept.payment_form, marked.amount or kept.amount
    return msgspec.structs.replace(kept, state="A", paid=(*kept.paid, Paid(_day(kept, marked), form, amount)))


def give_back(kept: Kept, marked: Marked) -> Kept:
    """The office gives the money back."""
    return msgspec.structs.replace(kept, state="D", lost=(*kept.lost, Lost("D", _day(kept, marked), "F")))


def charge_back(kept: Kept, marked: Marked) -> Kept:
    """A card's holder does not know of the payment; repeated, the dispute goes on to another state."""
    before = [lost for lost in kept.lost if lost.kind != "CC"]
    disputed = next((lost for lost in kept.lost if lost.kind == "CC"), Lost("CC", _day(kept, marked)))
    return msgspec.structs.replace(kept, lost=(*before, msgspec.structs.replace(disputed, state=marked.state)))


def cancel(kept: Kept, _marked: Marked) -> Kept:
    """Nobody can pay it any more."""
    return msgspec.structs.replace(kept, state="C")


def settle(memory: Memory[Kept], on: dt.date) -> int:
    """Settles whatever is not, one settlement an agreement; how many those are."""
    everything = list(memory.all(memory.count()))
    number = max((part.settlement for kept in everything for part in _parts(kept)), default=0)
    given: dict[int, int] = {}
    for kept in everything:
        if all(part.settlement for part in _parts(kept)):
            continue
        mine = given.setdefault(kept.convenio, number + 1 + len(given))
        paid = tuple(_settled(part, mine, on) for part in kept.paid)
        lost = tuple(_settled(part, mine, on) for part in kept.lost)
        memory.change(msgspec.structs.replace(kept, paid=paid, lost=lost))
    return len(given)


class _Part(NamedTuple):
    kept: Kept
    paid: Paid | None
    lost: Lost | None


def settlements(everything: Iterable[Kept]) -> list[Fields]:
    """All settlements so far, as ``obtener_rendiciones`` tells them."""
    parts: dict[int, list[_Part]] = defaultdict(list)
    for kept in everything:
        for paid in kept.paid:
            parts[paid.settlement].append(_Part(kept, paid, None))
        for lost in kept.lost:
            parts[lost.settlement].append(_Part(kept, None, lost))
    return [_settlement(number, parts[number]) for number in sorted(parts) if number]


def chargebacks(kept: Kept) -> list[Fields]:
    """Those of one operation, as ``obtener_contracargos`` tells them."""
    return [
        {
            "Numero": _disputed(kept),
            "Estado": lost.state,
            "Medio": "VISA",
            "Transaccion": kept.number,
            "Monto": pesos(kept.paid[0].amount if kept.paid else kept.amount),
            "Tarjeta": "XXXXXXXXXXXX0000",
            "Fecha": lost.on,
        }
        for lost in kept.lost
        if lost.kind == "CC"
    ]


def _settlement(number: int, parts: Sequence[_Part]) -> Fields:
    paid = [(part.kept, part.paid) for part in parts if part.paid]
    lost = [(part.kept, part.lost) for part in parts if part.lost]
    gross = sum(one.amount for _, one in paid)
    taken = sum(kept.amount for kept, _ in lost)
    commission = gross // 100
    vat, income = commission * 21 // 100, commission * 3 // 100
    first = paid[0][1] if paid else lost[0][1]
    days = sorted(one.on for _, one in paid) or [first.settled_on]
    return {
        "Numero": number,
        "Secuencia": number,
        "Convenio": parts[0].kept.convenio,
        "Estado": "D",
        "Fecha_desde": days[0],
        "Fecha_hasta": first.settled_on,
        "Fecha_estimada_deposito": _deposit(first.settled_on),
        "Fecha_deposito": _deposit(first.settled_on),
        "Monto": pesos(gross),
        "Monto_depositado": pesos(gross - commission - vat - income - taken),
        "Monto_comision": pesos(commission),
        "Monto_IVA": pesos(vat),
        "Monto_IIBB": pesos(income),
        "Monto_CC": pesos(taken),
        "Monto_ND": pesos(0),
        "Cantidad": len(paid),
        "Detalles": [
            {
                "Codigo_unico_transaccion": kept.number,
                "Monto": pesos(one.amount),
                "Numero_operacion": kept.external_id,
                "Depositable": True,
            }
            for kept, one in paid
        ],
        "Contracargos": [_taken(kept, number) for kept, one in lost if one.kind == "CC"],
        "Devoluciones": [_taken(kept, number) for kept, one in lost if one.kind == "D"],
        "Contenido": "",
    }


def _parts(kept: Kept) -> list[Paid | Lost]:
    return [*kept.paid, *kept.lost]


def _taken(kept: Kept, number: int) -> Fields:
    return {"Codigo_unico_transaccion": kept.number, "Monto": pesos(kept.amount), "Numero_rendicion": number}


def _settled(part: Paid | Lost, number: int, on: dt.date) -> Paid | Lost:
    return part if part.settlement else msgspec.structs.replace(part, settlement=number, settled_on=on.isoformat())


def _day(kept: Kept, marked: Marked) -> str:
    return marked.on.isoformat() if marked.on else kept.due_date


def _deposit(on: str) -> str:
    return (dt.date.fromisoformat(on) + dt.timedelta(days=DAYS_TO_DEPOSIT)).isoformat()


def _disputed(kept: Kept) -> int:
    return int(str(kept.number)[-9:])
