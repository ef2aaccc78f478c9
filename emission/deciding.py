"""What a person is told of orders that wait for a decision, and of the decision."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Literal

from emission import held, money
from emission.config import Settings
from emission.console import Console
from emission.held import Decided
from emission.ledger.held import Decision, Held
from emission.person import at_keyboard
from emission.release import moment


def tell(console: Console, settings: Settings) -> None:
    """Every order that is held, those given up apart, and what to type."""
    orders = held.held(settings)
    if console.json:
        for order in orders:
            console.emit("held", **_values(order))
        return
    if not any(order.state == "held" for order in orders):
        console.line("held-none")
    for state in ("held", "abandoned"):
        mine = [order for order in orders if order.state == state]
        if mine:
            console.line(f"held-title-{state}", count=len(mine))
        for order in mine:
            _show(console, order)


def decide(
    console: Console,
    settings: Settings,
    decision: Literal["accept", "retry", "give-up"],
    wanted: str,
    *,
    number: str,
    why: str,
    who: str,
    environ: Mapping[str, str],
) -> None:
    """Does what was decided, and says so.

    Raises:
        EmissionError: see :mod:`emission.held`.
    """
    by = Decision(who or at_keyboard(), why)
    if decision == "accept":
        done = held.accept(settings, wanted, number, by, environ)
    elif decision == "retry":
        done = held.retry(settings, wanted, by)
    else:
        done = held.give_up(settings, wanted, by)
    if console.json:
        values = _values(done.order) | {"state": done.state, "decision": done.decision, "who": by.who, "why": by.why}
        console.emit("decided", **values, number=done.number, strays=done.strays, warnings=done.warnings)
        return
    _say(console, done)


def _say(console: Console, done: Decided) -> None:
    order = done.order
    told = {"id": order.obligation_id, "external_id": order.external_id, "who": done.by.who, "number": done.number}
    console.line(f"held-done-{done.decision}" if done.state != "planned" else "held-done-blind", **told)
    for number in done.strays:
        console.line("held-stray", number=number, id=order.obligation_id)
    for code in done.warnings:
        console.line("held-warning", name=code, reason=console.say(code))
    if done.decision != "give-up":
        for source in order.sources:
            console.line("held-next-run", source=shlex.quote(source))


def _show(console: Console, order: Held) -> None:
    record = order.record
    console.line(
        "held-order",
        id=order.obligation_id,
        payer=record.payer.name if record else "-",
        amount=money.local(order.amount, order.currency),
        batches=", ".join(order.batches) or "-",
        external_id=order.external_id,
        since=moment(order.since),
    )
    if order.state == "abandoned":
        console.line("held-why-abandoned", why=order.message)
        console.line("held-type-abandoned", external_id=order.external_id)
        return
    # What is known is a code with a sentence of its own, or the numbers that the provider answered.
    console.line("held-known", known=console.say(order.message or "held-not-asked"))
    console.line("held-type", external_id=order.external_id)


def _values(order: Held) -> dict[str, object]:
    """An order for a program; the amount is decimal text."""
    return {
        "obligation_id": order.obligation_id,
        "payer": order.record.payer.name if order.record else "",
        "amount": money.plain(order.amount, order.currency) if order.currency else "",
        "currency": order.currency,
        "batches": order.batches,
        "external_id": order.external_id,
        "provider": order.provider,
        "state": order.state,
        "since": moment(order.since),
        "known": order.message,
    }
