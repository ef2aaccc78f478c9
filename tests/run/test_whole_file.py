"""Faults that only the whole file can show, and the gate before the first call."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.run.town import CONFIG, Town, row, rows


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def test_of_identical_rows_the_first_stands(town: Town) -> None:
    town.batch([row(1), row(2), row(1), row(1)])
    run = town.run(expect=3)
    assert [line["status"] for line in run.manifest] == ["rendered", "rendered", "rejected", "rejected"]
    assert [line["reason_code"] for line in run.manifest[2:]] == ["duplicate", "duplicate"]


def test_of_differing_rows_with_one_id_none_stands(town: Town) -> None:
    town.batch([row(1), row(2), row(1, amount="1.00")])
    run = town.run(expect=3)
    assert [line["reason_code"] for line in run.manifest] == ["duplicate-differs", "", "duplicate-differs"]


def test_a_voucher_is_whole_or_not_at_all(town: Town) -> None:
    one, two, three = (row(number, voucher_id="V", payer_name="Una") for number in (1, 2, 3))
    town.batch([one, {**two, "amount": "x"}, three, row(4)])
    run = town.run(expect=3)
    codes = [line["reason_code"] for line in run.manifest]
    assert codes == ["sibling-rejected", "amount-unreadable", "sibling-rejected", ""]
    assert len(town.operations()) == 1


def test_a_voucher_that_comes_back_after_other_rows_is_a_fault(town: Town) -> None:
    town.batch([row(1, voucher_id="V", payer_name="Una"), row(2), row(3, voucher_id="V", payer_name="Una")])
    run = town.run(expect=3)
    assert [line["reason_code"] for line in run.manifest] == ["voucher-returns", "", "voucher-returns"]


def test_one_voucher_is_one_taxpayers(town: Town) -> None:
    town.batch([row(1, voucher_id="V", payer_name="Una"), row(2, voucher_id="V", payer_name="Otro")])
    run = town.run(expect=3)
    assert run.manifest[1]["reason_code"] == "voucher-mixed"
    assert run.report["rejected"] == 2


def test_a_third_due_date_is_beyond_the_provider(town: Town) -> None:
    town.batch([row(1, amount_3="1200.00", due_date_3="2026-12-30"), row(2)])
    run = town.run(expect=3)
    assert run.codes_of("TSG-0001") == {"due-dates-beyond-provider"}
    assert "2 vencimientos" in run.manifest[0]["reason"]


def test_details_join_by_id_in_any_order_and_must_add_up(town: Town) -> None:
    town.configure(CONFIG.replace("[output]", 'lines = "detalle.csv"\n[output]'))
    town.batch([row(1, amount="100.00"), row(2, amount="200.00"), row(3)])
    one, two = ["130.00", "-30.00"], ["150.00", "60.00"]
    details = [
        ("TSG-0002", two[0]),
        ("TSG-0001", one[0]),
        ("TSG-0002", two[1]),
        ("TSG-0001", one[1]),
        ("NADIE", "1.00"),
    ]
    lines = [{"obligation_id": name, "concept": "Barrido", "total": total} for name, total in details]
    town.batch(lines, "detalle.csv")
    run = town.run(expect=3)
    assert [line["reason_code"] for line in run.manifest] == ["", "lines-sum", ""]
    assert "210.00" in run.manifest[1]["reason"]
    stray = run.faults[-1]
    assert (stray["row"], stray["code"], stray["severity"]) == ("", "line-orphan", "warning")


def test_a_line_that_does_not_add_up_by_itself_hides_no_bill_that_does_not(town: Town) -> None:
    town.configure(CONFIG.replace("[output]", 'lines = "detalle.csv"\n[output]'))
    town.batch([row(1, amount="100.00"), row(2, amount="11.00", amount_2="", due_date_2="")])
    odd = {"concept": "Tasa", "amount": "10.00", "surcharge": "0.00", "total": "11.00"}
    town.batch([{"obligation_id": name, **odd} for name in ("TSG-0001", "TSG-0002")], "detalle.csv")
    run = town.run(expect=3)
    assert [line["reason_code"] for line in run.manifest] == ["lines-sum", ""]
    assert [fault["code"] for fault in run.faults].count("line-total-mismatch") == 2


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ("expected_rows = 5", "control-rows"),
        ('expected_amount = "1.00"', "control-amount"),
        ('max_rejected = "10%"', "too-many-rejected"),
        ('max_rejected = "0"', "too-many-rejected"),
    ],
)
def test_the_gate_stops_a_wrong_batch_before_anybody_is_asked(town: Town, settings: str, code: str) -> None:
    config = CONFIG.replace('max_rejected = "100%"\n', "") if "max_rejected" in settings else CONFIG
    town.configure(config.replace("[output]", f"{settings}\n[output]"))
    town.batch([*rows(3), row(4, amount="x")])
    run = town.run(expect=3)
    assert code in run.result.stdout
    report = run.report
    assert (report["rows"], report["rejected"], report["pending"], report["rendered"]) == (4, 1, 3, 0)
    assert report["provider_calls"] == 0
    assert not (run.folder / "manifest.csv").exists()
    assert (run.folder / "rejected.csv").exists()
    assert (run.folder / "faults.csv").exists()
    assert not (town.folder / "emission-sandbox.db").exists()


def test_right_control_totals_let_the_batch_through(town: Town) -> None:
    town.configure(CONFIG.replace("[output]", 'expected_rows = 2\nexpected_amount = "2003.03"\n[output]'))
    town.batch(rows(2))
    assert town.run().report["amount_rendered"] == "2003.03"


def test_a_batch_stopped_at_the_gate_is_replaced_by_the_next_file(town: Town) -> None:
    town.configure(CONFIG.replace("[output]", "expected_rows = 2\n[output]"))
    town.batch(rows(5, start=50))
    town.run(expect=3)
    town.batch(rows(2))
    run = town.run()
    assert [line["obligation_id"] for line in run.manifest] == ["TSG-0001", "TSG-0002"]
    assert len(town.operations()) == 2


def test_a_file_cut_short_is_not_issued(town: Town) -> None:
    path = town.batch(rows(3))
    path.write_bytes(path.read_bytes()[:-20])
    run = town.run(expect=3)
    assert "file-cut-short" in run.result.stdout
    assert not (town.folder / "emission-sandbox.db").exists()


def test_all_rows_rejected_is_a_finished_run(town: Town) -> None:
    town.batch([row(1, amount="x"), row(2, amount="y")])
    run = town.run(expect=3)
    assert run.report["amount_unreadable"] == 2
    assert [line["status"] for line in run.manifest] == ["rejected", "rejected"]


def test_names_of_files_differ_where_only_case_differs(town: Town) -> None:
    ids = ["Ab", "aB", "CON", "../../x", "a/b", "a\\b", "ñandú", "x" * 150, ".", "fin."]
    town.batch([row(number, obligation_id=name) for number, name in enumerate(ids)])
    files = [line["file"] for line in town.run().manifest]
    assert len({file.casefold() for file in files}) == len(ids)
    assert files[0] == "digital/0001/Ab.pdf"
    assert all(file.isascii() and len(Path(file).name) <= 85 for file in files)


def test_validate_says_everything_and_changes_nothing(town: Town) -> None:
    town.batch([row(1, amount="x", due_date="ayer"), row(2), row(2)])
    result = town.call("validate", "lote.csv")
    assert result.exit_code == 3
    for code in ("amount-unreadable", "date-unreadable", "duplicate"):
        assert f"[{code}]" in result.stdout
    assert not (town.folder / "emission.db").exists()
    assert not (town.folder / "out").exists()


def test_the_share_of_rejected_rows_is_counted_row_by_row(town: Town) -> None:
    town.configure(CONFIG.replace('max_rejected = "100%"\n', ""))
    town.batch([*rows(30), *(row(number, amount="x") for number in range(50, 52))])
    refused = town.run(expect=3)
    assert "too-many-rejected" in refused.result.stdout
    assert refused.report["pending"] == 30
    town.batch([*rows(40), *(row(number, amount="x") for number in range(50, 52))])
    assert town.run(expect=3).report["rendered"] == 40


def test_one_missing_letter_is_said_once(town: Town) -> None:
    town.batch([row(1, payer_name="Ana \U0001f600"), row(2)])
    run = town.run(expect=3)
    assert [fault["code"] for fault in run.faults] == ["glyph-missing"]
