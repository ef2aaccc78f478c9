"""``python -m bench.storm``: large runs at each provider's sandbox under every fault: operations = obligations.

All faults strike by chance at once, from a seed; the run is typed again wherever it stops, as an office would. But
``twice``, by which the provider itself makes two of each: those are held for a person, and have tests of their own.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from pathlib import Path

import msgspec

from emission.sandbox.child import Sandbox
from emission.sandbox.faults import Kind

COMMANDS = 40  # a run that needs more of them goes round in circles
RATES = {Kind.TIMEOUT: 0.002, Kind.LATE: 0.005, Kind.EXPIRE_TOKEN: 0.005}
RATE = 0.01
SECONDS = {Kind.TIMEOUT: 3.0, Kind.LATE: 1.0, Kind.THROTTLE: 0.1, Kind.LATENCY: 0.1, Kind.SLOW: 0.1}
LEFT_OUT = {Kind.TWICE, Kind.NO_PAYMENT_CODES}
CONFIG = """
[batch]
tax = "TSG"
period = "2026-12"
issue_date = 2026-11-20

[verify]
sample = "0%"

[provider]
kind = "{kind}"
base_url = "{url}"
concurrency = 16
timeout_seconds = 2
settle_seconds = 4

[provider.pace]
failures = 20
"""


class Storm(msgspec.Struct, frozen=True):
    """What a run came to. ``operations`` as the sandbox lists them; ``matched``: rows with their own one's number."""

    provider: str
    rows: int
    operations: int
    distinct: int
    matched: int
    exits: dict[str, int]
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether there is one operation for each obligation, and each paper bears its own."""
        return self.rows == self.operations == self.distinct == self.matched


def weather(folder: Path, provider: str, rows: int) -> Storm:
    """One run, until it is whole."""
    write_batch(folder / "lote.csv", rows)
    exits: Counter[str] = Counter()
    began = time.monotonic()
    with Sandbox(folder / "provider.db", provider) as sandbox:
        (folder / "emission.toml").write_text(CONFIG.format(kind=provider, url=sandbox.url), encoding="utf-8")
        for kind in Kind:
            if kind not in LEFT_OUT:
                arming = {"fault": kind, "rate": RATES.get(kind, RATE), "seconds": SECONDS.get(kind, 0)}
                _call(f"{sandbox.url}/_sandbox/faults", arming)
        while "0" not in exits and exits.total() < COMMANDS:
            exits[_emission_run(folder)] += 1
            print(f"… {provider}: exits {dict(exits)}, {time.monotonic() - began:.0f} s", file=sys.stderr)
        operations = json.loads(_call(f"{sandbox.url}/_sandbox/operations"))["operations"]
    seconds = time.monotonic() - began
    # By number: an operation that was found by a look-up may bear its address where others bear their text.
    theirs = {one["external_id"]: one["number"] for one in operations}
    with (folder / "out" / "lote" / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        matched = sum(line["operation"] == theirs.get(line["external_id"]) for line in csv.DictReader(stream))
    return Storm(provider, rows, len(operations), len(theirs), matched, dict(exits), round(seconds))


def write_batch(path: Path, rows: int) -> None:
    """That many invented obligations, no two alike."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("obligation_id", "payer_name", "amount", "due_date", "amount_2", "due_date_2"))
        for number in range(1, rows + 1):
            amounts = (f"{1000 + number}.{number % 100:02}", f"{1100 + number}.00")
            writer.writerow(
                (f"TSG-{number:06}", f"Vecina {number}", amounts[0], "2026-12-10", amounts[1], "2026-12-21")
            )


def _emission_run(folder: Path) -> str:
    command = [sys.executable, "-m", "emission", "run", "lote.csv", "--quiet"]
    return str(subprocess.run(command, cwd=folder, check=False).returncode)


def _call(url: str, content: object = None) -> bytes:
    body = None if content is None else json.dumps(content).encode()
    with urllib.request.urlopen(urllib.request.Request(url, body), timeout=60) as answer:  # noqa: S310 - our own sandbox
        told: bytes = answer.read()
    return told


def main() -> None:
    """Runs what the command line says and prints a line each."""
    parser = argparse.ArgumentParser(prog="python -m bench.storm", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--provider", nargs="*", default=["epagos", "bind"])
    parser.add_argument("--folder", type=Path, default=Path("out"), help="where vouchers go while it runs; on a disk")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for provider in options.provider:
        with tempfile.TemporaryDirectory(prefix="storm-", dir=options.folder) as folder:
            storm = weather(Path(folder).resolve(), provider, options.rows)
        print(
            f"| {storm.provider} | {storm.rows:,} | {storm.operations:,} | {storm.distinct:,} | {storm.matched:,} "
            f"| {', '.join(f'{code}: {count}' for code, count in storm.exits.items())} | {storm.seconds:,.0f} s |"
        )
        if not storm.holds:
            raise SystemExit(f"{provider}: operations are not obligations")


if __name__ == "__main__":
    main()
