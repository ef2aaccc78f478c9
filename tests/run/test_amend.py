"""A corrected file: what it would change is shown, and done only once somebody says so."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from typer.testing import Result

from emission.console import Console
from emission.ledger import Ledger
from tests.run.town import CONFIG, Row, Run, Town, read_codes, row, rows, text_of

SUPERSEDE = CONFIG.replace('max_rejected = "100%"', 'max_rejected = "100%"\non_change = "supersede"')


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town(tmp_path, CONFIG + "lot_pages = 3\n")
    town.batch(rows(6))
    town.run()
    return town


@pytest.fixture
def superseding(tmp_path: Path) -> Town:
    town = Town(tmp_path, SUPERSEDE + "lot_pages = 3\n")
    town.batch(rows(6))
    town.run()
    return town


def amend(town: Town, content: Sequence[Mapping[str, str]], *options: str, expect: int = 0) -> Run:
    town.batch(content, "corregido.csv")
    result = town.call("amend", "corregido.csv", "--yes", "--json", *options)
    assert result.exit_code == expect, result.stdout + result.stderr
    return Run(town.folder / "out" / "lote", result)


def table(result: Result) -> dict[str, dict[str, dict[str, int]]]:
    events = [json.loads(line) for line in result.stdout.splitlines()]
    (amendment,) = [event for event in events if event["event"] == "amendment"]
    cells: dict[str, dict[str, dict[str, int]]] = amendment["cells"]
    return cells


def operations(town: Town) -> list[dict[str, Any]]:
    return [dict(found) for found in town.operations()]


def line(run: Run, name: str) -> Row:
    (found,) = [line for line in run.manifest if line["obligation_id"] == name]
    return found


def query(town: Town, sql: str) -> list[tuple[Any, ...]]:
    with closing(Ledger(town.folder / "emission.db")) as ledger, ledger.transaction() as connection:
        return [tuple(found) for found in connection.exec_driver_sql(sql)]


def test_nothing_is_done_before_somebody_says_so(town: Town) -> None:
    before = (town.folder / "out/lote/manifest.csv").read_bytes(), query(town, "SELECT count(*) FROM rendering")
    town.batch([row(1, payer_name="Otra"), *rows(4, 2), row(7)], "corregido.csv")
    result = town.call("amend", "corregido.csv")
    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert "Cambia el texto" in result.stdout
    with mock.patch.object(Console, "confirm_amendment", return_value=False):
        assert town.call("amend", "corregido.csv").exit_code == 3
    after = (town.folder / "out/lote/manifest.csv").read_bytes(), query(town, "SELECT count(*) FROM rendering")
    assert before == after
    assert len(operations(town)) == 6


def test_every_kind_of_change_is_counted_in_rows_and_in_pesos(town: Town) -> None:
    new = [row(1), row(2, payer_name="Otra"), row(3, amount="1.00"), row(4, due_date="ayer"), row(5), row(7)]
    run = amend(town, new, expect=3)
    cells = table(run.result)
    found = {
        kind: {reach: cell["rows"] for reach, cell in reaches.items() if cell["rows"]}
        for kind, reaches in cells.items()
    }
    assert found == {
        "unchanged": {"rendered": 2},
        "text": {"rendered": 1},
        "money": {"rendered": 1},
        "rejected": {"rendered": 1},
        "gone": {"rendered": 1},
        "new": {"not_rendered": 1},
    }
    assert cells["money"]["rendered"]["before"] == 100303
    assert cells["money"]["rendered"]["after"] == 100
    assert cells["gone"]["rendered"]["before"] == 100606


def test_new_words_keep_their_operation_and_their_place(town: Town) -> None:
    before = Run(town.folder / "out/lote", Result(mock.Mock(), b"", b"", b"", None, 0, None)).manifest
    run = amend(town, [row(1), row(2, payer_name="Güiraldes, Íñigo"), *rows(4, 3)])
    assert "Güiraldes, Íñigo" in text_of(run.folder / line(run, "TSG-0002")["file"])
    same = ("operation", "barcode", "print_lot", "print_sequence", "file")
    assert [line(run, old["obligation_id"])[name] for old in before for name in same] == [
        old[name] for old in before for name in same
    ]
    assert len(operations(town)) == 6
    assert any("Güiraldes, Íñigo" in text_of(lot) for lot in run.lots())


def test_refused_money_leaves_the_bill_standing(town: Town) -> None:
    before = Run(town.folder / "out/lote", mock.Mock())
    digital, lots = before.digital(), [lot.read_bytes() for lot in before.lots()]
    run = amend(town, [row(1), row(2, amount="9.99"), *rows(4, 3)], expect=3)
    assert run.codes_of("TSG-0002") == {"payable-changed"}
    assert line(run, "TSG-0002")["status"] == "rejected"
    assert run.digital() == digital
    assert [lot.read_bytes() for lot in run.lots()] == lots
    assert run.report["standing"] == 1
    assert len(operations(town)) == 6
    # The office changes its mind: nothing needs to be made again.
    again = amend(town, rows(6))
    assert again.report["rendered"] == 6
    assert again.report["standing"] == again.report["made"] == 0


def test_a_standing_bill_is_drawn_again_with_its_lot(town: Town) -> None:
    amend(town, [row(1), row(2, amount="9.99"), *rows(4, 3)], expect=3)
    run = amend(town, [row(1, payer_name="Otra"), row(2, amount="9.99"), *rows(4, 3)], expect=3)
    first = run.lots()[0]
    assert "Otra" in text_of(first)
    assert len(read_codes(first)) == 6
    assert "1.002,02" in text_of(first)


def test_a_standing_bill_outlives_every_look(superseding: Town) -> None:
    amend(superseding, [*rows(3), row(4, amount="?"), *rows(2, 5)], expect=3)
    for accent in ("#800000", "#008000"):
        text = SUPERSEDE.replace("[issuer]", f'[issuer]\naccent = "{accent}"') + "lot_pages = 3\n"
        superseding.configure(text)
        again = superseding.call("run", "corregido.csv", "--rerender")
        assert again.exit_code == 3, again.stderr
    assert superseding.call("release", "all").exit_code == 0
    exempt = row(4, payable="no", legend="Exento")
    run = amend(superseding, [*rows(3), exempt, *rows(2, 5)])
    assert line(run, "TSG-0004")["print_lot"] == "3"
    assert superseding.call("audit", "lote").exit_code == 0
    assert superseding.call("reprint", "--lot", "2").exit_code == 0


def test_bills_that_are_gone_leave_the_folder_and_the_lots(town: Town) -> None:
    run = amend(town, [row(1), *rows(4, 3)])
    assert len(run.manifest) == len(run.digital()) == 5
    assert [len(read_codes(lot)) for lot in run.lots()] == [4, 6]
    assert len(operations(town)) == 6
    assert query(town, "SELECT count(*) FROM history WHERE event = 'gone'") == [(1,)]
    back = amend(town, rows(6))
    assert back.report["rendered"] == len(back.digital()) == 6
    assert len(operations(town)) == 6


def test_superseding_asks_once_and_says_what_it_replaces(superseding: Town) -> None:
    before = {found["obligation_id"]: found for found in Run(superseding.folder / "out/lote", mock.Mock()).manifest}
    old = before["TSG-0002"]["operation"]
    run = amend(superseding, [row(1), row(2, amount="2000.00", amount_2="", due_date_2=""), *rows(4, 3)])
    changed = line(run, "TSG-0002")
    assert (changed["status"], changed["revision"], changed["amount"]) == ("rendered", "2", "2000.00")
    assert changed["operation"] != old
    paper = text_of(run.folder / changed["file"])
    assert f"reemplaza y anula la de la operación {old}" in paper
    assert changed["barcode"] in read_codes(run.folder / changed["file"])
    assert len(operations(superseding)) == 7
    assert query(superseding, "SELECT count(*) FROM effect WHERE state = 'superseded'") == [(1,)]
    # Again, the same file: nothing is asked, nothing is made.
    again = amend(superseding, [row(1), row(2, amount="2000.00", amount_2="", due_date_2=""), *rows(4, 3)])
    assert again.report["made"] == 0
    assert len(operations(superseding)) == 7


def test_a_paid_operation_is_never_replaced_and_leaves_a_difference(superseding: Town) -> None:
    old = line(Run(superseding.folder / "out/lote", mock.Mock()), "TSG-0002")
    superseding.pay(old["operation"])
    run = amend(superseding, [row(1), row(2, amount="1500.00"), *rows(4, 3)], expect=3)
    assert table(run.result)["money"]["paid"]["rows"] == 1
    assert run.codes_of("TSG-0002") == {"paid-before-change"}
    assert line(run, "TSG-0002")["status"] == "failed"
    assert len(operations(superseding)) == 6
    owed = Decimal("1500.00") - Decimal(old["amount"])
    assert query(superseding, "SELECT amount FROM difference") == [(int(owed * 100),)]
    assert len(run.digital()) == 5
    assert [len(read_codes(lot)) for lot in run.lots()] == [4, 6]


def test_paid_between_the_table_and_the_call_is_seen_too(superseding: Town) -> None:
    old = line(Run(superseding.folder / "out/lote", mock.Mock()), "TSG-0002")
    new = [row(1), row(2, amount="1500.00"), *rows(4, 3)]
    superseding.batch(new, "corregido.csv")
    stopped = superseding.call("amend", "corregido.csv", "--yes", "--limit", "1")
    assert stopped.exit_code == 4
    superseding.pay(old["operation"])
    run = amend(superseding, new, expect=3)
    assert run.codes_of("TSG-0002") == {"paid-before-change"}
    assert len(operations(superseding)) == 6


def test_a_released_lot_stays_as_it_is(superseding: Town) -> None:
    superseding.call("release", "1")
    first = superseding.folder / "out/lote/print/lot-0001.pdf"
    before = first.read_bytes()
    new = [row(1, payer_name="Otra"), row(2, amount="2000.00"), *rows(3, 4)]
    run = amend(superseding, new)
    assert first.read_bytes() == before
    cells = table(run.result)
    assert [cells[kind]["released"]["rows"] for kind in ("text", "money", "gone")] == [1, 1, 1]
    assert {line(run, name)["print_lot"] for name in ("TSG-0001", "TSG-0002")} == {"3"}
    assert len(read_codes(run.lots()[2])) == 4


def test_an_old_file_does_not_undo_an_amendment(town: Town) -> None:
    amend(town, [row(1, payer_name="Otra"), *rows(5, 2)])
    result = town.call("run", "lote.csv")
    assert result.exit_code == 3
    assert "corregido.csv" in result.stderr
    assert town.call("run", "corregido.csv").exit_code == 0


def test_an_amendment_of_nothing_says_which_batches_there_are(town: Town) -> None:
    town.batch(rows(2, 90), "ajeno.csv")
    result = town.call("amend", "ajeno.csv", "--yes")
    assert result.exit_code == 2
    assert "lote" in result.stderr


def test_what_is_not_known_yet_is_not_replaced(superseding: Town) -> None:
    with closing(Ledger(superseding.folder / "emission.db")) as ledger, ledger.transaction() as connection:
        connection.exec_driver_sql("UPDATE effect SET state = 'held' WHERE id = 2")
    run = amend(superseding, [row(1), row(2, amount="1500.00"), *rows(4, 3)], expect=3)
    assert run.codes_of("TSG-0002") == {"payable-unsettled"}
    assert len(operations(superseding)) == 6


def test_a_bill_that_is_not_payable_any_more_lets_its_operation_go(superseding: Town) -> None:
    new = [row(1), row(2, payable="no", legend="Exento"), *rows(4, 3)]
    run = amend(superseding, new)
    changed = line(run, "TSG-0002")
    assert (changed["status"], changed["operation"], changed["barcode"]) == ("rendered", "", "")
    assert read_codes(run.folder / changed["file"]) == []
    assert query(superseding, "SELECT count(*) FROM effect WHERE state = 'superseded'") == [(1,)]


def together(numbers: Sequence[int], name: str = "V") -> list[Row]:
    """Rows of one voucher, which its payer shares."""
    labels = ("Mes", "Semestre", "Año")
    return [row(n, voucher_id=name, label=labels[n % 3], payer_name="Una") for n in numbers]


def printed(run: Run) -> dict[str, list[str]]:
    """By file, the operations on each paper as its codes tell them."""
    known = {line["barcode"]: line["obligation_id"] for line in run.manifest}
    return {
        path.stem: [known[code] for code in read_codes(path) if code in known]
        for path in sorted((run.folder / "digital").rglob("*.pdf"))
    }


def where_printed(run: Run) -> dict[str, tuple[str, ...]]:
    """Pages and place in print by obligation."""
    columns = ("pages", "print_lot", "print_sequence")
    return {line["obligation_id"]: tuple(line[name] for name in columns) for line in run.manifest}


def test_bills_joined_on_one_voucher_leave_their_own(town: Town) -> None:
    run = amend(town, [row(1), *together([2, 3]), *rows(3, 4)])
    assert printed(run)["V"] == ["TSG-0002", "TSG-0003"]
    assert printed(run).keys() == {"TSG-0001", "V", "TSG-0004", "TSG-0005", "TSG-0006"}
    assert {line(run, name)["voucher_id"] for name in ("TSG-0002", "TSG-0003")} == {"V"}
    assert table(run.result)["text"]["rendered"]["rows"] == 2
    assert sum(len(read_codes(lot)) for lot in run.lots()) == 12
    assert len(operations(town)) == 6
    assert town.call("audit", "lote").exit_code == 0
    assert town.call("reprint", "--id", "V").exit_code == 0


def test_bills_of_one_voucher_get_their_own(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.batch([row(1), *together([2, 3, 5])])
    town.run()
    apart = [row(n, payer_name="Una") for n in (3, 5)]
    run = amend(town, [row(1), *together([2]), *apart])
    assert printed(run) == {
        "TSG-0001": ["TSG-0001"],
        "V": ["TSG-0002"],
        "TSG-0003": ["TSG-0003"],
        "TSG-0005": ["TSG-0005"],
    }
    back = amend(town, [row(1), *together([2, 3, 5])])
    assert printed(back) == {"TSG-0001": ["TSG-0001"], "V": ["TSG-0002", "TSG-0003", "TSG-0005"]}
    assert len(operations(town)) == 4
    assert town.call("audit", "lote").exit_code == 0


def test_rows_of_a_voucher_in_another_order_are_another_paper(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.batch(together([2, 3]))
    town.run()
    run = amend(town, together([3, 2]))
    assert printed(run)["V"] == ["TSG-0003", "TSG-0002"]
    assert town.call("reprint", "--id", "V").exit_code == 0
    assert town.call("audit", "lote").exit_code == 0


def test_a_booklet_with_one_word_changed_keeps_its_pages_and_its_place(tmp_path: Path) -> None:
    town = Town(tmp_path)
    booklet = [row(n, voucher_id="L", label=f"Cuota {n}", payer_name="Una") for n in range(1, 13)]
    town.batch([*booklet, row(20)])
    places = where_printed(town.run())
    run = amend(town, [{**booklet[0], "concept": "Otro"}, *booklet[1:], row(20)])
    assert int(places["TSG-0001"][0]) > 1
    assert where_printed(run) == places
    assert town.call("audit", "lote").exit_code == 0
