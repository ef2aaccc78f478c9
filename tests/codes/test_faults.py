"""Every fault of this room has its sentence in both languages, and crosses process borders whole."""

from __future__ import annotations

import pickle
import re
import string
import tomllib
from importlib.resources import files
from pathlib import Path

import emission.codes
from emission.codes.faults import CodeError
from emission.model import Fault

SENTENCES = tomllib.loads(files("emission.wording").joinpath("codes.toml").read_text(encoding="utf-8"))
SOURCES = [path.read_text(encoding="utf-8") for path in Path(str(emission.codes.__file__)).parent.rglob("*.py")]
RAISED = {code for source in SOURCES for code in re.findall(r'[Ff]ault\(\s*"([a-z0-9-]+)"', source)}


def test_every_fault_has_its_sentence_and_every_sentence_its_fault() -> None:
    assert set(SENTENCES) == RAISED


def test_both_languages_use_the_same_facts() -> None:
    for code, texts in SENTENCES.items():
        assert set(texts) == {"es", "en"}
        named = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in texts.values()]
        assert named[0] == named[1], code


def test_an_error_crosses_process_borders_whole() -> None:
    fault = Fault("qr-too-long", field="qr", value="…", params={"bytes": "3000"})
    # Our own bytes, read back at once.
    back = pickle.loads(pickle.dumps(CodeError(fault)))  # noqa: S301
    assert isinstance(back, CodeError)
    assert back.fault == fault
    assert str(back) == "qr-too-long"
