"""The first run of the READMEs goes as they say."""

import contextlib
import re
from pathlib import Path
from unittest import mock

import pytest
from typer.testing import CliRunner

from emission.cli import app
from tests.docs.pages import READMES, blocks, commands, text


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The project after every command of the README, and what the first `run` printed."""
    folder = tmp_path_factory.mktemp("first")
    printed = ""
    for line in commands(text("README.md")):
        words = line.split()
        if words[0] == "cd":
            folder /= words[1]
        elif words[0] == "emission":
            # What is printed and made is the same with any number of workers; to start them takes most of the time.
            with contextlib.chdir(folder), mock.patch("os.cpu_count", return_value=1):
                result = CliRunner().invoke(app, words[1:])
            assert result.exit_code == 0, result.stderr
            if words[1] == "run" and not printed:
                printed = result.stdout
    return folder, printed


@pytest.mark.parametrize("readme", READMES)
def test_it_prints_the_summary_that_is_shown(first: tuple[Path, str], readme: str) -> None:
    (summary,) = (block for block in blocks(text(readme), "") if block.startswith("Lote lote"))
    printed = [line.rstrip() for line in first[1].splitlines()]
    assert [line.rstrip() for line in summary.splitlines()] == printed[: len(summary.splitlines())]


@pytest.mark.parametrize("readme", READMES)
def test_it_makes_the_files_of_the_tree(first: tuple[Path, str], readme: str) -> None:
    (tree,) = (block for block in blocks(text(readme), "") if block.startswith("out/lote/"))
    shown = {name.rpartition("/")[2] for name in re.findall(r"[A-Za-z0-9/-]+\.(?:csv|xlsx|json|log|pdf)", tree)}
    made = {path.name for path in (first[0] / "out" / "lote").rglob("*") if path.is_file()}
    assert shown == {name for name in made if not name.startswith("TSG-") or name == "TSG-000001.pdf"}
