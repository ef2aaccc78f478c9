"""A file changes only when somebody means it to: see :mod:`tests.conformance.golden`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.golden import FOLDER, GOLDEN, made, normal


@pytest.mark.parametrize("name", GOLDEN)
def test_a_file_is_as_it_was_looked_at(name: str, tmp_path: Path) -> None:
    assert normal(made(name, tmp_path)) == (FOLDER / f"{name}.qdf").read_bytes()
