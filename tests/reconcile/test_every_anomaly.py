"""Some hundred payments with every anomaly, from three sources at once: each found, none invented, sums exact."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from bench.fates import FATES
from bench.payments import measure
from emission.ledger import Ledger


@pytest.mark.parametrize("seed", [1, 2])
def test_each_is_found_and_none_invented(tmp_path: Path, seed: int) -> None:
    with closing(Ledger(None)) as ledger:
        figures = measure(ledger, tmp_path, 260, seed)
    assert set(figures.anomalies) == set(FATES)
    assert (figures.missed, figures.invented, figures.settlements_wrong) == (0, 0, 0)
    assert figures.amount_expected == figures.amount_reported
    assert figures.altered_refused
    assert figures.right
