"""Some random vouchers of every design; ``python -m tests.conformance.many`` draws as many as one likes."""

from __future__ import annotations

from pathlib import Path

from tests.conformance import many
from tests.conformance.vouchers import vouchers
from tests.render.test_designs import DESIGNS


def test_readers_find_what_the_tags_say_where_they_say_it(sample: dict[str, many.Drawn], tmp_path: Path) -> None:
    wrong = {name: list(many.misread(tmp_path / "file.pdf", one)) for name, one in sample.items()}
    assert {name: found for name, found in wrong.items() if found} == {}


def test_a_value_that_nobody_is_told_and_a_word_out_of_order_are_seen(
    sample: dict[str, many.Drawn], tmp_path: Path
) -> None:
    one, other = list(sample.values())[:2]
    assert list(many.misread(tmp_path / "file.pdf", many.Drawn(other.bill, one.pdf)))
    assert many._first_lost(["uno", "dos"], ["dos", "uno"]) == "dos"
    assert many._first_lost(["uno", "dos"], ["uno", "PRUEBA", "do", "s"]) == ""


def test_vouchers_are_of_every_kind() -> None:
    made = list(vouchers(tuple(DESIGNS), 200, 1))
    assert {design for _, design, _ in made} == set(DESIGNS)
    owed = [one for _, _, bill in made for one in bill.voucher.obligations]
    assert {len(one.due_dates) for one in owed} == {1, 2, 3}
    assert {one.payable for one in owed} == {True, False}
    assert {0, 40} <= {len(one.lines) for one in owed}
    assert any(not text.isascii() for text in (one.message for one in owed))
    assert list(vouchers(tuple(DESIGNS), 3, 7)) == list(vouchers(tuple(DESIGNS), 3, 7))
