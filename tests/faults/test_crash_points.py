"""Killed at every boundary of the ledger, of the files and of the wire, a run goes on as if nothing had happened.

One process serves the sandbox for all of them. Each point takes two children forked from this process, which has all
code and the compiled template in it already: one that is killed there, and one that types the same command again.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from emission.stages import produce
from tests.faults.boundaries import Boundaries
from tests.faults.processes import Child
from tests.faults.provider import Provider, serving
from tests.faults.thorough import THOROUGH
from tests.run.town import CONFIG, Town, row

pytestmark = pytest.mark.skipif("os.name == 'nt'", reason="Windows cannot fork")

BATCH = [
    row(1),
    row(2, voucher_id="V", label="Mes", payer_name="Una"),
    row(3, voucher_id="V", label="Semestre", payer_name="Una"),
    row(4, amount="?"),
    row(5, payable="no", legend="Exento"),
    row(6),
    row(7, channel="digital"),
]
PAYABLE = 5
SETTINGS = """
lot_pages = 3

[codes]
qr_source = "url"

[provider]
base_url = "{url}"
batch_size = 2
concurrency = 1
settle_seconds = 0.1
timeout_seconds = 5
"""


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(produce, "CHUNK", 2)


class Trial:
    """A town of its own for one kill, and what came of it in the end."""

    def __init__(self, folder: Path, provider: Provider, lost: int) -> None:
        provider.forget()
        # What a look-up cannot return is given by nobody, so that nothing is lost in one.
        provider.fail("no-payment-codes", times=10**6)
        provider.fail("lose-answer", times=lost)
        self.folder = Path(tempfile.mkdtemp(dir=folder))
        self._provider = provider
        self._town = Town(self.folder, CONFIG, SETTINGS.format(url=provider.url))
        self._town.batch(BATCH)

    def run(self) -> None:
        """The command, in this process."""
        self._town.run(expect=3)

    def passes(self, deadly: int = 0) -> tuple[bool, object]:
        """The command in a child: whether it was killed at its ``deadly`` boundary, and all that it passed."""

        def work() -> list[str]:
            boundaries = Boundaries(deadly)
            boundaries.lay()
            self.run()
            return boundaries.passed

        return Child(work).end()

    def papers(self) -> dict[str, bytes]:
        """Every file that leaves the house, by its name; a half-written one would be among them."""
        out = self.folder / "out" / "lote"
        files = [path for name in ("digital", "print") for path in (out / name).rglob("*") if path.is_file()]
        return {path.relative_to(out).as_posix(): path.read_bytes() for path in [*files, out / "manifest.csv"]}

    def wrong(self, expected: dict[str, bytes]) -> object:
        """What differs from an undisturbed run, at the provider or in the papers; nothing where nothing does."""
        asked = self._provider.external_ids()
        if len(asked) != PAYABLE or len(set(asked)) != PAYABLE:
            return f"asked for {asked}"
        papers = self.papers()
        return sorted(file for file in {*papers, *expected} if papers.get(file) != expected.get(file))


def undisturbed(folder: Path, lost: int) -> tuple[list[str], dict[str, bytes]]:
    """The boundaries of a run that nobody kills, and its papers."""
    with serving(None) as provider:
        # First in this very process, which so has the template compiled for all its children.
        Trial(folder, provider, lost).run()
        trial = Trial(folder, provider, lost)
        _, passed = trial.passes()
        assert isinstance(passed, list), passed
        assert len(provider.external_ids()) == PAYABLE
        return passed, trial.papers()


def kill_at_each(points: range, folder: Path, lost: int, expected: dict[str, bytes]) -> dict[int, object]:
    """What went wrong at which point, with a sandbox of its own."""
    wrong: dict[int, object] = {}
    with serving(None) as provider:
        for point in points:
            trial = Trial(folder, provider, lost)
            killed, told = trial.passes(point)
            if not killed:
                wrong[point] = f"it was not killed: {told}"
                continue
            _, told = trial.passes()
            if found := trial.wrong(expected) if isinstance(told, list) else told:
                wrong[point] = found
            shutil.rmtree(trial.folder)
    return wrong


# Every so many boundaries; all of them where there is time.
STRIDES = (1, 1) if THOROUGH else (5, 20)


@pytest.mark.parametrize(("lost", "stride"), [(0, STRIDES[0]), (4, STRIDES[1])], ids=["answers-come", "answers-lost"])
def test_killed_at_any_boundary_it_goes_on_to_the_same_bytes(tmp_path: Path, lost: int, stride: int) -> None:
    passed, expected = undisturbed(tmp_path, lost)
    assert len(passed) >= 100, Counter(passed)
    # Two at a time, each with a provider of its own.
    points = [range(first, len(passed) + 1, 2 * stride) for first in (1, 1 + stride)]
    lanes = [Child(partial(kill_at_each, some, tmp_path, lost, expected)) for some in points]
    for lane in lanes:
        _, wrong = lane.end()
        named = (
            {f"{point} {passed[point - 1]}": what for point, what in wrong.items()}
            if isinstance(wrong, dict)
            else wrong
        )
        assert named == {}
