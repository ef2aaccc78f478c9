"""Whatever an office, its provider and its machine do, in whatever order: never twice, never lost.

Each step of a story is a command as a clerk types it, or what befalls it; the sandbox counts from outside.
"""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from typer.testing import Result

from emission.stages import produce
from tests.faults.boundaries import Boundaries
from tests.faults.processes import Child
from tests.faults.provider import Provider, serving
from tests.faults.thorough import THOROUGH
from tests.run.town import CONFIG, Row, Town, row

pytestmark = pytest.mark.skipif("os.name == 'nt'", reason="Windows cannot fork")

SETTINGS = """
lot_pages = 3

[codes]
qr_source = "url"

[provider]
base_url = "{url}"
batch_size = 2
concurrency = 1
settle_seconds = 0.05
timeout_seconds = 5
"""
SUPERSEDE = CONFIG.replace('max_rejected = "100%"', 'max_rejected = "100%"\non_change = "supersede"')
PLAIN, PAINTED = "", 'accent = "#800000"\n'

# A bill as the office may restate it.
CHANGES: dict[str, Row] = {
    "other words": {"payer_name": "Güiraldes, Íñigo"},
    "other money": {"amount": "77.10", "amount_2": "", "due_date_2": ""},
    "more money": {"amount": "2500.00", "amount_2": "2600.00"},
    "other day": {"due_date": "2026-12-11"},
    "exempt": {"payable": "no", "legend": "Exento"},
    "unreadable": {"amount": "?"},
    "another period": {"period": "2027-01"},
    "another voucher": {"voucher_id": "V", "label": "Mes", "payer_name": "Una"},
    "on paper alone": {"channel": "print"},
    "on no paper": {"channel": "digital"},
    "as at first": {},
}
FAULTS = ("lose-answer", "cut-body", "error-after-commit", "drop-item", "reorder", "twice", "down", "no-payment-codes")
# Commands that end so are over; 4 wants the same command again.
OVER, STOPPED = (0, 3), 4
MOST_COMMANDS = 12
# The same stories each time; other ones, and more, where there is time.
STORIES = settings(
    max_examples=100 if THOROUGH else 4,
    stateful_step_count=20 if THOROUGH else 12,
    deadline=None,
    derandomize=not THOROUGH,
    suppress_health_check=list(HealthCheck),
)

names = st.integers(1, 6)
changes = st.lists(st.tuples(names, st.sampled_from(["gone", *CHANGES])), max_size=3)
trouble = st.lists(st.tuples(st.sampled_from(FAULTS), st.integers(1, 3)), max_size=2)
# The boundary at which the command is killed; at none in half of the cases.
deadly = st.one_of(st.just(0), st.integers(1, 90))


class Office(RuleBasedStateMachine):
    """One municipality: its own file of bills, the command that is still to be finished, what may never change.

    How a command ends depends on the machine too: one that is killed at its eightieth boundary may have passed it by
    then, or not, with the lines that a slow run writes into its log. So nothing that is drawn may depend on it (no
    precondition does): a rule that has to wait for an unfinished command types that again instead.
    """

    home: ClassVar[Path]
    provider: ClassVar[Provider]

    def __init__(self) -> None:
        super().__init__()
        self._provider = self.provider
        self._provider.forget()
        self._provider.calm()
        self._folder = Path(tempfile.mkdtemp(dir=self.home))
        self._town = Town(self._folder)
        self._bills = {number: row(number) for number in range(1, 5)}
        self._file = "lote.csv"
        self._unfinished: tuple[str, ...] = ()
        self._released: dict[Path, bytes] = {}
        self._paid: dict[int, set[str]] = {}
        self._doubled: set[str] = set()
        self._look = PLAIN
        self._adopt = False
        self._decided = False
        self._audited: list[tuple[Path, int, int]] = []

    # What happens.

    @initialize(trouble=trouble, deadly=deadly)
    def begin(self, trouble: list[tuple[str, int]], deadly: int) -> None:
        self._configure()
        self._write()
        self._begin("run", self._file)
        self._type(trouble, deadly)

    @rule(trouble=trouble, deadly=deadly, option=st.sampled_from(["", "--retry-failed", "--rerender"]))
    def run(self, trouble: list[tuple[str, int]], deadly: int, option: str) -> None:
        if not self._unfinished:
            self._begin("run", self._file, *filter(None, [option]))
        self._type(trouble, deadly)

    @rule(changes=changes, trouble=trouble, deadly=deadly)
    def amend(self, changes: list[tuple[int, str]], trouble: list[tuple[str, int]], deadly: int) -> None:
        if not self._unfinished:
            self._change(changes)
            self._begin("amend", self._file, "--batch", "lote", "--yes")
        self._type(trouble, deadly)

    @rule(
        what=st.sampled_from(["release", "pay", "accept", "retry", "give-up", "paint"]),
        which=st.integers(0, 20),
    )
    def meanwhile(self, what: str, which: int) -> None:
        if what == "release":
            self._release_what_is_sealed()
        elif what == "pay":
            self._pay(which)
        elif what == "paint":
            self._paint()
        else:
            self._decide(what, which)

    # What must hold.

    @invariant()
    def nothing_is_charged_twice(self) -> None:
        asked = Counter(found["external_id"] for found in self._provider.operations())
        assert {name for name, times in asked.items() if times > 1} <= self._doubled

    @invariant()
    def every_operation_is_known(self) -> None:
        """An operation of the provider's stands in the ledger, or under an order that somebody must still settle."""
        known = {number for (number,) in self._ask("SELECT number FROM operation UNION SELECT number FROM stray")}
        open_ones = {name for (name,) in self._ask("SELECT external_id FROM effect WHERE state != 'confirmed'")}
        for found in self._provider.operations():
            assert found["number"] in known or found["external_id"] in open_ones | self._doubled

    @invariant()
    def what_was_paid_is_never_replaced(self) -> None:
        owners = self._owners()
        for found in self._provider.operations():
            whose = owners.get(found["external_id"])
            assert whose not in self._paid or found["external_id"] in self._paid[whose]

    @invariant()
    def what_went_to_the_printer_stays(self) -> None:
        assert all(path.read_bytes() == content for path, content in self._released.items())

    @invariant()
    def the_account_is_true(self) -> None:
        found = self._found()
        if self._unfinished or self._decided or found == self._audited:
            return
        self._audited = found
        audit = self._town.call("audit", "lote")
        assert audit.exit_code == 0, audit.stdout + audit.stderr
        lines = self._manifest()
        assert [line["obligation_id"] for line in lines] == [bill["obligation_id"] for bill in self._bills.values()]
        created = {found["number"]: found for found in self._provider.operations()}
        for line, bill in zip(lines, self._bills.values(), strict=True):
            if line["status"] == "rendered":
                assert line["amount"] == bill["amount"]
                assert ("payable" in bill) == (line["operation"] == "")
                assert line["operation"] == "" or created[line["operation"]]["amount"] == bill["amount"]
            else:
                assert line["status"] in ("rejected", "failed")
                assert line["reason_code"]

    def teardown(self) -> None:
        """In the end the provider is well, and nobody pulls a plug: the same command finishes."""
        self._provider.calm()
        self._decided = False
        if not self._unfinished:
            self._begin("run", self._file)
        for _ in range(MOST_COMMANDS):
            if self._unfinished:
                self._type([], 0)
        assert not self._unfinished
        self.the_account_is_true()
        shutil.rmtree(self._folder)

    # How it is done.

    def _release_what_is_sealed(self) -> None:
        assert self._town.call("release", "all").exit_code in (0, 2, 3)
        for lot in self._lots():
            if lot["state"] == "released":
                path = self._folder / "out" / "lote" / lot["file"]
                self._released.setdefault(path, path.read_bytes())

    def _pay(self, which: int) -> None:
        operations = self._provider.operations()
        if self._unfinished:
            self._type([], 0)
        elif operations:
            operation = operations[which % len(operations)]
            self._provider.pay(operation["number"])
            owner = self._owners()[operation["external_id"]]
            self._paid.setdefault(owner, {name for name, whose in self._owners().items() if whose == owner})

    def _decide(self, decision: str, which: int) -> None:
        held = [json.loads(line) for line in self._town.call("held", "--json").stdout.splitlines()]
        if not held:
            return
        order = held[which % len(held)]
        options = ["--why", "se habló con el proveedor"]
        if decision == "accept":
            mine = [found for found in self._provider.operations() if found["external_id"] == order["external_id"]]
            options += ["--number", mine[0]["number"] if mine else "1"]
        result = self._town.call("held", decision, order["external_id"], *options)
        assert result.exit_code in (0, 2, 3), result.stderr
        self._decided = True

    def _paint(self) -> None:
        if self._unfinished:
            self._type([], 0)
            return
        self._look = PAINTED if self._look == PLAIN else PLAIN
        self._adopt = True
        self._configure()

    def _begin(self, *command: str) -> None:
        self._unfinished = (*command, "--rerender") if self._adopt and "--rerender" not in command else command

    def _change(self, changes: list[tuple[int, str]]) -> None:
        for number, change in changes:
            if change == "gone":
                self._bills.pop(number, None)
            else:
                self._bills[number] = {**row(number), **CHANGES[change]}
        self._file = "corregido.csv"
        self._write()

    def _type(self, trouble: list[tuple[str, int]], deadly: int) -> None:
        for fault, times in trouble:
            self._provider.fail(fault, times)
        code = self._killed_at(deadly) if deadly else _outcome(self._town.call(*self._unfinished))
        self._provider.calm()
        asked = Counter(found["external_id"] for found in self._provider.operations())
        if any(fault == "twice" for fault, _ in trouble):
            self._doubled |= {name for name, times in asked.items() if times == 2}
        if code in OVER:
            self._unfinished, self._adopt, self._decided = (), False, False

    def _killed_at(self, point: int) -> int | None:
        def work() -> int:
            Boundaries(point).lay()
            return _outcome(self._town.call(*self._unfinished))

        killed, told = Child(work).end()
        assert killed or isinstance(told, int), told
        return told if isinstance(told, int) else None

    def _configure(self) -> None:
        issuer = f"[issuer]\n{self._look}"
        self._town.configure(SUPERSEDE.replace("[issuer]\n", issuer) + SETTINGS.format(url=self._provider.url))

    def _write(self) -> None:
        """Rows of one voucher stand together; the others in their order."""
        self._bills = dict(sorted(self._bills.items(), key=lambda bill: ("voucher_id" in bill[1], bill[0])))
        self._town.batch([row(9, amount="?"), *self._bills.values()], self._file)

    def _found(self) -> list[tuple[Path, int, int]]:
        """What an audit would look at: where nothing of it was touched, it would say the same again."""
        files = sorted(path for path in self._folder.rglob("*") if path.is_file())
        return [(path, (seen := path.stat()).st_mtime_ns, seen.st_size) for path in files]

    def _manifest(self) -> list[Row]:
        with (self._folder / "out" / "lote" / "manifest.csv").open(encoding="utf-8", newline="") as stream:
            return [line for line in csv.DictReader(stream) if line["obligation_id"] != "TSG-0009"]

    def _lots(self) -> list[dict[str, Any]]:
        listed = (json.loads(line) for line in self._town.call("status", "--json").stdout.splitlines())
        return [lot for run in listed for lot in run["lots"]]

    def _owners(self) -> dict[str, int]:
        """The debt of each order; another period under the same id is another one."""
        return dict(self._ask("SELECT external_id, obligation FROM effect"))

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        path = self._folder / "emission.db"
        if not path.exists():
            return []
        with closing(sqlite3.connect(path)) as ledger:
            has_tables = ledger.execute("SELECT count(*) FROM sqlite_master WHERE name = 'stray'").fetchone()[0]
            return ledger.execute(query).fetchall() if has_tables else []


def _outcome(result: Result) -> int:
    assert result.exit_code in (*OVER, STOPPED), result.stdout + result.stderr
    assert result.exit_code != STOPPED or "emission " in result.stderr, "it does not say what to type"
    return result.exit_code


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with serving(None) as provider:
        yield provider


def test_in_any_story_nothing_is_charged_twice_or_lost(
    tmp_path: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(produce, "CHUNK", 2)
    monkeypatch.setattr(Office, "home", tmp_path, raising=False)
    monkeypatch.setattr(Office, "provider", provider, raising=False)
    run_state_machine_as_test(Office, settings=STORIES)
