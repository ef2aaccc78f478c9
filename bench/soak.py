"""``python -m bench.soak``: a large run under kills and a misbehaving provider, and whether it came out whole.

A real ``emission run`` against a sandbox that outlives it. What is asked for, killed and lost is decided by a seed;
where it strikes, by the machine. The result goes into docs/reliability.md.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import msgspec

from bench import endtoend
from bench.machine import Machine, this_machine
from bench.trouble import Fate, Weather
from bench.verdict import differences, lines_of
from emission.sandbox.child import Sandbox

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"
BEGIN, END = "<!-- soak -->\n", "<!-- end of soak -->"
VOUCHERS_A_SECOND = 250  # roughly, so that kills are spread over the whole of the run
# Whole; failed for now; stopped; interrupted; ended by our signals. Any other exit is a fault of ours.
EXPECTED = frozenset({"0", "3", "4", "130", "-9", "-15"})
MOST_COMMANDS_A_KILL = 20  # a run that needs more of them goes round in circles
PROVIDER = """
[provider]
base_url = "{url}"
settle_seconds = 3
timeout_seconds = 5
"""


class Soaked(msgspec.Struct, frozen=True):
    """What a soak was, and what came of it. ``commands`` is how often ``emission run`` was typed."""

    machine: Machine
    memory_gib: float
    rows: int
    payable: int
    seconds: float
    commands: int
    exits: dict[str, int]
    struck: dict[str, int]
    armed: dict[str, int]
    in_doubt: int
    looked_up: int
    sent_again: int
    differences: list[str]


class Project:
    """A municipality whose provider is a sandbox of its own at ``url``."""

    def __init__(self, folder: Path, rows: int) -> None:
        # Of every forty vouchers of an invented batch one has three rows.
        self.batch = endtoend.make_project(folder, max(1, round(rows * 20 / 21)))
        self.out = folder / "out" / endtoend.STEM
        self.ledger = folder / "emission.db"
        self.sandbox_state = folder / "provider.db"
        self.said = folder / "said.txt"
        self._configuration = folder / "emission.toml"
        self._plain = self._configuration.read_text(encoding="utf-8").split("\n[provider]\n")[0]

    def ask(self, url: str) -> None:
        """Writes the configuration that asks ``url``."""
        self._configuration.write_text(self._plain + PROVIDER.format(url=url), encoding="utf-8")

    def start(self) -> subprocess.Popen[bytes]:
        """The command, as an office types it, in a process group of its own."""
        command = [sys.executable, "-m", "emission", "run", str(self.batch), "--json"]
        with self.said.open("wb") as said:
            return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, start_new_session=True)


class Listener:
    """What a run says while it lives: ``making`` is set once it issues."""

    def __init__(self, run: subprocess.Popen[bytes]) -> None:
        self.making = threading.Event()
        self.left = 0
        self._thread = threading.Thread(target=self._listen, args=(run,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._thread.join()

    def _listen(self, run: subprocess.Popen[bytes]) -> None:
        assert run.stdout is not None
        for line in run.stdout:
            if b'"making"' in line and line.endswith(b"\n"):
                event = msgspec.json.decode(line)
                self.left = event["total"] - event["done"]
                self.making.set()


def soak(folder: Path, rows: int, kills: int, seed: int) -> Soaked:
    """Runs until ``kills`` kills have struck, then until the run is whole."""
    machine = this_machine()
    project = Project(folder, rows)
    given = lines_of(project.batch)
    chance = random.Random(seed)
    fate = Fate(random.Random(seed + 1))
    exits: Counter[str] = Counter()
    began = time.monotonic()
    with Sandbox(project.sandbox_state) as sandbox:
        project.ask(sandbox.url)
        with Weather(sandbox.url, chance) as weather:
            left = len(given)
            while "0" not in exits:
                to_come = kills - fate.struck["kill -9"]
                code, left = _one(project, fate, left, to_come)
                exits[code] += 1
                _say(f"{sum(exits.values())} commands, last exit {code}, {left} vouchers left, {dict(fate.struck)}")
                if code not in EXPECTED:
                    said = project.said.read_text(encoding="utf-8", errors="backslashreplace")
                    raise SystemExit(f"{said}\nemission run ended with exit code {code}; the run is in {folder}")
                if sum(exits.values()) > MOST_COMMANDS_A_KILL * max(1, kills):
                    raise SystemExit("the run does not come to an end")
    seconds = time.monotonic() - began
    in_doubt, looked_up, sent_again = _of_the_ledger(project.ledger)
    return Soaked(
        machine=machine,
        memory_gib=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        rows=len(given),
        payable=sum(row["payable"] != "no" for row in given),
        seconds=round(seconds),
        commands=sum(exits.values()),
        exits=dict(exits),
        struck=dict(fate.struck),
        armed=dict(weather.armed),
        in_doubt=in_doubt,
        looked_up=looked_up,
        sent_again=sent_again,
        differences=list(differences(project.batch, project.out, project.sandbox_state)),
    )


def _one(project: Project, fate: Fate, left: int, to_come: int) -> tuple[str, int]:
    """One command, ended early where kills are still to come: its exit code, and how many vouchers are left."""
    with project.start() as run:
        listener = Listener(run)
        if to_come > 0:
            fate.befall(run, listener.making, 2 * left / VOUCHERS_A_SECOND / to_come)
        code = run.wait()
        listener.close()
    return str(code), listener.left if listener.making.is_set() else left


def _of_the_ledger(path: Path) -> tuple[int, int, int]:
    """Orders that were in doubt at some time, those found by a look-up, and those sent more than once."""
    queries = (
        "SELECT count(DISTINCT subject_id) FROM history WHERE subject = 'effect' AND event = 'unknown'",
        "SELECT count(*) FROM effect WHERE state = 'confirmed' AND code = 'looked-up'",
        "SELECT count(*) FROM effect WHERE attempt > 1",
    )
    with closing(sqlite3.connect(path)) as ledger:
        in_doubt, looked_up, sent_again = (int(ledger.execute(query).fetchone()[0]) for query in queries)
    return in_doubt, looked_up, sent_again


def told(soaked: Soaked) -> str:
    """The result as it stands in the page."""
    machine = soaked.machine
    where = (f"{machine.cores} cores ({machine.processor})", f"{soaked.memory_gib} GiB", machine.system, machine.python)
    figures = {
        "Date": machine.date[:10],
        "Machine": ", ".join(where),
        "Rows; payable obligations": f"{soaked.rows:,}; {soaked.payable:,}",
        "Ended early by": _counted(soaked.struck),
        "Faults armed at the provider": _counted(soaked.armed),
        "Commands until whole, by exit code (-9: killed)": f"{soaked.commands}: {_counted(soaked.exits)}",
        "Orders that were in doubt; found by a look-up; sent again": (
            f"{soaked.in_doubt:,}; {soaked.looked_up:,}; {soaked.sent_again:,}"
        ),
        "Time, the embedded sandbox on the same cores": f"{soaked.seconds:,.0f} s",
        "Obligations charged twice, or never": "0" if not soaked.differences else "see below",
        "Differences found": "; ".join(soaked.differences[:5]) or "none",
    }
    return "\n".join(
        ["| What | Result |", "|---|---|", *(f"| {name} | {figure} |" for name, figure in figures.items())]
    )


def write_page(soaked: Soaked) -> None:
    """Puts the result between its marks in docs/reliability.md."""
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, mark, tail = rest.partition(END)
    if not mark:
        raise SystemExit(f"{PAGE.name} has lost its marks")
    PAGE.write_text(f"{head}{BEGIN}{told(soaked)}\n{mark}{tail}", encoding="utf-8")


def main() -> None:
    """Soaks as the command line says; exit 1 where anything differs."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="of the batch (default: 200,000)")
    parser.add_argument("--kills", type=int, default=30, help="kill -9 of the run (default: 30)")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--folder", type=Path, default=Path("out"), help="where the run goes meanwhile; on a disk")
    parser.add_argument("--page", action="store_true", help="write the result into docs/reliability.md")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="soak-", dir=arguments.folder)).resolve()
    soaked = soak(folder, arguments.rows, arguments.kills, arguments.seed)
    print(told(soaked))
    if arguments.page:
        write_page(soaked)
    if soaked.differences:
        raise SystemExit(f"{len(soaked.differences)} differences; the run is in {folder}")
    shutil.rmtree(folder)


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} × {name}" for name, count in sorted(counts.items())) or "nothing"


def _say(what: str) -> None:
    print(f"… {what}", file=sys.stderr)


if __name__ == "__main__":
    main()
