from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emission.codes import geometry
from emission.codes.faults import CodeError

DOT = 25.4 / 300


def test_the_larger_x_is_taken_where_it_fits() -> None:
    # 365 modules and 20 of quiet zone: 130.4 mm at four dots, 97.8 mm at three.
    wide, narrow = (geometry.fit_linear("code128", "0" * 60, width) for width in (131.0, 130.0))
    assert (wide.x_dots, narrow.x_dots) == (4, 3)
    assert wide.x_mm == pytest.approx(0.33867, abs=1e-5)
    assert wide.bars_mm + 2 * wide.quiet_mm == pytest.approx(385 * 4 * DOT)
    assert narrow.quiet_mm == pytest.approx(10 * 3 * DOT)


def test_a_width_that_fits_exactly_is_enough() -> None:
    assert geometry.fit_linear("code128", "0" * 60, 385 * 3 * DOT).x_dots == 3


def test_itf_gives_up_ratio_before_x() -> None:
    # 44 digits: 405 modules at ratio 3, 360.5 at 2.5, quiet zones apart.
    full, lean, small = (geometry.fit_linear("itf", "0" * 44, width) for width in (144.0, 130.0, 110.0))
    assert (full.x_dots, full.symbol.modules) == (4, 405)
    assert (lean.x_dots, lean.symbol.modules) == (4, 360.5)
    assert (small.x_dots, small.symbol.modules) == (3, 405)


def test_what_does_not_fit_at_three_dots_is_refused_with_the_width_it_needs() -> None:
    with pytest.raises(CodeError) as caught:
        geometry.fit_linear("code128", "0" * 60, 97.0)
    assert caught.value.fault.code == "barcode-too-wide"
    assert caught.value.fault.params == {"length": "60", "needed_mm": "97.8", "width_mm": "97.0"}


@given(st.floats(0, 300))
def test_a_left_edge_lands_on_a_dot_and_moves_less_than_one(mm: float) -> None:
    snapped = geometry.snap(mm)
    assert snapped / DOT == pytest.approx(round(snapped / DOT), abs=1e-6)
    assert abs(snapped - mm) <= DOT / 2 + 1e-9


@given(st.integers(1, 40), st.floats(10, 120))
def test_a_qr_takes_the_largest_whole_dots(version: int, side: float) -> None:
    modules = 17 + 4 * version + 8
    if modules * 4 * DOT > side + 1e-5:
        with pytest.raises(CodeError, match="qr-too-dense"):
            geometry.fit_qr(version, side)
        return
    fitted = geometry.fit_qr(version, side + 1e-5)
    assert fitted.module_dots >= 4
    assert fitted.bars_mm + 2 * fitted.quiet_mm <= side + 1e-4
    assert modules * (fitted.module_dots + 1) * DOT > side
    assert fitted.quiet_mm == pytest.approx(4 * fitted.module_mm)
