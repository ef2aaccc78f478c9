"""Marks of sheets prove the order of a lot, and a lot that is printed again bears the marks that it had."""

from __future__ import annotations

import json
from pathlib import Path

import pikepdf
import pytest

from tests.render.pages import controls
from tests.run.town import CONFIG, Town, row

SUPPLIED = CONFIG.replace("workers = 1", "workers = 1\nlot_pages = 5") + '[provider]\nkind = "supplied"\n'


def _coded(number: int, **changes: str) -> dict[str, str]:
    codes = {"barcode": f"99{number:012d}", "qr": f"https://pagos.example/{number}"}
    return row(number, **codes, **changes)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Three vouchers, then one of five coupons in two sheets, then one that is not printed, then three more."""
    town = Town(tmp_path, SUPPLIED)
    batch = [_coded(number) for number in range(1, 4)]
    batch += [_coded(number, voucher_id="V", payer_name="Una") for number in range(4, 9)]
    batch += [_coded(9, channel="digital"), *(_coded(number) for number in range(10, 13))]
    town.batch(batch)
    town.run("lote.csv", "--yes")
    return town


FIRST = ["L0001S000001P01T01", "L0001S000002P01T01", "L0001S000003P01T01", "L0001S000004P01T02", "L0001S000004P02T02"]
SECOND = ["L0002S000005P01T01", "L0002S000006P01T01", "L0002S000007P01T01"]


def _marks(path: Path) -> list[str]:
    return controls(path.read_bytes())


def test_marks_say_the_order_of_every_lot(town: Town) -> None:
    folder = town.folder / "out" / "lote"
    assert _marks(folder / "print" / "lot-0001.pdf") == FIRST
    assert _marks(folder / "print" / "lot-0002.pdf") == SECOND
    for path in (folder / "digital").rglob("*.pdf"):
        assert not any(_marks(path)), path


def test_a_reprinted_lot_or_part_of_it_bears_the_marks_that_it_had(town: Town) -> None:
    for arguments in ("--lot 1", "--lot 1 --from 3 --to 4", "--lot 2 --from 6 --to 6"):
        result = town.call("reprint", *arguments.split())
        assert result.exit_code == 0, result.stdout + result.stderr
    made = {path.name: _marks(path) for path in (town.folder / "reprint").glob("*.pdf")}
    assert made == {"lot-0001.pdf": FIRST, "lot-0001-3-4.pdf": FIRST[2:], "lot-0002-6-6.pdf": SECOND[1:2]}
    whole = town.folder / "reprint" / "lot-0001.pdf"
    assert whole.read_bytes() == (town.folder / "out" / "lote" / "print" / "lot-0001.pdf").read_bytes()


def test_two_sheets_of_one_voucher_that_changed_places_are_named(town: Town) -> None:
    """Their codes together are the voucher's: only their marks tell."""
    with pikepdf.open(town.folder / "out" / "lote" / "print" / "lot-0001.pdf", allow_overwriting_input=True) as lot:
        lot.pages.append(lot.pages[3])
        del lot.pages[3]
        lot.save()
    result = town.call("audit", "lote", "--codes", "--json")
    events = [json.loads(line) for line in result.stdout.splitlines()]
    found = [event for event in events if event.get("code", "").startswith(("control-", "code-"))]
    assert [(event["code"], event["expected"], event["found"]) for event in found] == [
        ("control-differs", *FIRST[3:]),
        ("control-differs", *reversed(FIRST[3:])),
    ]
