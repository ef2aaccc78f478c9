"""Published examples, the wrong ones included: those must be refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emission.codes import emv
from emission.codes.checkdigits import ar1357x2, mod10_31
from emission.codes.faults import CodeError

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))["vectors"]
RULES = {"ar-1357x2": ar1357x2, "mod10-31": mod10_31}


def of_kind(*kinds: str) -> list[dict[str, object]]:
    return [vector for vector in VECTORS if vector["kind"] in kinds]


@pytest.mark.parametrize("vector", of_kind(*RULES), ids=lambda vector: vector["input"])
def test_check_digits_of_published_codes(vector: dict[str, str]) -> None:
    rule = RULES[vector["kind"]]
    right = rule.calc_check_digit(vector["input"]) == vector["expected"]
    assert right == vector["positive"]
    assert rule.is_valid(vector["input"] + vector["expected"]) == vector["positive"]


@pytest.mark.parametrize("vector", of_kind("emv-mpm"), ids=lambda vector: vector["source"])
def test_published_payment_qrs(vector: dict[str, str]) -> None:
    text = vector["input"]
    assert emv.classify(text) == "emv"
    if not vector["positive"]:
        with pytest.raises(CodeError):
            emv.parse(text)
        return
    fields = emv.parse(text)
    assert fields[-1] == ("63", vector["expected"])
    assert emv.compose(fields[:-1]) == text


def test_crc_check_value() -> None:
    (vector,) = of_kind("crc16-ccitt-false")
    assert f"{emv.crc16(str(vector['input']).encode()):04X}" == vector["expected"]
