"""What the provider refuses fails its voucher, and nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.run.town import Town, row, rows

# The sandbox's barcode has ten digits for an amount in cents: it refuses a greater one.
TOO_MUCH = {"amount": "123456789012.00", "amount_2": "123456789013.00"}


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def test_a_refused_obligation_fails_its_voucher_and_keeps_the_operations_of_its_siblings(town: Town) -> None:
    family = {"voucher_id": "V", "payer_name": "Una"}
    # The fiftieth order closes the first lote: the sibling is created before the other is refused.
    fillers = rows(49, start=100)
    town.batch([*fillers, row(1, **family), row(2, **family | TOO_MUCH), *rows(10)[2:]])
    run = town.run(expect=3)
    assert (run.report["rendered"], run.report["failed"]) == (57, 2)
    by_id = {line["obligation_id"]: line for line in run.manifest}
    assert by_id["TSG-0001"]["reason_code"] == "sibling-failed"
    assert by_id["TSG-0002"]["reason_code"] == "provider-refused"
    kept = by_id["TSG-0001"]["operation"]
    assert kept
    assert town.run(expect=3).report["provider_calls"] == 0
    town.batch([*fillers, row(1, **family), row(2, **family), *rows(10)[2:]])
    mended = town.run()
    assert {line["obligation_id"]: line["operation"] for line in mended.manifest}["TSG-0001"] == kept
    asked = [operation["external_id"] for operation in town.operations()]
    assert len(asked) == len(set(asked)) == 59


def test_the_innocent_of_a_refused_lote_are_asked_for_again_by_themselves(town: Town) -> None:
    town.batch([*rows(20, start=10), row(1, **TOO_MUCH), *rows(20, start=40)])
    run = town.run(expect=3)
    assert (run.report["rendered"], run.report["failed"]) == (40, 1)
    asked = [operation["external_id"] for operation in town.operations()]
    assert len(asked) == len(set(asked)) == 40


def test_what_was_refused_for_good_is_asked_again_only_when_told(town: Town) -> None:
    town.batch([row(1), row(2, **TOO_MUCH)])
    assert town.run(expect=3).report["provider_calls"] > 0
    assert town.run(expect=3).report["provider_calls"] == 0
    assert town.run("lote.csv", "--retry-failed", expect=3).report["provider_calls"] == 1
