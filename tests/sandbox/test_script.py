"""``--faults``: rates and scripts, the same fate from the same seed, and plain words for what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emission.errors import UsageError
from emission.sandbox.faults import Kind
from emission.sandbox.script import faults_of
from emission.wording import explain


def fate(text: str, kind: Kind, calls: int = 400) -> list[bool]:
    faults = faults_of(text)
    return [faults.take(kind) for _ in range(calls)]


def test_the_same_seed_is_the_same_fate_and_another_seed_another() -> None:
    first = fate("throttle=10%,seed=7", Kind.THROTTLE)
    assert first == fate("seed=7, throttle=0.1", Kind.THROTTLE)
    assert first != fate("throttle=10%,seed=8", Kind.THROTTLE)
    assert 20 <= sum(first) <= 60


def test_one_fault_does_not_change_the_fate_of_another() -> None:
    assert fate("down=0.3,slow=0.3", Kind.DOWN) == fate("down=0.3", Kind.DOWN)


@pytest.mark.parametrize("name", ["script.toml", "script.json"])
def test_a_script_says_after_how_many_which_and_how_often(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    toml = '[[fault]]\nfault = "down"\nafter = 3\nevery = 2\ntimes = 2\n[[fault]]\nfault = "down"\nafter = 9\n'
    told = [{"fault": "down", "after": 3, "every": 2, "times": 2}, {"fault": "down", "after": 9}]
    path.write_text(toml if name.endswith("toml") else json.dumps({"fault": told}), encoding="utf-8")
    hits = [number for number, hit in enumerate(fate(str(path), Kind.DOWN, 20), start=1) if hit]
    assert hits == [5, 7, 12]  # the tenth that the second arming meets: two went to the first


@pytest.mark.parametrize("text", ["meteor=0.1", "down=often", "down=1.5", "down=-1%", "no-such-file", "seed=x"])
def test_what_cannot_be_read_is_a_plain_error_that_names_the_faults(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        faults_of(text)
    for language in ("es", "en"):
        said = explain(language, caught.value)
        assert text in said
        assert "lose-answer" in said


@pytest.mark.parametrize("content", ["[[fault]]\nfault = 'down'\noften = 3\n", "seed = 'x'", "[[fault", "fault = 3"])
def test_a_script_that_is_wrong_is_a_plain_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "script.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="faults-unreadable"):
        faults_of(str(path))
