"""A reprint is the same to the byte, or says why it cannot be; and it says aloud what has become of the bill."""

from __future__ import annotations

import datetime
import hashlib
import json
import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import PIL.Image
import pytest

from emission import config
from emission.ledger import Ledger, assets, renderings
from emission.ledger.papers import kept
from emission.reprint import Wanted, reprint
from tests.run.town import CONFIG, Row, Run, Town, pages, read_codes, row, rows, text_of

SUPPLIED = CONFIG + '[provider]\nkind = "supplied"\n'
FEW_PAGES = CONFIG.replace("workers = 1", "workers = 1\nlot_pages = 3")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town(tmp_path, FEW_PAGES)
    town.batch(rows(5))
    return town


@pytest.fixture
def office(tmp_path: Path) -> Town:
    """A town with codes of its own: four bills in two lots, no provider to wait for."""
    town = Town(tmp_path, SUPPLIED.replace("workers = 1", "workers = 1\nlot_pages = 2"))
    town.batch([_coded(number) for number in range(1, 5)])
    return town


def _coded(number: int, **changes: str) -> Row:
    return row(number, barcode=f"99{number:012d}", qr=f"https://pagos.example/{number}", **changes)


def _ask(town: Town, *arguments: str, expect: int = 0) -> dict[str, Any]:
    """What ``emission reprint --json`` answers: its last object."""
    result = town.call("reprint", "--json", *arguments)
    assert result.exit_code == expect, result.stdout + result.stderr
    answer: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return answer | {"told": result.stderr}


def _bytes(town: Town, *arguments: str) -> bytes:
    path: str = _ask(town, *arguments)["path"]
    return (town.folder / path).read_bytes()


def _codes(answer: dict[str, Any]) -> list[str]:
    return [notice["code"] for notice in answer["notices"]]


def _sql(town: Town, statement: str, *values: object) -> list[Any]:
    with closing(sqlite3.connect(town.folder / "emission.db")) as connection, connection:
        return connection.execute(statement, values).fetchall()


def _nothing_written(town: Town) -> bool:
    return not any((town.folder / "reprint").glob("*"))


def test_a_bill_and_a_lot_come_out_the_same_under_their_own_names(town: Town) -> None:
    run = town.run()
    answer = _ask(town, "--id", "TSG-0002")
    path = town.folder / answer["path"]
    assert path == town.folder / "reprint" / "TSG-0002.pdf"
    assert path.read_bytes() == run.digital()["digital/0001/TSG-0002.pdf"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert answer["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    for number, lot in enumerate(run.lots(), 1):
        answer = _ask(town, "--lot", str(number), "--out", "again")
        assert (town.folder / "again" / lot.name).read_bytes() == lot.read_bytes()
    assert [history for (history,) in _sql(town, "SELECT event FROM history WHERE event = 'reprinted'")] == [
        "reprinted"
    ] * 3
    told = town.call("reprint", "--id", "TSG-0001")
    assert told.exit_code == 0
    assert told.stdout.startswith("reprint/TSG-0001.pdf\n")
    assert "Idéntico byte a byte" in told.stdout
    assert "Ensayo (sandbox)" in told.stderr
    assert "PRUEBA" in text_of(town.folder / "reprint" / "TSG-0001.pdf")


def test_nothing_but_the_ledger_is_needed(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    PIL.Image.new("RGB", (60, 40), "navy").save(logo)
    design = tmp_path / "design"
    shutil.copytree(Path(__file__).parents[2] / "templates" / "municipal-a4", design)
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "wallets.xml").write_text('<part name="wallets"><text>Nuestra caja</text></part>', encoding="utf-8")
    text = FEW_PAGES.replace("[issuer]", '[issuer]\nlogo = "logo.png"') + '[template]\nname = "design"\n'
    town = Town(tmp_path, text)
    town.batch(rows(4))
    run = town.run()
    digital, lots = run.digital(), [path.read_bytes() for path in run.lots()]
    shutil.rmtree(run.folder)
    logo.unlink()
    voucher = design / "voucher.xml"
    voucher.write_text(voucher.read_text(encoding="utf-8").replace("<page", "<page\n"), encoding="utf-8")
    assert {
        f"digital/0001/TSG-{number:04d}.pdf": _bytes(town, "--id", f"TSG-{number:04d}") for number in range(1, 5)
    } == (digital)
    assert [_bytes(town, "--lot", number) for number in ("1", "2")] == lots
    (shared / "wallets.xml").write_text('<part name="wallets"/>', encoding="utf-8")
    assert _bytes(town, "--id", "TSG-0001") == digital["digital/0001/TSG-0001.pdf"]
    shutil.rmtree(shared)
    shutil.rmtree(design)
    assert _bytes(town, "--id", "TSG-0001") == digital["digital/0001/TSG-0001.pdf"]


def test_a_stretch_of_a_lot_has_just_its_pages(town: Town) -> None:
    town.configure(SUPPLIED)
    town.batch([_coded(number) for number in range(1, 4)])
    run = town.run("lote.csv", "--yes")
    whole = {line["print_sequence"]: line["barcode"] for line in run.manifest}
    answer = _ask(town, "--lot", "1", "--from", "2", "--to", "3")
    path = town.folder / answer["path"]
    assert path.name == "lot-0001-2-3.pdf"
    assert (answer["vouchers"], answer["pages"], len(list(pages(path)))) == (2, 2, 2)
    bars = [code for code in read_codes(path) if code in whole.values()]
    assert bars == [whole["2"], whole["3"]]
    assert _bytes(town, "--lot", "1", "--from", "1", "--to", "3") == run.lots()[0].read_bytes()
    for beyond in (("--from", "3", "--to", "4"), ("--from", "3", "--to", "2")):
        assert _ask(town, "--lot", "1", *beyond, expect=2)["code"] == "reprint-range"


def test_many_pages_go_through_workers_and_come_out_the_same(tmp_path: Path) -> None:
    town = Town(tmp_path, SUPPLIED)
    town.batch([_coded(number) for number in range(1, 131)])
    run = town.run("lote.csv", "--yes")
    town.configure(SUPPLIED.replace("workers = 1", "workers = 2"))
    assert _bytes(town, "--lot", "1") == run.lots()[0].read_bytes()


def test_a_voucher_of_several_obligations_is_found_by_each(tmp_path: Path) -> None:
    town = Town(tmp_path, SUPPLIED)
    town.batch([_coded(1, voucher_id="V1", payer_name="Ana"), _coded(2, voucher_id="V1", payer_name="Ana"), _coded(3)])
    content = town.run("lote.csv", "--yes").digital()["digital/0001/V1.pdf"]
    assert {_bytes(town, "--id", name) for name in ("TSG-0001", "TSG-0002", "V1")} == {content}


def _deliver(town: Town, *content: Row, options: tuple[str, ...] = (), expect: int = 0) -> Run:
    town.batch(content)
    return town.run("lote.csv", "--yes", *options, expect=expect)


def test_new_words_leave_the_old_paper_at_hand(office: Town) -> None:
    first = office.run("lote.csv", "--yes")
    mailed = first.digital()["digital/0001/TSG-0001.pdf"]
    _deliver(office, _coded(1, payer_name="Otro Nombre"), *map(_coded, (2, 3, 4)))
    answer = _ask(office, "--id", "TSG-0001")
    assert "Otro Nombre" in text_of(office.folder / answer["path"])
    (older,) = answer["older"]
    assert older["sha256"] == hashlib.sha256(mailed).hexdigest()
    assert f"--paper {older['sha256'][:12]}" in answer["told"]
    again = _ask(office, "--id", "TSG-0001", "--paper", older["sha256"][:8])
    assert (office.folder / again["path"]).read_bytes() == mailed
    assert "reprint-is-older" in _codes(again)
    assert _ask(office, "--id", "TSG-0001", "--paper", "x", expect=2)["code"] == "reprint-which-paper"


def test_a_released_lot_comes_out_as_it_went_to_the_printer(office: Town) -> None:
    first = office.run("lote.csv", "--yes")
    printed, digital = first.lots()[0].read_bytes(), first.digital()["digital/0001/TSG-0001.pdf"]
    _sql(office, "UPDATE lot SET state = 'released', released_at = 1 WHERE number = 1")
    _deliver(office, _coded(1, payer_name="Otro Nombre"), *map(_coded, (2, 3, 4)))
    _deliver(office, _coded(1, payer_name="Un Tercero"), *map(_coded, (2, 3, 4)))
    shutil.rmtree(first.folder)
    answer = _ask(office, "--lot", "1")
    assert (office.folder / answer["path"]).read_bytes() == printed
    assert [notice["ids"] for notice in answer["notices"] if notice["code"] == "reprint-is-older"] == [["TSG-0001"]]
    supplement = _ask(office, "--lot", "3")
    assert "Un Tercero" in text_of(office.folder / supplement["path"])
    papers = _ask(office, "--id", "TSG-0001")["older"]
    assert [paper["lot"] for paper in papers] == [None, 1]
    mailed = _bytes(office, "--id", "TSG-0001", "--paper", papers[1]["sha256"])
    assert mailed == digital


def test_what_an_amendment_replaced_or_dropped_is_still_there_and_called_so(tmp_path: Path) -> None:
    town = Town(tmp_path, CONFIG.replace("max_rejected", 'on_change = "supersede"\nmax_rejected'))
    town.batch([row(1), row(2, voucher_id="V2"), row(3)])
    first = town.run()
    mailed = first.digital()
    town.batch([row(1, amount="5.00", amount_2="6.00"), row(3)])
    assert town.call("amend", "lote.csv", "--yes").exit_code == 0
    (older,) = _ask(town, "--id", "TSG-0001")["older"]
    replaced = _ask(town, "--id", "TSG-0001", "--paper", older["sha256"])
    assert (tmp_path / replaced["path"]).read_bytes() == mailed["digital/0001/TSG-0001.pdf"]
    now = {line["obligation_id"]: line["operation"] for line in Run(first.folder, first.result).manifest}
    (superseded,) = [notice for notice in replaced["notices"] if notice["code"] == "reprint-is-superseded"]
    assert (superseded["ids"], superseded["detail"]) == (["TSG-0001"], now["TSG-0001"])
    assert "REEMPLAZADA (1): TSG-0001" in replaced["told"]
    for name in ("V2", "TSG-0002"):
        withdrawn = _ask(town, "--id", name)
        assert (tmp_path / withdrawn["path"]).read_bytes() == mailed["digital/0001/V2.pdf"]
        assert "RETIRADA (1): V2" in withdrawn["told"]


def test_a_bill_whose_change_was_refused_stands_and_is_reprinted(office: Town) -> None:
    mailed = office.run("lote.csv", "--yes").digital()["digital/0001/TSG-0001.pdf"]
    _deliver(office, _coded(1, amount="5.00", amount_2="6.00"), *map(_coded, (2, 3, 4)), expect=3)
    answer = _ask(office, "--id", "TSG-0001")
    assert (office.folder / answer["path"]).read_bytes() == mailed
    assert _codes(answer)[0] == "reprint-is-refused"


def test_it_says_what_became_of_the_bill(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.batch([row(1, due_date="2026-11-21", amount_2="", due_date_2=""), *rows(3, start=2)])
    town.run()
    expired = _ask(town, "--id", "TSG-0001")
    assert "reprint-is-expired" in _codes(expired)
    assert "VENCIDA (1): TSG-0001" in expired["told"]
    assert "2026-11-21" in expired["told"]
    # What the ledger says of orders that were paid, given up or replaced, and of one that nothing happened to.
    _sql(town, "UPDATE effect SET code = 'paid' WHERE obligation = 2")
    _sql(town, "UPDATE effect SET state = 'cancelled' WHERE obligation = 3")
    settings = config.load(tmp_path / "emission.toml")

    def codes(name: str, today: datetime.date) -> list[str]:
        made = reprint(settings, Wanted(id=name), tmp_path / "again", today)
        return [notice.code for notice in made.notices if notice.code != "reprint-is-rehearsal"]

    due = datetime.date(2026, 12, 21)
    assert codes("TSG-0002", due) == ["reprint-is-paid"]
    assert codes("TSG-0003", due) == ["reprint-is-cancelled"]
    assert codes("TSG-0004", due) == []
    assert codes("TSG-0004", due + datetime.timedelta(days=1)) == ["reprint-is-expired"]
    lot = reprint(settings, Wanted(lot=1), tmp_path / "again", due)
    assert {notice.code: (notice.count, notice.ids) for notice in lot.notices} == {
        "reprint-is-cancelled": (1, ("TSG-0003",)),
        "reprint-is-paid": (1, ("TSG-0002",)),
        "reprint-is-expired": (1, ("TSG-0001",)),
        "reprint-is-rehearsal": (4, ("TSG-0001", "TSG-0002", "TSG-0003", "TSG-0004")),
    }


def test_what_was_never_made_is_named_with_its_reason(tmp_path: Path) -> None:
    town = Town(tmp_path, CONFIG, "[provider]\nbatch_size = 1\n")
    beyond = row(2, amount="999999999.00", amount_2="", due_date_2="")
    town.batch([row(1, amount="?"), beyond, *rows(2, start=3)])
    town.run("lote.csv", "--limit", "2", expect=4)
    rejected = _ask(town, "--id", "TSG-0001", expect=3)
    assert rejected["code"] == "reprint-no-paper"
    assert "su fila se rechazó" in rejected["message"]
    assert "amount" in rejected["message"]
    failed = _ask(town, "--id", "TSG-0002", expect=3)
    assert "falló" in failed["message"]
    assert "emission run" in _ask(town, "--id", "TSG-0004", expect=3)["message"]
    assert _ask(town, "--lot", "1", expect=3)["code"] == "reprint-lot-open"
    assert _nothing_written(town)


def _other_look(town: Town, change: Callable[[dict[str, bytes]], None], look: str = "f" * 64) -> None:
    """Everything was made with another look than the one that the ledger kept: ``look``, its files changed."""
    with closing(Ledger(town.folder / "emission.db")) as ledger:
        ((made_with,),) = _sql(town, "SELECT sha256 FROM asset")
        files = assets.kept(ledger, made_with)
        change(files)
        _sql(town, "DELETE FROM asset")
        assets.keep(ledger, look or made_with, files)
    for table in ("run", "voucher", "lot"):
        _sql(town, f"UPDATE {table} SET look = ?", look or made_with)  # noqa: S608 - names of ours


def _older_renderer(files: dict[str, bytes]) -> None:
    files["renderer"] = b"2"


def _another_typeface(files: dict[str, bytes]) -> None:
    files["faces/regular.ttf"] += b"0"


def _tampered_template(files: dict[str, bytes]) -> None:
    files["template/voucher.xml"] = files["template/voucher.xml"].replace(b"Vencimiento", b"Vencido el")


def _outside(files: dict[str, bytes]) -> None:
    files["template/../../outside"] = b"x"


@pytest.mark.parametrize(
    ("change", "look", "code"),
    [
        (_older_renderer, "f" * 64, "reprint-renderer"),
        (_another_typeface, "f" * 64, "reprint-faces"),
        (_tampered_template, "", "reprint-look-damaged"),
        (_outside, "", "reprint-look-damaged"),
    ],
)
def test_another_look_is_refused(
    office: Town, change: Callable[[dict[str, bytes]], None], look: str, code: str
) -> None:
    office.run("lote.csv", "--yes")
    _other_look(office, change, look)
    for what in (("--id", "TSG-0001"), ("--lot", "1")):
        assert _ask(office, *what, expect=3)["code"] == code
    assert _nothing_written(office)


def test_the_release_to_use_is_named(office: Town) -> None:
    office.run("lote.csv", "--yes")
    _other_look(office, _older_renderer)
    setup = msgspec.msgpack.encode({"release": "0.0.7"})
    _sql(office, "UPDATE run SET setup = ?", setup)
    assert "0.0.7" in _ask(office, "--id", "TSG-0001", expect=3)["message"]


def test_a_ledger_that_was_changed_from_outside_prints_nothing(office: Town) -> None:
    office.run("lote.csv", "--yes")
    _sql(office, "UPDATE voucher SET sha256 = ? WHERE id = 1", "0" * 64)
    assert _ask(office, "--id", "TSG-0001", expect=3)["code"] == "reprint-differs"
    assert _ask(office, "--lot", "1", expect=3)["code"] == "reprint-differs"
    _sql(office, "UPDATE lot SET sha256 = ? WHERE number = 2", "0" * 64)
    assert _ask(office, "--lot", "2", expect=3)["code"] == "reprint-lot-differs"
    _sql(office, "UPDATE voucher SET state = 'pending' WHERE id = 4")
    assert _ask(office, "--lot", "2", expect=3)["code"] == "reprint-lot-torn"
    _sql(office, "UPDATE entry SET record = x'00' WHERE row = 2")
    assert _ask(office, "--id", "TSG-0002", expect=3)["code"] == "reprint-unreadable"
    _sql(office, "DELETE FROM asset")
    assert _ask(office, "--id", "TSG-0003", expect=3)["code"] == "reprint-look-not-kept"
    assert _nothing_written(office)


def test_what_is_not_there_or_not_clear_is_a_question_back(office: Town) -> None:
    assert _ask(office, "--lot", "1", expect=2)["code"] == "reprint-no-ledger"
    office.run("lote.csv", "--yes")
    office.batch([_coded(7)], "otro.csv")
    office.run("otro.csv", "--yes")
    assert _ask(office, expect=2)["code"] == "reprint-what"
    assert _ask(office, "--id", "TSG-0001", "--lot", "1", expect=2)["code"] == "reprint-what"
    assert _ask(office, "--id", "TSG-0001", "--from", "1", expect=2)["code"] == "reprint-range-of-lot"
    assert _ask(office, "--lot", "1", "--paper", "ab", expect=2)["code"] == "reprint-paper-of-id"
    assert _ask(office, "--id", "TSG-9999", expect=2)["code"] == "reprint-no-such-id"
    assert _ask(office, "--lot", "1", expect=2)["code"] == "reprint-which-batch"
    assert _ask(office, "--lot", "1", "--batch", "enero", expect=2)["code"] == "reprint-no-batch"
    assert _ask(office, "--lot", "9", "--batch", "lote", expect=2)["code"] == "reprint-no-lot"
    assert _ask(office, "--id", "TSG-0007")["batch"] == "otro"
    assert _ask(office, "--lot", "1", "--batch", "lote")["batch"] == "lote"


def test_a_paper_is_kept_once_and_remembers_that_it_went_to_the_printer(office: Town) -> None:
    office.run("lote.csv", "--yes")
    with closing(Ledger(office.folder / "emission.db")) as ledger:
        for state in ("sealed", "sealed", "released", "sealed"):
            _sql(office, "UPDATE lot SET state = ? WHERE number = 1", state)
            renderings.retire(ledger, 1, [1, 2, 3])
            found = [(paper.voucher, paper.lot, paper.released) for key in (1, 2, 3) for paper in kept(ledger, key)]
            assert [paper[:2] for paper in found] == [(1, 1), (2, 1), (3, 2)]
        assert [paper[2] for paper in found] == [True, True, False]
        renderings.retire(ledger, 1, [])


def test_a_paper_of_another_batch_outlives_the_change_of_its_money(tmp_path: Path) -> None:
    town = Town(tmp_path, CONFIG.replace("max_rejected", 'on_change = "supersede"\nmax_rejected'))
    town.batch(rows(2))
    mailed = town.run().digital()["digital/0001/TSG-0001.pdf"]
    town.batch(rows(2), "otro.csv")
    town.run("otro.csv", "--again")
    town.batch([row(1, amount="999999999.00", amount_2="", due_date_2=""), row(2)], "otro.csv")
    assert town.call("amend", "otro.csv", "--yes", "--batch", "otro").exit_code == 3
    assert _ask(town, "--id", "TSG-0001", expect=2)["code"] == "reprint-id-in-batches"
    first = _ask(town, "--id", "TSG-0001", "--batch", "lote")
    assert (tmp_path / first["path"]).read_bytes() == mailed
    assert "reprint-is-superseded" in _codes(first)
    # In the amended batch the new paper failed: only the older one is there, and it is never taken for the new one.
    refused = _ask(town, "--id", "TSG-0001", "--batch", "otro", expect=3)
    assert refused["code"] == "reprint-only-older"
    assert first["sha256"][:12] in refused["message"]
    older = _ask(town, "--id", "TSG-0001", "--batch", "otro", "--paper", first["sha256"][:12])
    assert older["sha256"] == first["sha256"]


def test_each_paper_is_drawn_with_the_look_of_its_time(office: Town) -> None:
    first = office.run("lote.csv", "--yes")
    mailed, printed = first.digital()["digital/0001/TSG-0001.pdf"], first.lots()[0].read_bytes()
    _sql(office, "UPDATE lot SET state = 'released', released_at = 1 WHERE number = 1")
    text = (office.folder / "emission.toml").read_text(encoding="utf-8")
    office.configure(text.replace("[issuer]", '[issuer]\naccent = "#7A1F1F"'))
    # New words bring a new paper in the new look; what is with the printer keeps the old one.
    second = _deliver(office, _coded(1, message="Gracias"), *map(_coded, (2, 3, 4)), options=("--rerender",))
    now = second.digital()["digital/0001/TSG-0001.pdf"]
    assert now != mailed
    assert _bytes(office, "--id", "TSG-0001") == now
    assert _bytes(office, "--id", "TSG-0001", "--paper", hashlib.sha256(mailed).hexdigest()) == mailed
    assert _bytes(office, "--lot", "1") == printed
