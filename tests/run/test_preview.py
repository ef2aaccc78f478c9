"""The designer's loop: edit, save, look; what is wrong is told, and the next save is waited for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from emission.console import Console
from emission.errors import EmissionError
from emission.previewing import Previewing, Wish
from emission.watching import Watcher, state_of
from tests.run.town import CONFIG, Town, read_codes, row, text_of

WAIT = 60  # seconds; far more than any of it takes


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.chdir(tmp_path)
    town = Town(tmp_path)
    town.batch([row(1), row(2, payer_name="Peñaloza Güemes de Zárate, María de los Ángeles"), row(3, payable="no")])
    assert town.call("template", "new", "mia").exit_code == 0
    return town


@pytest.fixture
def watcher(town: Town) -> Iterator[Watcher]:
    console = Console("es", quiet=False, json=False, command=["emission"])
    yield Previewing(console, Wish(Path("lote.csv"), "", Path("vistas"), template="mia")).watcher()
    console.close()


def save(path: Path, text: str) -> None:
    """Saves, and leaves no doubt that it did where a file system counts in seconds."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before + 2_000_000_000, before + 2_000_000_000))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    save(path, text.replace(old, new))


def shown(town: Town) -> str:
    return "".join(text_of(path) for path in sorted((town.folder / "vistas").glob("*.pdf")))


def test_without_an_id_the_worst_cases_are_drawn(town: Town) -> None:
    result = town.call("preview", "lote.csv", "--out", "vistas")
    assert result.exit_code == 0
    assert "Nombre más largo (47 caracteres)" in result.stdout
    pdfs = sorted(path.name for path in (town.folder / "vistas").glob("*.pdf"))
    assert pdfs == [f"TSG-000{number}-specimen.pdf" for number in (1, 2, 3)]
    assert len(list((town.folder / "vistas").glob("*.png"))) == 3
    assert all(read_codes(town.folder / "vistas" / name) == [] for name in pdfs)


def test_a_case_that_cannot_be_drawn_is_told_and_the_others_are(town: Town) -> None:
    town.batch([row(1), row(2, payer_name="Ñ" * 250)])
    result = town.call("preview", "lote.csv", "--out", "vistas")
    assert result.exit_code == 3
    assert "no entra" in result.stdout
    assert [path.name for path in (town.folder / "vistas").glob("*.pdf")] == ["TSG-0001-specimen.pdf"]


def test_a_saved_template_is_drawn_again_and_an_untouched_one_is_not(town: Town, watcher: Watcher) -> None:
    assert watcher.cycle()
    assert not watcher.cycle()
    assert "Se paga acá" not in shown(town)
    change(town.folder / "mia/voucher.xml", ">Para pagar<", ">Se paga acá<")
    assert watcher.cycle()
    assert "Se paga acá" in shown(town)
    assert not watcher.cycle()


def test_a_mistake_is_told_and_its_correction_drawn(
    town: Town, watcher: Watcher, capsys: pytest.CaptureFixture[str]
) -> None:
    watcher.cycle()
    path = town.folder / "mia/voucher.xml"
    good = path.read_text(encoding="utf-8")
    save(path, good.replace("<cut ", "<cat ", 1))
    assert watcher.cycle()
    assert "<cat>" in capsys.readouterr().err
    assert not watcher.cycle()
    save(path, good.replace(">Para pagar<", ">Se paga acá<"))
    assert watcher.cycle()
    assert "Se paga acá" in shown(town)


def test_a_wrong_configuration_is_told_and_its_correction_drawn(
    town: Town, watcher: Watcher, capsys: pytest.CaptureFixture[str]
) -> None:
    watcher.cycle()
    save(town.folder / "emission.toml", CONFIG + "[otra\n")
    assert watcher.cycle()
    assert "emission.toml" in capsys.readouterr().err
    save(town.folder / "emission.toml", CONFIG.replace("Villa Ejemplo", "Otra Villa"))
    assert watcher.cycle()
    assert "Otra Villa" in shown(town)


def test_a_saved_batch_is_read_again_and_what_is_no_case_any_more_goes(town: Town, watcher: Watcher) -> None:
    watcher.cycle()
    before = state_of([town.folder / "lote.csv"])
    town.batch([row(4)])
    assert state_of([town.folder / "lote.csv"]) != before
    assert watcher.cycle()
    assert [path.name for path in (town.folder / "vistas").glob("*.pdf")] == ["TSG-0004-specimen.pdf"]


def test_a_batch_that_is_gone_for_a_moment_ends_nothing(town: Town, watcher: Watcher) -> None:
    watcher.cycle()
    content = (town.folder / "lote.csv").read_text(encoding="utf-8")
    (town.folder / "lote.csv").unlink()
    assert watcher.cycle()
    (town.folder / "lote.csv").write_text(content, encoding="utf-8")
    assert watcher.cycle()


def test_the_batch_is_read_once_for_many_saves_of_the_template(
    town: Town, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emission import cases, preview  # noqa: PLC0415 - what is counted

    read: list[object] = []

    def counted(*arguments: object) -> object:
        read.append(arguments)
        return cases.cases_of(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(preview, "cases_of", counted)
    for number in range(3):
        change(town.folder / "mia/voucher.xml", "Sello y fecha", f"Sello y fecha {number}")
        assert watcher.cycle()
    assert len(read) == 1


def test_the_loop_notices_a_save_by_itself_and_ends_when_told(tmp_path: Path) -> None:
    file = tmp_path / "algo.xml"
    file.write_text("1", encoding="utf-8")
    first, second, over = threading.Event(), threading.Event(), threading.Event()

    def make() -> None:
        (second if first.is_set() else first).set()

    def complain(error: EmissionError) -> None:
        raise AssertionError(error)

    watcher = Watcher(lambda: [tmp_path], make, complain)
    loop = threading.Thread(target=watcher.watch, args=(over.wait,))
    loop.start()
    try:
        assert first.wait(WAIT)
        save(file, "2")
        assert second.wait(WAIT)
    finally:
        over.set()
        loop.join(WAIT)
    assert not loop.is_alive()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_ctrl_c_ends_the_watch_well(town: Town) -> None:
    command = [sys.executable, "-m", "emission", "preview", "lote.csv", "--watch", "--out", "vistas"]
    with subprocess.Popen(command, cwd=town.folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:
        assert child.stderr is not None
        told = child.stderr.readline().decode()
        child.send_signal(signal.SIGINT)
        assert child.wait(WAIT) == 0
    assert "Ctrl-C" in told
