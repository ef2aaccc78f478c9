"""Who an obligation is, and what of it is money and what is words."""

from __future__ import annotations

import datetime

import msgspec
import pytest

from emission.identity import external_id, identity, payable_hash, presentation_hash
from emission.model import DueDate, Obligation, Payer

DEBT = Obligation(
    obligation_id="TSG-1",
    payer=Payer("Ángela Ibáñez", id="99000001"),
    due_dates=(DueDate(datetime.date(2026, 12, 10), 1000),),
    currency="ARS",
    tax="TSG",
    period="2026-12",
)


def test_names_and_texts_are_words() -> None:
    renamed = msgspec.structs.replace(DEBT, payer=Payer("Otra", id="99000001"), message="Hola", account="7")
    assert identity("test", "30", renamed) == identity("test", "30", DEBT)
    assert payable_hash(renamed) == payable_hash(DEBT)
    assert presentation_hash(renamed) != presentation_hash(DEBT)


@pytest.mark.parametrize(
    "changed",
    [
        msgspec.structs.replace(DEBT, due_dates=(DueDate(datetime.date(2026, 12, 10), 1001),)),
        msgspec.structs.replace(DEBT, due_dates=(DueDate(datetime.date(2026, 12, 11), 1000),)),
        msgspec.structs.replace(DEBT, due_dates=(*DEBT.due_dates, DueDate(datetime.date(2026, 12, 20), 1100))),
        msgspec.structs.replace(DEBT, payer=Payer("Ángela Ibáñez", id="99000002")),
        msgspec.structs.replace(DEBT, payable=False),
    ],
)
def test_amount_dates_payer_and_payability_are_money(changed: Obligation) -> None:
    assert payable_hash(changed) != payable_hash(DEBT)
    assert identity("test", "30", changed) == identity("test", "30", DEBT)


def test_every_part_of_the_identity_counts() -> None:
    found = {
        identity("test", "30", DEBT),
        identity("production", "30", DEBT),
        identity("test", "31", DEBT),
        identity("test", "30", msgspec.structs.replace(DEBT, tax="ABL")),
        identity("test", "30", msgspec.structs.replace(DEBT, period="2027-01")),
        identity("test", "30", msgspec.structs.replace(DEBT, obligation_id="TSG-2")),
        # Parts never run into each other.
        identity("test", "30", msgspec.structs.replace(DEBT, tax="TSG2026-12", period="")),
    }
    assert len(found) == 7


def test_external_ids_are_the_same_on_every_machine_and_fit_every_provider() -> None:
    first = external_id("test", "30", "epagos", "31047", DEBT, 1)
    assert first == "633FZMQKFWTNF7K42AUHDB4KCJCWIQNH"
    assert first.isalnum()
    assert first.isascii()
    assert first != external_id("test", "30", "epagos", "31047", DEBT, 2)
    assert first != external_id("test", "30", "epagos", "31048", DEBT, 1)
    assert first == external_id("test", "30", "epagos", "31047", msgspec.structs.replace(DEBT, message="x"), 1)
