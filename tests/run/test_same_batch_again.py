"""The same batch again asks the provider for nothing, whatever its file, its folder or its name."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.run.town import Row, Town, row, rows, text_of


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town(tmp_path)
    town.batch(rows(4))
    return town


def test_a_finished_run_repeated_changes_nothing_and_repeats_its_exit_code(town: Town) -> None:
    first = town.run()
    digital, lots = first.digital(), [path.read_bytes() for path in first.lots()]
    again = town.run()
    assert again.report["provider_calls"] == 0
    assert (again.digital(), [path.read_bytes() for path in again.lots()]) == (digital, lots)
    assert len(town.operations()) == 4


def test_a_run_with_rejected_rows_repeats_its_exit_code(town: Town) -> None:
    town.batch([*rows(3), row(4, amount="x")])
    town.run(expect=3)
    assert town.run(expect=3).report["provider_calls"] == 0


def test_another_folder_is_rendered_from_the_ledger(town: Town) -> None:
    first = town.run()
    town.run("lote.csv", "--out", "elsewhere")
    assert {path.read_bytes() for path in (town.folder / "elsewhere").rglob("digital/**/*.pdf")} == set(
        first.digital().values()
    )
    assert len(town.operations()) == 4


def test_a_renamed_batch_stops_before_the_first_call(town: Town) -> None:
    first = town.run()
    town.batch(rows(4), "otro nombre.csv")
    refused = town.run("otro nombre.csv", expect=3)
    assert "batch-already-issued" in refused.result.stdout
    assert len(town.operations()) == 4
    again = town.call("run", "otro nombre.csv", "--again")
    assert again.exit_code == 0
    (folder,) = [path for path in (town.folder / "out").iterdir() if path.name != "lote"]
    assert {path.read_bytes() for path in folder.rglob("digital/**/*.pdf")} == set(first.digital().values())
    assert len(town.operations()) == 4


def test_a_few_known_rows_in_another_batch_are_a_warning(town: Town) -> None:
    town.run()
    other = [row(4), *rows(120, start=10)]
    town.batch(other, "enero.csv")
    run = town.run("enero.csv")
    assert [fault["code"] for fault in run.faults] == ["already-issued"]
    assert len(town.operations()) == 124


def test_another_environment_has_issued_nothing(town: Town) -> None:
    town.run()
    text = (town.folder / "emission.toml").read_text(encoding="utf-8")
    codes = [{"barcode": f"99{number:010d}", "qr": f"https://x.example/{number}"} for number in range(4)]
    supplied = [line | own for line, own in zip(rows(4), codes, strict=True)]
    town.batch(supplied)
    town.configure(text + '[provider]\nkind = "supplied"\n')
    run = town.run("lote.csv", "--yes")
    assert [line["barcode"] for line in run.manifest] == [line["barcode"] for line in supplied]


def test_new_rows_are_numbered_on_into_supplement_lots(town: Town) -> None:
    first = town.run()
    (lot,) = first.lots()
    before = lot.read_bytes()
    town.batch(rows(6))
    second = town.run()
    places = [(line["row"], line["print_lot"], line["print_sequence"]) for line in second.manifest]
    assert places[:4] == [("1", "1", "1"), ("2", "1", "2"), ("3", "1", "3"), ("4", "1", "4")]
    assert places[4:] == [("5", "2", "5"), ("6", "2", "6")]
    assert lot.read_bytes() == before
    assert len(town.operations()) == 6


def test_a_file_with_only_new_rows_joins_the_batch(town: Town) -> None:
    text = (town.folder / "emission.toml").read_text(encoding="utf-8")
    town.configure(text.replace("[batch]", '[batch]\nid = "diciembre"'))
    town.batch(rows(4))
    town.call("run", "lote.csv")
    town.batch(rows(2, start=5), "agregados.csv")
    assert town.call("run", "agregados.csv").exit_code == 0
    manifest = _manifest(town.folder / "out" / "diciembre")
    assert [line["obligation_id"] for line in manifest] == [f"TSG-{number:04d}" for number in range(1, 7)]
    assert {line["status"] for line in manifest} == {"rendered"}


def test_new_words_are_a_new_rendering_of_the_same_operation(town: Town) -> None:
    first = town.run()
    before, operations = first.digital(), [line["operation"] for line in first.manifest]
    town.batch([row(1, payer_name="Otro Nombre"), *rows(3, start=2)])
    second = town.run()
    assert second.report["provider_calls"] == 0
    after = second.digital()
    changed = [file for file, content in after.items() if content != before[file]]
    assert changed == ["digital/0001/TSG-0001.pdf"]
    assert "Otro Nombre" in text_of(after[changed[0]])
    assert "Otro Nombre" in text_of(second.lots()[0])
    assert [line["operation"] for line in second.manifest] == operations
    assert [line["print_sequence"] for line in second.manifest] == ["1", "2", "3", "4"]
    assert len(town.operations()) == 4


def test_new_money_is_refused(town: Town) -> None:
    first = town.run().manifest
    town.batch([row(1, amount="5.00", amount_2="6.00"), *rows(3, start=2)])
    run = town.run(expect=3)
    assert run.codes_of("TSG-0001") == {"payable-changed"}
    assert [line["status"] for line in run.manifest] == ["rejected", "rendered", "rendered", "rendered"]
    assert first[0]["operation"] in run.manifest[0]["reason"]
    assert len(town.operations()) == 4
    town.batch(rows(4))
    assert [line["operation"] for line in town.run().manifest] == [line["operation"] for line in first]


def test_rejected_rows_corrected_where_they_stand_are_fed_back(town: Town) -> None:
    text = (town.folder / "emission.toml").read_text(encoding="utf-8")
    town.configure(text.replace("[batch]", '[batch]\nid = "diciembre"'))
    sound = [row(1), row(4, payer_name="=HYPERLINK()")]
    faulty = [row(2, amount="mil"), row(3, due_date="2026-02-30"), row(5, obligation_id="")]
    town.batch([sound[0], *faulty[:2], sound[1], faulty[2]])
    assert town.call("run", "lote.csv").exit_code == 3
    folder = town.folder / "out" / "diciembre"
    with (folder / "rejected.csv").open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert [line["row"] for line in lines] == ["2", "3", "5"]
    lines[0]["amount"] = "1000.00"
    lines[1]["due_date"] = "2026-12-10"
    lines[2]["obligation_id"] = "TSG-0005"
    town.batch(lines, "corregidas.csv")
    assert town.call("run", "corregidas.csv").exit_code == 0
    manifest = _manifest(folder)
    assert [(line["row"], line["obligation_id"]) for line in manifest] == [
        (str(number), f"TSG-{number:04d}") for number in range(1, 6)
    ]
    assert {line["status"] for line in manifest} == {"rendered"}
    assert len(town.operations()) == 5


def test_corrected_rows_find_their_batch_where_they_lie(town: Town) -> None:
    town.batch([row(1), row(2, amount="mil")])
    first = town.run(expect=3)
    rejected = first.folder / "rejected.csv"
    rejected.write_text(rejected.read_text(encoding="utf-8-sig").replace(",mil,", ",1002.00,"), encoding="utf-8-sig")
    assert town.call("run", str(rejected)).exit_code == 0
    assert {line["status"] for line in first.manifest} == {"rendered"}
    (town.folder / "aparte").mkdir()
    stray = town.folder / "aparte" / "rejected.csv"
    stray.write_bytes(rejected.read_bytes())
    refused = town.call("run", str(stray), "--config", str(town.folder / "emission.toml"))
    assert refused.exit_code == 2
    assert "[batch] id" in refused.stderr


def test_rows_of_a_part_with_one_id_are_all_accounted_for(town: Town) -> None:
    text = (town.folder / "emission.toml").read_text(encoding="utf-8")
    town.configure(text.replace("[batch]", '[batch]\nid = "diciembre"'))
    town.batch(rows(4))
    town.call("run", "lote.csv")
    town.batch([row(9, amount="1.00"), row(9, amount="2.00"), row(1, amount="mil")], "mas.csv")
    assert town.call("run", "mas.csv").exit_code == 3
    manifest = _manifest(town.folder / "out" / "diciembre")
    assert [line["status"] for line in manifest] == ["rendered"] * 4 + ["rejected"] * 3
    assert [line["reason_code"] for line in manifest[4:]] == ["duplicate-differs"] * 2 + ["amount-unreadable"]


def test_reasons_of_failed_rows_stay_when_the_run_is_repeated(town: Town) -> None:
    town.batch([row(1), row(2, amount="123456789012.00", amount_2="", due_date_2="")])
    first = town.run(expect=3).manifest
    assert first[1]["reason_code"] == "provider-refused"
    assert town.run(expect=3).manifest == first


def test_a_batch_rendered_again_repeats_its_exit_code_without_the_flag(town: Town) -> None:
    town.run()
    town.batch(rows(4), "otro.csv")
    assert town.run("otro.csv", "--again").report["rendered"] == 4
    assert town.run("otro.csv").report["rendered"] == 4


def test_a_row_that_was_refused_for_a_while_comes_back_to_its_place(town: Town) -> None:
    first = town.run()
    before, lots = first.manifest, [path.read_bytes() for path in first.lots()]
    town.batch([row(1, amount="mil"), *rows(3, start=2)])
    town.run(expect=3)
    town.batch(rows(4))
    again = town.run()
    assert again.manifest == before
    assert [path.read_bytes() for path in again.lots()] == lots
    assert len(town.operations()) == 4


def test_a_rehearsals_papers_never_lie_among_the_real_ones(town: Town) -> None:
    town.run()
    town.batch([row(number, barcode=f"12345{number}", qr=f"https://x.example/{number}") for number in (1, 2)])
    real = town.run("lote.csv", "--provider", "supplied", "--yes")
    assert len(real.digital()) == 2
    assert all("PRUEBA" not in text_of(content) for content in real.digital().values())
    town.batch(rows(4))
    refused = town.call("run", "lote.csv")
    assert refused.exit_code == 2
    assert "--out" in refused.stderr
    assert len(real.digital()) == 2


def test_a_lost_file_is_rendered_again_to_the_same_bytes(town: Town) -> None:
    first = town.run()
    content = first.digital()
    victim = first.folder / first.manifest[0]["file"]
    victim.unlink()
    first.lots()[0].unlink()
    again = town.run()
    assert again.digital() == content
    assert again.lots()
    assert again.report["provider_calls"] == 0


def _manifest(folder: Path) -> list[Row]:
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
