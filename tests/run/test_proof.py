"""An office signs what it saw: the worst cases of its batch, on paper, before anything is issued."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from emission.ledger import Ledger, runs
from tests.run.town import CONFIG, Row, Town, pages, read_codes, row, text_of


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


NAMED = "María de los Ángeles Peñaloza Güemes de Zárate"


def batch() -> list[Row]:
    """Every case is another voucher's."""
    return [
        row(1, channel="digital", payer_email="ana@ejemplo.test"),
        row(2, payer_name=NAMED),
        row(3, postal_street="Avenida del Libertador General San Martín", postal_number="12345", postal_city="Zárate"),
        row(4, amount="9999999.99", amount_2="9999999.99"),
        row(5, voucher_id="V", payer_name="Una"),
        row(6, voucher_id="V", payer_name="Una"),
        row(7, payable="no", legend="Débito automático 17"),
        row(8, payable="no", legend="Débito automático 18"),
        row(9, payable="no", legend="Plan de pagos"),
    ]


def proof_of(town: Town, *options: str, expect: int = 0) -> dict[str, Any]:
    result = town.call("proof", "lote.csv", "--out", "prueba", "--json", *options)
    assert result.exit_code == expect, result.stdout + result.stderr
    (event,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert isinstance(event, dict)
    return event


def texts_of(town: Town, proof: dict[str, Any]) -> list[str]:
    found = (page.get_textpage().get_text_bounded() for page in pages(town.folder / proof["path"]))
    return [text.replace("\r\n", " ") for text in found]


def test_each_case_is_the_right_voucher_on_the_page_that_the_cover_says(town: Town) -> None:
    town.batch(batch())
    proof = proof_of(town)
    found = {case["case"]: case["voucher_id"] for case in proof["cases"] if case["case"] != "legend"}
    assert found == {
        "longest-name": "TSG-0002",
        "longest-address": "TSG-0003",
        "largest-amount": "TSG-0004",
        "most-due-dates": "TSG-0001",
        "most-obligations": "V",
        "payable": "TSG-0001",
        "not-payable": "TSG-0007",
        "printed": "TSG-0002",
        "digital": "TSG-0001",
        "with-email": "TSG-0001",
        "without-email": "TSG-0002",
    }
    legends = [case["voucher_id"] for case in proof["cases"] if case["case"] == "legend"]
    assert legends == ["TSG-0007", "TSG-0009"]
    texts = texts_of(town, proof)
    assert len(texts) == proof["pages"]
    for case in proof["cases"]:
        names = ("TSG-0005", "TSG-0006") if case["voucher_id"] == "V" else (case["voucher_id"],)
        assert any(name in texts[case["page"] - 1] for name in names)
        assert case["said"].split(" (")[0] in texts[0]


def test_the_cover_says_what_is_signed(town: Town) -> None:
    town.batch(batch())
    proof = proof_of(town)
    cover = texts_of(town, proof)[0]
    total = sum(1000 + n + n / 100 for n in (1, 2, 3, 5, 6, 7, 8, 9)) + 9999999.99
    shown = f"$ {total:,.2f}".translate(str.maketrans(",.", ".,"))
    for words in ("Prueba de imprenta", "Villa Ejemplo", "lote", proof["template_sha256"][:12], "20/11/2026", shown):
        assert words in cover
    assert "Aprobado por" in cover
    assert "Firma" in cover
    assert (proof["vouchers"], proof["obligations"], proof["rejected"]) == (8, 9, 0)


def test_the_fingerprint_that_is_signed_is_the_one_that_a_run_keeps(town: Town) -> None:
    town.batch(batch())
    proof = proof_of(town)
    town.run()
    with closing(Ledger(town.folder / "emission.db")) as ledger:
        assert [run.look for run in runs.every(ledger)] == [proof["template_sha256"]]


def test_nothing_in_it_can_be_paid_and_nobody_is_asked(town: Town) -> None:
    town.batch(batch())
    path = town.folder / proof_of(town)["path"]
    assert read_codes(path) == []
    assert text_of(path).count("SPECIMEN") >= 8
    assert not (town.folder / "emission.db").exists()


def test_the_same_batch_gives_the_same_proof(town: Town) -> None:
    town.batch(batch())
    path = town.folder / proof_of(town)["path"]
    before = path.read_bytes()
    proof_of(town)
    assert path.read_bytes() == before
    with pikepdf.open(path) as proof:
        assert not proof.docinfo  # no clock, which two proofs of one second would not show


def test_a_case_that_cannot_be_drawn_is_told_on_the_cover_with_its_reason(town: Town) -> None:
    town.batch([*batch(), row(10, payer_name="Ñ" * 250)])
    proof = proof_of(town, expect=3)
    (case,) = [case for case in proof["cases"] if case["case"] == "longest-name"]
    assert (case["voucher_id"], case["page"]) == ("TSG-0010", None)
    assert "no entra" in case["reason"]
    cover = texts_of(town, proof)[0]
    assert "no se puede imprimir" in cover


def test_faulty_rows_are_no_cases(town: Town) -> None:
    town.batch(
        [
            *batch(),
            row(10, amount="x", payer_name=NAMED * 2),
            row(11, voucher_id="W"),
            row(12, voucher_id="W", amount=""),
        ]
    )
    proof = proof_of(town)
    assert {case["voucher_id"] for case in proof["cases"]}.isdisjoint({"TSG-0010", "W"})
    assert proof["rejected"] == 3


def test_many_legends_make_a_longer_cover_and_pages_stay_right(town: Town) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    town.batch([row(n, payable="no", legend=f"Leyenda {letters[n]} " + "muy larga " * 6) for n in range(1, 26)])
    proof = proof_of(town)
    assert sum(case["case"] == "legend" for case in proof["cases"]) == 20
    texts = texts_of(town, proof)
    assert "Aprobado por" not in texts[0]
    assert all(case["voucher_id"] in texts[case["page"] - 1] for case in proof["cases"])


def test_a_batch_without_a_sound_row_has_no_proof(town: Town) -> None:
    town.batch([row(1, amount="x")])
    result = town.call("proof", "lote.csv")
    assert result.exit_code == 2
    assert "validate" in result.stderr


def test_in_english_and_with_a_template_of_ones_own(town: Town) -> None:
    town.configure('language = "en"\n' + CONFIG)
    town.batch(batch())
    assert town.call("template", "new", "mine").exit_code == 0
    result = town.call("proof", "lote.csv", "--template", "mine")
    assert result.exit_code == 0
    with pypdfium2.PdfDocument(town.folder / "lote-proof.pdf") as document:
        text = document[0].get_textpage().get_text_bounded()
    assert "Proof for approval" in text
    assert "mine" in text
