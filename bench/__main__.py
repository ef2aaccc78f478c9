"""``python -m bench``: how fast, how large, how much memory; see bench/README.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import msgspec

from bench import endtoend, memory, qrs, rendering, table
from bench.figures import Figures
from bench.machine import this_machine
from emission.model import Role


def measure(folder: Path, vouchers: int, rounds: int, memory_rows: tuple[int, int] | None) -> Figures:
    """Everything, one after the other, so that nothing disturbs anything; ``folder`` is left full of vouchers."""
    machine = this_machine()
    batch = endtoend.make_project(folder / "project", vouchers)
    _say(f"emission run, {vouchers} vouchers")
    whole = endtoend.run(batch)
    settings, bills = rendering.bills_of(batch)
    _say("rendering alone")
    drawing = rendering.rendering(settings, bills, rounds)
    _say("QR alone")
    texts = [operation.text(Role.QR) for bill in bills for operation in bill.operations if operation is not None]
    symbols = qrs.encoding(texts, rounds)
    growth = None
    if memory_rows is not None:
        _say("emission run, {} and {} rows, for its memory".format(*memory_rows))
        growth = memory.growth(folder, *memory_rows)
    return Figures(machine, whole, drawing, symbols, endtoend.sizes(batch), growth)


def main() -> None:
    """Measures what the command line says and prints it."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--vouchers", type=int, default=10_000, help="of the run from end to end (default: 10,000)")
    parser.add_argument("--rounds", type=int, default=12, help="of the contests, 100 bills each (default: 12)")
    parser.add_argument("--memory", action="store_true", help="peak memory too, at 1,000 and at 50,000 rows")
    parser.add_argument("--memory-rows", type=int, nargs=2, default=(1000, 50_000), metavar=("SMALL", "LARGE"))
    parser.add_argument("--json", type=Path, metavar="FILE", help="the figures, for machines")
    parser.add_argument("--folder", type=Path, default=Path("out"), help="where vouchers go while it runs; on a disk")
    arguments = parser.parse_args()
    if arguments.vouchers < 1 or arguments.rounds < 1 or min(arguments.memory_rows) < 1:
        parser.error("counts begin at 1")
    wanted = tuple(arguments.memory_rows) if arguments.memory else None
    if wanted and not memory.available():
        print(memory.NOT_HERE, file=sys.stderr)
        wanted = None
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=arguments.folder) as folder:
        figures = measure(Path(folder).resolve(), arguments.vouchers, arguments.rounds, wanted)
    print(table.text(figures))
    if arguments.json:
        arguments.json.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")


def _say(what: str) -> None:
    print(f"… {what}", file=sys.stderr)


if __name__ == "__main__":
    main()
