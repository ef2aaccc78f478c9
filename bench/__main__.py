"""``python -m bench``: how fast, how large, how much memory; see bench/README.md."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import msgspec

from bench import endtoend, memory, peaks, qrs, rendering, spending, table, workers
from bench.figures import Engine, Figures
from bench.machine import this_machine
from bench.page import PAGE, contested
from bench.peers import PEERS
from emission.model import Role
from emission.stages.produce import CHUNK

LOTS = (1000, 200_000)


def engine(folder: Path, arguments: argparse.Namespace, lots: tuple[int, ...] | None) -> Engine:
    """Rendering alone: everything on one page, beside every peer that is installed."""
    page, rounds, bills = arguments.page, arguments.rounds, arguments.bills
    folder.mkdir()
    _say(f"invented bills on {page}")
    about = contested(folder, page, bills * (rounds + 1))
    _say("rendering alone, by turns")
    result = rendering.rendering(page, about, rounds, bills)
    _say("where the time goes")
    spent = spending.spending(about, folder / "written")
    _say("two workers against one")
    pair = workers.workers(about, folder / "workers", rounds)
    kept: dict[str, float] = {}
    long: list[peaks.Lot] = []
    if lots is not None:
        _say("memory")
        kept = peaks.peaks(about, [name for name in PEERS if name not in result.absent])
        long = peaks.lots(about, folder, lots)
    return Engine(result, spent, pair, kept, long)


def measure(folder: Path, arguments: argparse.Namespace, memory_rows: tuple[int, int] | None) -> Figures:
    """Everything, one after the other, so that nothing disturbs anything; ``folder`` is left full of vouchers."""
    machine = this_machine()
    alone = engine(folder / "engine", arguments, tuple(arguments.lots) if memory_rows else None)
    if arguments.engine:
        return Figures(machine, alone)
    batch = endtoend.make_project(folder / "project", arguments.vouchers)
    _say(f"emission run, {arguments.vouchers} vouchers")
    whole = endtoend.run(batch)
    _say("QR alone")
    symbols = qrs.encoding(endtoend.texts_of(batch, Role.QR), arguments.rounds)
    growth = None
    if memory_rows is not None:
        _say("emission run, {} and {} rows, for its memory".format(*memory_rows))
        growth = memory.growth(folder, *memory_rows)
    return Figures(machine, alone, symbols, whole, endtoend.sizes(batch), growth)


def main() -> None:
    """Measures what the command line says and prints it."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--vouchers", type=int, default=10_000, help="of the run from end to end (default: 10,000)")
    parser.add_argument("--rounds", type=int, default=6, help="of the contests (default: 6)")
    parser.add_argument(
        "--bills", type=int, default=CHUNK, help=f"of a round (default: {CHUNK}, as a worker gets them)"
    )
    parser.add_argument(
        "--page", default=PAGE, metavar="FOLDER|NAME", help=f"the design of the contests (default: {PAGE})"
    )
    parser.add_argument("--engine", action="store_true", help="rendering alone, no run from end to end")
    parser.add_argument("--memory", action="store_true", help="peak memory too, at 1,000 and at 50,000 rows")
    parser.add_argument("--memory-rows", type=int, nargs=2, default=(1000, 50_000), metavar=("SMALL", "LARGE"))
    parser.add_argument("--lots", type=int, nargs="+", default=LOTS, metavar="PAGES", help="of --memory")
    parser.add_argument("--json", type=Path, metavar="FILE", help="the figures, for machines")
    parser.add_argument("--folder", type=Path, default=Path("out"), help="where vouchers go while it runs; on a disk")
    arguments = parser.parse_args()
    if (
        arguments.vouchers < 1
        or arguments.rounds < 1
        or min(arguments.bills, *arguments.memory_rows, *arguments.lots) < 1
    ):
        parser.error("counts begin at 1")
    wanted = tuple(arguments.memory_rows) if arguments.memory else None
    if wanted and not memory.available():
        print(memory.NOT_HERE, file=sys.stderr)
        wanted = None
    # One core for everybody: Typst would take all that there are.
    os.environ["RAYON_NUM_THREADS"] = "1"
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=arguments.folder) as folder:
        figures = measure(Path(folder).resolve(), arguments, wanted)
    print(table.text(figures))
    if arguments.json:
        arguments.json.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")


def _say(what: str) -> None:
    print(f"… {what}", file=sys.stderr)


if __name__ == "__main__":
    main()
