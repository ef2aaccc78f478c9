"""Every file is drawn and judged once for all tests of this room."""

from __future__ import annotations

import pytest

from tests.conformance import many
from tests.conformance.cases import files
from tests.conformance.judging import Verdict, judged

# Three of each design.
SAMPLE, SEED = 21, 5


@pytest.fixture(scope="session")
def sample() -> dict[str, many.Drawn]:
    """Some of the random vouchers of ``many``."""
    return many.drawn(SAMPLE, SEED)[0]


@pytest.fixture(scope="session")
def made(sample: dict[str, many.Drawn], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return files(tmp_path_factory.mktemp("conformance")) | {name: one.pdf for name, one in sample.items()}


@pytest.fixture(scope="session")
def verdicts(made: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Verdict]:
    return judged(tmp_path_factory.mktemp("judged"), made)
