"""``python -m bench.payments``: payments with every anomaly, told by three sources at once, in any order, some lost.

Each must be found as what it is, none invented, and all sums exact; and a settlement with one line altered refused.
Files are files, read by their profile; answers and notices are told as adapters tell them.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import msgspec

from bench.fates import CENT_OFF, Expected, Line, Story, Word, fate_of, revisions, story
from bench.issued import BOOKS, bill
from bench.machine import Machine, this_machine
from emission import money
from emission.errors import Refused
from emission.ledger import Ledger
from emission.reconcile.filing import take_file
from emission.reconcile.judging import Judged
from emission.reconcile.profiles import shipped
from emission.reconcile.report import Summary, every, summarise
from emission.reconcile.taking import take

A_FILE = 2000  # payments
A_PIECE = 100  # words of an answer
LOST = 0.1  # of the words that somebody else says too
PROFILE = shipped()["epagos-rendicion"]
HEADER = "Numero;Secuencia;Tipo;Codigo_unico_transaccion;Numero_operacion;Monto;Fecha_pago;Fecha_deposito;Forma_pago"


class Figures(msgspec.Struct, frozen=True):
    """``missed`` payments are not in the report as they are, ``invented`` ones are there and never were."""

    machine: Machine
    bills: int
    payments: int
    words: int
    anomalies: dict[str, int]
    missed: int
    invented: int
    amount_expected: str
    amount_reported: str
    settlements: int
    settlements_wrong: int
    altered_refused: bool
    seconds: float
    seconds_report: float

    @property
    def right(self) -> bool:
        """Whether all is found, and nothing else."""
        same = self.amount_expected == self.amount_reported
        return not (self.missed or self.invented or self.settlements_wrong) and same and self.altered_refused


def measure(ledger: Ledger, folder: Path, bills: int, seed: int) -> Figures:
    """Issues the bills, has them paid, takes all that is told, and compares the report with what happened."""
    chance = random.Random(seed)
    numbers = range(1, bills + 1)
    for revision in (1, 2):
        bill(ledger, *(one for one in numbers if revisions(one) == revision), revision=revision)
    stories = [story(one, chance) for one in numbers]
    files = list(_files(folder, stories))
    words = [word for one in stories for word in _kept(one, chance)]
    began = time.perf_counter()
    _tell(ledger, files, words, chance)
    told = time.perf_counter()
    found = Counter(_as_expected(judged) for judged in every(ledger, BOOKS))
    summary = summarise(ledger, BOOKS, "ARS")
    ended = time.perf_counter()
    expected = Counter(one for each in stories for one in each.expected)
    return Figures(
        machine=this_machine(),
        bills=bills,
        payments=expected.total(),
        words=len(words) + sum(len(each.lines) for each in stories),
        anomalies=dict(sorted(Counter(fate_of(one) for one in numbers).items())),
        missed=(expected - found).total(),
        invented=(found - expected).total(),
        amount_expected=money.plain(sum(one.amount * count for one, count in expected.items()), "ARS"),
        amount_reported=money.plain(summary.whole.amount, "ARS"),
        settlements=len(summary.settlements),
        settlements_wrong=_wrong(summary, stories),
        altered_refused=_refused(ledger, files[0]),
        seconds=round(told - began, 1),
        seconds_report=round(ended - told, 1),
    )


def _files(folder: Path, stories: Sequence[Story]) -> Iterator[Path]:
    lines = [line for one in stories for line in one.lines]
    for number, start in enumerate(range(0, len(lines), A_FILE), start=1):
        path = folder / f"rendicion-{number}.csv"
        rows = [_row(number, line) for line in lines[start : start + A_FILE]]
        path.write_text("\r\n".join([HEADER, *rows]) + "\r\n", encoding="utf-8")
        yield path


def _row(number: int, line: Line) -> str:
    amount = money.plain(line.amount, "ARS")
    return f"{number};1;{line.kind};{line.number};{line.external_id};{amount};{line.paid_on};2026-12-30;Rapipago"


def _kept(one: Story, chance: random.Random) -> list[Word]:
    """What is not lost, and some of it told again."""
    kept = [*one.needed, *(word for word in one.words if chance.random() >= LOST)]
    return [*kept, *(word for word in kept if chance.random() < LOST)]


def _tell(ledger: Ledger, files: Sequence[Path], words: list[Word], chance: random.Random) -> None:
    """All sources at once, in no order, and every file twice."""
    chance.shuffle(words)
    pieces = [words[start : start + A_PIECE] for start in range(0, len(words), A_PIECE)]
    telling: list[Callable[[], object]] = [
        *(partial(take_file, ledger, BOOKS, path, PROFILE) for path in (*files, *files)),
        *(partial(_take, ledger, piece) for piece in pieces),
    ]
    chance.shuffle(telling)
    for tell in telling:
        tell()


def _take(ledger: Ledger, piece: Sequence[Word]) -> None:
    for source in sorted({word.source for word in piece}):
        take(ledger, BOOKS, "epagos", source, [(0, word.said) for word in piece if word.source == source])


def _as_expected(judged: Judged) -> Expected:
    asked, made = judged.entry.asked, judged.entry.payment
    known = int(asked.obligation_id.removeprefix("TSG-")) if asked else 0
    return Expected(known, judged.result, made.state, made.amount, " ".join(judged.odd))


def _wrong(summary: Summary, stories: Sequence[Story]) -> int:
    """Settlements that do not agree although they should, and those whose cents that are off were not noticed."""
    off = sum(one.odd == "sources_at_odds" for each in stories for one in each.expected)
    noticed = sum(one.difference for one in summary.settlements)
    wrong = sum(one.deposit.payments != one.counted or one.deposit_difference != 0 for one in summary.settlements)
    return wrong + abs(noticed - off * CENT_OFF)


def _refused(ledger: Ledger, path: Path) -> bool:
    """Whether a file with one digit of one line altered is refused, and the line named."""
    lines = path.read_text(encoding="utf-8").splitlines()
    place = len(lines) // 2
    cells = lines[place].split(";")
    cells[5] = money.plain(money.parse(cells[5], "ARS") + 10, "ARS")
    lines[place] = ";".join(cells)
    altered = path.with_name("altered.csv")
    altered.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")
    try:
        take_file(ledger, BOOKS, altered, PROFILE)
    except Refused as error:
        return error.params.get("lines") == str(place + 1)
    return False


def main() -> None:
    """Tells, takes, compares, and prints it; exit 1 where something is missed, invented or not exact."""
    parser = argparse.ArgumentParser(prog="python -m bench.payments", description=__doc__)
    parser.add_argument("--bills", type=int, default=20_000, help="default: 20,000")
    parser.add_argument("--seed", type=int, default=8, help="of the story")
    parser.add_argument("--folder", type=Path, default=Path("out"), help="where files and ledger go; on a disk")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="bench-", dir=arguments.folder) as folder,
        closing(Ledger(Path(folder) / "emission.db")) as ledger,
    ):
        figures = measure(ledger, Path(folder), arguments.bills, arguments.seed)
    print(msgspec.json.format(msgspec.json.encode(figures), indent=2).decode())
    sys.exit(0 if figures.right else 1)


if __name__ == "__main__":
    main()
