"""Published examples, the wrong ones included: those must be refused."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest
from stdnum.ar import cbu, cuit
from stdnum.cl import rut

from emission.codes import arrecadacao, boleto, emv
from emission.codes.checkdigits import ar1357x2, clabe, febraban_mod10, febraban_mod11, mod10_31
from emission.codes.faults import CodeError

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))["vectors"]
RULES: dict[str, ModuleType] = {
    "ar-1357x2": ar1357x2,
    "mod10-31": mod10_31,
    "br-mod10": febraban_mod10,
    "br-mod11": febraban_mod11,
    "mx-clabe": clabe,
    "luhn": febraban_mod10,  # the same rule by its other name
}
LINES: dict[str, ModuleType] = {"br-arrecadacao": arrecadacao, "br-boleto": boleto}
IDS: dict[str, ModuleType] = {"ar-cuit": cuit, "ar-cbu": cbu, "cl-rut": rut}


def of_kind(*kinds: str) -> list[dict[str, object]]:
    return [vector for vector in VECTORS if vector["kind"] in kinds]


@pytest.mark.parametrize("vector", of_kind(*RULES), ids=lambda vector: vector["input"])
def test_check_digits_of_published_codes(vector: dict[str, str]) -> None:
    rule = RULES[vector["kind"]]
    right = rule.calc_check_digit(vector["input"]) == vector["expected"]
    assert right == vector["positive"]
    assert rule.is_valid(vector["input"] + vector["expected"]) == vector["positive"]


@pytest.mark.parametrize("vector", of_kind(*LINES), ids=lambda vector: vector["input"])
def test_published_lines_and_symbols(vector: dict[str, str]) -> None:
    kind = LINES[vector["kind"]]
    if not vector["positive"]:
        with pytest.raises(CodeError):
            kind.validate(vector["input"])
        return
    assert kind.line_of(vector["input"]) == vector["expected"]
    assert kind.barcode_of(vector["expected"]) == vector["input"]


@pytest.mark.parametrize("vector", of_kind(*IDS), ids=lambda vector: vector["input"])
def test_published_ids(vector: dict[str, str]) -> None:
    """Of persons and accounts: python-stdnum's business, whose rules we rely on."""
    assert IDS[vector["kind"]].is_valid(vector["input"]) == vector["positive"]


def test_every_vector_is_tested() -> None:
    assert {vector["kind"] for vector in VECTORS} == {*RULES, *LINES, *IDS, "emv-mpm", "crc16-ccitt-false"}


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
