"""Every file is drawn and judged once for all tests of this room."""

from __future__ import annotations

import pytest

from tests.conformance.cases import files
from tests.conformance.judging import Verdict, judged


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return files(tmp_path_factory.mktemp("conformance"))


@pytest.fixture(scope="session")
def verdicts(made: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Verdict]:
    return judged(tmp_path_factory.mktemp("judged"), made)
