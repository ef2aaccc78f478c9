"""``emission backup``: a whole ledger while somebody writes it, and never a half one in its place."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.run.town import Town, rows

# Commits one bill after the other, each with its history, and a line on standard output.
WRITER = """
import sys
from pathlib import Path
from sqlalchemy import insert
from emission.ledger import Ledger
from emission.ledger.schema import obligation
ledger = Ledger(Path(sys.argv[1]))
number = 1000
while True:
    with ledger.transaction() as connection:
        number += 1
        connection.execute(insert(obligation), {
            "id": number, "identity": str(number), "environment": "sandbox", "issuer": "1", "tax": "T", "period": "P",
            "obligation_id": str(number), "revision": 1, "run_id": 1, "payable_hash": b"",
        })
        ledger.record("obligation", [number], "written")
    print(number, flush=True)
"""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Somebody commits to the ledger, from before the block to after it."""
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        try:
            writer.stdout.readline()
            yield
            assert writer.poll() is None
        finally:
            writer.kill()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A town with one finished run; nobody changes it."""
    town = Town(tmp_path_factory.mktemp("made"))
    town.batch(rows(3))
    town.run()
    return town


@pytest.fixture
def town(made: Town, tmp_path: Path) -> Town:
    shutil.copytree(made.folder, tmp_path, dirs_exist_ok=True)
    return Town(tmp_path)


def count(path: Path, query: str) -> int:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        (found,) = connection.execute(query).fetchone()
    assert isinstance(found, int)
    return found


def test_a_copy_made_during_writes_is_of_one_moment(town: Town) -> None:
    copy = town.folder / "copy.db"
    seen = []
    with writing(town.folder / "emission.db"):
        for _ in range(5):
            result = town.call("backup", "copy.db", "--json")
            told = json.loads(result.stdout)
            bills = count(copy, "SELECT count(*) FROM obligation")
            written = count(copy, "SELECT count(*) FROM history WHERE event = 'written'")
            assert (told["bills"], told["runs"]) == (bills, 1)
            assert bills == 3 + written
            with closing(sqlite3.connect(copy)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
            seen.append(bills)
    assert seen == sorted(seen)
    assert seen[0] > 3
    assert sorted(path.name for path in town.folder.glob("*copy.db*")) == ["copy.db"]


def test_it_says_what_is_in_it_and_is_private(town: Town) -> None:
    result = town.call("backup", "copy.db")
    assert result.exit_code == 0
    assert "1 lotes, 3 obligaciones" in result.stdout
    assert "docs/operator.md" in result.stderr
    assert stat.S_IMODE((town.folder / "copy.db").stat().st_mode) == 0o600


def test_a_run_goes_on_from_the_copy(town: Town) -> None:
    before = len(town.operations())
    town.call("backup", "copy.db")
    for name in ("emission.db", "emission.db-wal", "emission.db-shm"):
        (town.folder / name).unlink(missing_ok=True)
    (town.folder / "copy.db").rename(town.folder / "emission.db")
    assert town.run().report["provider_calls"] == 0
    assert town.call("find", "TSG-0002").exit_code == 0
    assert len(town.operations()) == before


def test_the_ledger_itself_is_refused(town: Town) -> None:
    (town.folder / "alias.db").symlink_to("emission.db")
    (town.folder / "hard.db").hardlink_to(town.folder / "emission.db")
    for name in ("emission.db", "emission.db-wal", "alias.db", "hard.db", "./emission.db"):
        result = town.call("backup", name)
        assert result.exit_code == 2, name
        assert "es el propio libro" in result.stderr
    assert count(town.folder / "emission.db", "SELECT count(*) FROM obligation") == 3


def test_what_is_no_copy_of_this_ledger_is_left_alone(town: Town, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = Town(tmp_path_factory.mktemp("other"))
    other.batch(rows(1), "enero.csv")
    other.run("enero.csv")
    other.call("backup", str(town.folder / "theirs.db"))
    with closing(sqlite3.connect(town.folder / "stranger.db")) as stranger:
        stranger.execute("CREATE TABLE run (id)")
        stranger.commit()
    (town.folder / "folder.db").mkdir()
    town.call("backup", "open.db")
    (town.folder / "open.db-wal").write_bytes(b"somebody has it open")
    for name in ("lote.csv", "theirs.db", "stranger.db", "folder.db", "open.db"):
        path = town.folder / name
        before = path.read_bytes() if path.is_file() else b""
        result = town.call("backup", name)
        assert result.exit_code == 2, name
        assert "no se toca" in result.stderr
        assert (path.read_bytes() if path.is_file() else b"") == before
    assert town.call("backup", "nowhere/copy.db").exit_code == 2


def test_where_there_is_no_ledger_there_is_no_copy(tmp_path: Path) -> None:
    town = Town(tmp_path)
    assert town.call("backup", "copy.db").exit_code == 2
    assert not (tmp_path / "copy.db").exists()
    (tmp_path / "emission.db").write_bytes(b"no ledger at all" * 1000)
    assert town.call("backup", "copy.db").exit_code == 4
    assert [path.name for path in tmp_path.glob("*copy*")] == []


LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
from emission.cli import main
sys.argv = ["emission", "backup", "copy.db"]
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no files")
def test_a_full_disk_leaves_the_earlier_copy_and_nothing_else(town: Town) -> None:
    town.call("backup", "copy.db")
    before = (town.folder / "copy.db").read_bytes()
    assert len(before) > 200_000
    result = subprocess.run(
        [sys.executable, "-c", LIMITED], cwd=town.folder, check=False, capture_output=True, encoding="utf-8"
    )
    assert result.returncode == 4, result.stderr
    assert "copy.db" in result.stderr
    assert (town.folder / "copy.db").read_bytes() == before
    assert sorted(path.name for path in town.folder.glob("*copy*")) == ["copy.db"]
    assert [path.name for path in town.folder.glob(".*")] == []
