"""A program that leaves at once says all that it has to say, with the exit code that it always had."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import atexit
from emission.leaving import leaving_at_once

class Large:
    def __del__(self):
        print("taken apart")

with leaving_at_once():
    large = Large()
    atexit.register(print, "the last word")
    {ending}
"""


def run(ending: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(ending=ending)], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("ending", "code"),
    [("pass", 0), ("raise SystemExit", 0), ("raise SystemExit(3)", 3), ("raise SystemExit(130)", 130)],
)
def test_what_waits_for_the_end_is_done_and_nothing_is_taken_apart(ending: str, code: int) -> None:
    ended = run(ending)
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, "the last word\n", "")


@pytest.mark.parametrize(
    ("ending", "said"), [("1 / 0", "ZeroDivisionError"), ("raise SystemExit('no file')", "no file")]
)
def test_what_went_wrong_is_told_as_ever(ending: str, said: str) -> None:
    ended = run(ending)
    assert ended.returncode == 1
    assert said in ended.stderr
    assert "the last word\n" in ended.stdout
