"""Words come back in the order of reading, with their accents, labels beside their values: two readers agree on it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conformance.cases import UNICODE
from tests.render.bills import bill, look, obligation, operation
from tests.render.pages import stamped, text_of

NAME = UNICODE.removesuffix(" ﬁ")


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    pdf = stamped(look(banner=""), bill((obligation(name=NAME), operation()))).digital
    path: Path = tmp_path_factory.mktemp("words") / "file.pdf"
    path.write_bytes(pdf)
    command = ["pdftotext", "-raw", "-enc", "UTF-8", str(path), "-"]
    poppler = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [" ".join(text.split()) for text in (poppler, text_of(pdf))]


def test_words_come_in_the_order_of_reading(readings: list[str]) -> None:
    landmarks = ["Municipalidad", NAME, "Cuenta 0012-345/9", "Primer vencimiento 10/12/2026 $ 12.345,67"]
    landmarks += ["Servicio número 1", "Total al 10/12/2026 $ 12.345,67", "Evitá recargos", "Pagá con tu celular"]
    for text in readings:
        places = [text.index(landmark) for landmark in landmarks]
        assert places == sorted(places)


def test_a_row_of_the_detail_is_a_row(readings: list[str]) -> None:
    for text in readings:
        assert "12/2026 Servicio número 2 90,02 -10,00 100,02" in text
