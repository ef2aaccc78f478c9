"""The bench that makes docs/legibility.md sees what is there, and its page is of the designs that are shipped."""

from __future__ import annotations

import numpy as np
import pytest

from bench import legibility
from bench.scanners import READERS
from emission.shipped import names


def bar(width: int) -> np.ndarray:
    dots = np.full((30, 60), 255, dtype=np.uint8)
    dots[:, 20 : 20 + width] = 0
    return dots


@pytest.mark.parametrize(("dpi", "gain"), [(300, 20), (300, -20), (200, 40), (600, -20)])
def test_ink_moves_every_edge_by_the_gain(dpi: int, gain: int) -> None:
    seen = legibility.looked_at(bar(10), dpi, gain, 0.0)
    width_mm = (255 - seen[15].astype(float)).sum() / 255 / dpi * 25.4
    # Gain is drawn in steps of about 1200 dpi, half a step off at the most on each side.
    assert width_mm == pytest.approx(10 / dpi * 25.4 + 2 * gain / 1000, abs=0.022)


def test_blur_neither_loses_nor_makes_ink() -> None:
    sharp, soft = (legibility.looked_at(bar(6), 300, 0, blur) for blur in (0.0, 1.0))
    assert (255 - sharp).astype(float).sum() == pytest.approx((255 - soft).astype(float).sum(), rel=0.01)
    assert soft.min() > sharp.min() or soft.max() == 255


def test_every_code_of_a_design_is_looked_at_and_read_as_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legibility, "FORMS", legibility.FORMS[:1])
    monkeypatch.setattr(legibility, "DPIS", (300,))
    monkeypatch.setattr(legibility, "BLURS", (0.6,))
    monkeypatch.setattr(legibility, "GAINS", (0,))
    found = legibility.measure(3, 1)
    designs = {sight.template for sight in found}
    assert designs == set(names("templates"))
    for design in designs:
        for reader in READERS:
            mine = [seen for sight, seen in found.items() if (sight.template, sight.reader) == (design, reader)]
            assert sum(seen["read"] for seen in mine) == sum(seen.total() for seen in mine) > 0
    assert not legibility.misread(found)
    assert "all; blur 0.6" in legibility.text(found, 3)


def test_the_page_is_of_all_designs_that_are_shipped() -> None:
    page = legibility.PAGE.read_text(encoding="utf-8")
    for template in names("templates"):
        for reader in READERS:
            assert f"### {template}, read by {reader}" in page
