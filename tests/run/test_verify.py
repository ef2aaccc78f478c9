"""Finished pages read back as a till reads them; what is misread stays with the office."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path

import pikepdf
import pytest

from tests.run.town import CONFIG, PROVED, Town, row, rows


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town(tmp_path, PROVED)
    town.batch(rows(6))
    return town


def verified(town: Town, *options: str, expect: int = 0) -> tuple[dict[str, object], list[dict[str, object]]]:
    """The last event, and those of differences."""
    result = town.call("verify", "lote", "--json", *options)
    assert result.exit_code == expect, result.stdout + result.stderr
    events = [json.loads(line) for line in result.stdout.splitlines()]
    return events[-1], [event for event in events if event["event"] == "misread"]


def exchange_codes(pdf: Path, one: int, other: int) -> None:
    """Each of two pages bears what the other one should: right codes, of a neighbour."""
    with pikepdf.open(io.BytesIO(pdf.read_bytes())) as document:
        first, second = document.pages[one].Contents, document.pages[other].Contents
        document.pages[one].Contents, document.pages[other].Contents = second, first
        document.save(pdf)


def without_codes(pdf: Path) -> None:
    with pikepdf.open(io.BytesIO(pdf.read_bytes())) as document:
        for page in document.pages:
            page.Contents = document.make_stream(b"")
        document.save(pdf)


def test_a_run_reads_back_a_sample_and_says_what_it_cost(town: Town) -> None:
    result = town.call("run", "lote.csv")
    assert result.exit_code == 0
    assert "Releídas 10 boletas" in result.stdout
    assert "s de procesador" in result.stdout
    proof = json.loads((town.folder / "out" / "lote" / "report.json").read_text(encoding="utf-8"))["proof"]
    # Five papers of the only lot, and five digital files; two codes on each.
    assert {name: proof[name] for name in ("papers", "codes", "mismatches", "unread")} == {
        "papers": 10, "codes": 20, "mismatches": 0, "unread": 0,
    }  # fmt: skip
    assert proof["seconds"] > 0


def test_a_sample_of_nothing_is_nothing(tmp_path: Path) -> None:
    town = Town(tmp_path, CONFIG)
    town.batch(rows(2))
    assert "Releídas" not in town.call("run", "lote.csv").stdout


def test_all_of_a_run_is_read_and_right(town: Town) -> None:
    town.run()
    end, found = verified(town, "--all")
    assert not found
    # Digital file and place in a lot of each of the six.
    assert {name: end[name] for name in ("papers", "codes", "mismatches", "unread", "dpi", "blur", "sample")} == {
        "papers": 12, "codes": 24, "mismatches": 0, "unread": 0, "dpi": 300, "blur": 0.6, "sample": "100%",
    }  # fmt: skip
    words = town.call("verify", "lote", "--dpi", "600", "--blur", "0").stdout
    assert "600 puntos por pulgada" in words
    assert "10 papeles" in words


def test_a_misread_lot_is_not_released_until_all_of_it_reads_right(town: Town) -> None:
    run = town.run()
    lot = run.folder / "print" / "lot-0001.pdf"
    whole = lot.read_bytes()
    exchange_codes(lot, 2, 5)
    end, found = verified(town, "--all", expect=3)
    assert end["mismatches"] == len(found) == 6
    assert Counter(event["code"] for event in found) == {"code-differs": 4, "control-differs": 2}
    assert sorted({(event["file"], event["sequence"]) for event in found}) == [
        ("print/lot-0001.pdf", 3),
        ("print/lot-0001.pdf", 6),
    ]
    lot.write_bytes(whole)
    refused = town.call("release", "1")
    assert refused.exit_code == 3
    assert "6 mismatches" in refused.stderr
    # A sample that happens to be right is no proof of what was wrong.
    verified(town)
    assert town.call("release", "1").exit_code == 3
    verified(town, "--all")
    assert town.call("release", "1").exit_code == 0


def test_a_run_that_misreads_its_own_sample_says_so_and_keeps_its_lot(tmp_path: Path) -> None:
    """A printer so coarse that nothing is read of it stands for whatever makes codes illegible."""
    town = Town(tmp_path, CONFIG.replace('sample = "0%"', 'sample = "100%"\ndpi = 100\nblur = 3'))
    town.batch(rows(3))
    result = town.call("run", "lote.csv")
    assert result.exit_code == 3
    assert "NO ENTREGUE" in result.stdout
    assert "no se lee" in result.stderr
    report = json.loads((town.folder / "out" / "lote" / "report.json").read_text(encoding="utf-8"))
    assert report["proof"]["unread"] == 12
    assert town.call("release", "1").exit_code == 3
    # Made again it is another file, which nothing speaks against.
    verified(town, "--all", "--dpi", "300", "--blur", "0.6")
    assert town.call("release", "1").exit_code == 0


def test_a_page_too_many_at_the_end_of_a_lot_is_told_once(town: Town) -> None:
    run = town.run()
    lot = run.lots()[0]
    with pikepdf.open(io.BytesIO(lot.read_bytes())) as document:
        document.pages.append(document.pages[0])
        document.save(lot)
    for options in ((), ("--all",)):
        _, found = verified(town, *options, expect=3)
        assert [(event["code"], event["expected"], event["found"]) for event in found] == [
            ("file-pages-differ", "6", "7")
        ]
    assert town.call("release", "1").exit_code == 3


def test_an_empty_page_and_a_broken_file_are_told_apart(town: Town) -> None:
    run = town.run()
    papers = sorted((run.folder / "digital").rglob("*.pdf"))
    without_codes(papers[0])
    papers[1].write_bytes(b"%PDF-1.7")
    papers[2].unlink()
    _, found = verified(town, "--all", expect=3)
    assert sorted(str(event["code"]) for event in found) == [
        "code-unread",
        "code-unread",
        "file-unreadable",
        "file-unreadable",
    ]
    assert all(event["message"] for event in found)


def test_what_is_no_share_is_said(town: Town) -> None:
    town.run()
    for sample in ("0%", "101%", "1", "x", "-1%", "1e3%"):
        result = town.call("verify", "lote", "--sample", sample)
        assert (result.exit_code, sample) == (2, sample)
        assert "porcentaje" in result.stderr


def test_bills_that_nobody_pays_have_nothing_to_read(town: Town) -> None:
    town.batch([row(1, payable="no", legend="Exento"), row(2)])
    town.run()
    end, found = verified(town, "--all")
    assert not found
    assert end["codes"] == 4
