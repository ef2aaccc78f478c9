"""``emission find``: any word of a bill finds it, and one screen tells what a clerk needs."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from emission.find.screen import LINES, WIDTH
from emission.ledger import Ledger, search
from emission.words import words
from tests.run.town import CONFIG, Row, Town, row, rows

OLD = Path(__file__).parents[1] / "ledger" / "version_1.sql"

WANTED = row(
    3,
    payer_name="Muñoz O'Brien, José María",
    payer_id_type="CUIT",
    payer_id="20990000035",
    account="12-B/7",
    property_address="Pje. Ñuble 1450",
    postal_street="Av. San Martín",
    postal_number="77",
    postal_city="Villa Ejemplo",
)


def batch() -> list[Row]:
    """Twenty-two people of one name, Muñoz, one that is rejected and one that the sandbox refuses."""
    beyond = row(31, amount="999999999.00", amount_2="", due_date_2="")
    return [WANTED, *rows(22, start=4), row(30, amount="?", payer_name="Lobos, Nélida"), beyond]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    town = Town(tmp_path_factory.mktemp("town"), CONFIG, "[provider]\nbatch_size = 1\n")
    town.batch(batch())
    town.run(expect=3)
    return town


def found(town: Town, *words: str) -> list[dict[str, Any]]:
    """The events that a program is told."""
    result = town.call("find", "--json", "--", *words)
    return [json.loads(line) for line in result.stdout.splitlines()]


def only(town: Town, *words: str) -> str:
    """The id of the one bill that these words find."""
    first, last = found(town, *words)
    assert (first["event"], last["total"]) == ("bill", 1)
    name = first["obligation_id"]
    assert isinstance(name, str)
    return name


@pytest.mark.parametrize(
    "words",
    [
        "TSG-0003", "tsg-0003", " tsg 0003 ", "Muñoz", "munoz", "MARÍA muñ", "obrien", "O'Brien José", "jose-maria",
        "20990000035", "20-99000003-5", "99000003", "99.000.003", "12-B/7", "12b7", "ñuble 1450", "San Martin 77",
        "muñoz 2026-12 ñuble",
    ],
)  # fmt: skip
def test_anything_of_the_row_finds_its_bill(town: Town, words: str) -> None:
    assert only(town, *words.split(" ")) == "TSG-0003"


def test_anything_printed_finds_its_bill(town: Town) -> None:
    (bill, _) = found(town, "TSG-0003")
    (order,) = bill["orders"]
    codes = order["operation"]["codes"]
    assert {code["role"] for code in codes} >= {"barcode", "qr", "payment_url", "payment_code", "link_code", "pmc_code"}
    barcode = next(code["text"] for code in codes if code["role"] == "barcode")
    in_groups = " ".join(barcode[start : start + 4] for start in range(0, len(barcode), 4))
    numbers = (order["operation"]["number"], order["external_id"], in_groups)
    for text in (*numbers, *(code["text"] for code in codes)):
        assert only(town, text) == "TSG-0003", text


def test_the_screen_tells_who_what_where_and_when(town: Town) -> None:
    screen = town.call("find", "TSG-0003").stdout
    for told in (
        "TSG-0003 · TSG 2026-12 · ENSAYO (sandbox)", "Muñoz O'Brien, José María · CUIT 20990000035 · cuenta 12-B/7",
        "Pje. Ñuble 1450", "Av. San Martín 77", "$ 1.003,03 hasta el 10/12/2026", "emitida (lote lote, fila 1)",
        "confirmada", "digital/0001/TSG-0003.pdf", "lote de impresión 1, orden 1, sellado", "se pidió la operación",
    ):  # fmt: skip
        assert told in screen
    assert len(screen.splitlines()) <= LINES


@pytest.mark.parametrize("words", ["TSG-0030", "lobos", "Nelida Lob"])
def test_a_rejected_row_is_found_and_says_what_to_type(town: Town, words: str) -> None:
    screen = town.call("find", *words.split()).stdout
    assert "rechazada" in screen
    assert "amount-unreadable" in screen
    assert f"emission run {town.folder / 'out' / 'lote' / 'rejected.csv'}" in screen


def test_what_the_provider_refused_says_what_to_type(town: Town) -> None:
    screen = town.call("find", "TSG-0031").stdout
    assert "provider-refused" in screen
    assert "--retry-failed" in screen


def test_many_are_listed_on_one_screen(town: Town) -> None:
    result = town.call("find", "penaloza")
    assert len(result.stdout.splitlines()) <= 20
    assert "TSG-0025" in result.stdout
    assert "y 6 más" in result.stdout
    assert "ENSAYO" not in result.stdout
    assert "lote (sandbox)" in result.stdout


def test_nothing_is_exit_3_and_a_hint(town: Town) -> None:
    result = town.call("find", "Nadie", "de acá")
    assert result.exit_code == 3
    assert "Nadie de acá" in result.stderr
    assert town.call("find", "¿?").exit_code == 2


@settings(deadline=None)
@given(st.text(max_size=80))
@example('" OR facts : *')
@example("NEAR(a b) AND NOT")
@example("мир 東京 ŉ ½")
@example("a-" * 2000)  # longer than a question: a code, found as one word
def test_no_text_is_syntax_and_each_finds_itself(text: str) -> None:
    with closing(sqlite3.connect(":memory:")) as index:
        index.execute("CREATE VIRTUAL TABLE search USING fts5(facts, content = '', detail = none, tokenize = 'ascii')")
        index.execute("INSERT INTO search (rowid, facts) VALUES (1, ?)", (" ".join(words([text])),))
        wanted = search.expression(text)
        hits = index.execute("SELECT rowid FROM search WHERE search MATCH ?", (wanted,)).fetchall() if wanted else []
    assert hits == ([(1,)] if wanted else [])


def test_it_answers_while_a_run_holds_the_ledger(town: Town) -> None:
    with closing(sqlite3.connect(town.folder / "emission.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert only(town, "TSG-0003") == "TSG-0003"
        writer.execute("ROLLBACK")


def test_an_old_name_still_finds_and_a_mended_row_is_one_bill(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.batch([row(1, payer_name="Lobos, Nélida"), row(2, amount="?")])
    town.run(expect=3)
    town.batch([row(9), row(1, payer_name="Juárez, Nélida"), row(2)])
    town.run()
    assert only(town, "lobos") == only(town, "juarez") == "TSG-0001"
    assert "Juárez" in town.call("find", "lobos").stdout
    assert only(town, "TSG-0002") == "TSG-0002"
    # Row 2 was rejected once, and is another's now.
    assert len(found(town, "Angela")) == 3


def test_production_comes_before_rehearsals(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.batch(rows(2))
    town.run()
    assert "ENSAYO (sandbox)" in town.call("find", "TSG-0001").stdout
    town.configure(f'{CONFIG}[provider]\nkind = "supplied"\n[codes]\nqr = "optional"\n')
    assert "ENSAYO (sandbox)" in town.call("find", "TSG-0001").stdout
    town.batch([{**row(1), "barcode": "12345678901234567890", "operation": "77"}], "enero.csv")
    town.run("enero.csv", "--yes")
    screen = town.call("find", "TSG-0001").stdout
    assert "PRODUCCIÓN" in screen
    assert "Operación 77" in screen
    assert only(town, "12345678901234567890") == "TSG-0001"


def test_a_ledger_of_an_older_release_is_searched_too(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "emission.db")) as connection:
        connection.executescript(OLD.read_text(encoding="utf-8"))
        (number,) = connection.execute("SELECT number FROM operation WHERE effect = 2").fetchone()
    town = Town(tmp_path)
    assert only(town, "TSG-0002") == only(town, number) == only(town, f"9{number}") == "TSG-0002"
    assert {hit["state"] for hit in found(town, "güemes")[:-1]} == {"rendered", "rejected"}


def test_a_long_story_stays_on_one_screen(tmp_path: Path) -> None:
    town = Town(tmp_path, CONFIG, "[provider]\nbatch_size = 1\n")
    town.batch(rows(1))
    town.run()
    with closing(Ledger(tmp_path / "emission.db")) as ledger:
        for _ in range(40):
            ledger.record("effect", [1], "unknown")
        ledger.record("effect", [1], "accepted", "llamé al proveedor " * 9, who="Marta Ejemplo")
    screen = town.call("find", "TSG-0001").stdout.splitlines()
    assert len(screen) == LINES
    assert max(map(len, (line for line in screen if str(tmp_path) not in line))) <= WIDTH
    assert "anteriores" in next(line for line in screen if line.startswith("Historia"))
    assert "Marta Ejemplo: llamé al proveedor" in screen[-1]


def test_a_superseded_operation_is_told_and_finds_its_bill(tmp_path: Path) -> None:
    config = CONFIG.replace("[batch]", '[batch]\nid = "lote"\non_change = "supersede"')
    town = Town(tmp_path, config)
    town.batch(rows(2))
    town.run()
    assert town.call("release", "1", "--who", "Marta Ejemplo").exit_code == 0
    (before, _) = found(town, "TSG-0002")
    town.batch([row(1), row(2, amount="5000.00", amount_2="5100.00")], "corregido.csv")
    assert town.call("amend", "corregido.csv", "--yes").exit_code == 0
    old = before["orders"][0]["operation"]
    for text in (old["number"], *(code["text"] for code in old["codes"])):
        assert only(town, text) == "TSG-0002"
    screen = town.call("find", "TSG-0002").stdout
    assert f"Operación {old['number']} · REEMPLAZADA, sigue viva" in screen
    assert "$ 5.000,00 hasta el 10/12/2026" in screen
    assert "el anterior ya estaba en la imprenta (lote 1)" in screen
    assert "entregado el" in (released := town.call("find", "TSG-0001").stdout)
    assert "Marta Ejemplo" in released
