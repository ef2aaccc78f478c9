"""Same input, same bytes: whoever works on it, in whatever portions, and in whatever order answers and rows come."""

from __future__ import annotations

from pathlib import Path

import pytest

from emission.stages import preflight, produce
from tests.run.town import CONFIG, Run, Town, row

BATCH = [
    row(1, payer_name="Łukasz Ñandubay & Hijos <S.R.L.>", channel="print"),
    row(2, voucher_id="V-2", label="Cuota", payer_name="Núñez, Íñigo"),
    row(3, voucher_id="V-2", label="Semestre", payer_name="Núñez, Íñigo"),
    row(4, payable="no", legend="Exento, Ord. 123/2020", amount="0.00", amount_2="", due_date_2=""),
    row(5, channel="email", payer_email="ana@example.com"),
    row(6, amount="-5"),
    *(row(number, payer_name=f"Şahin, Đorđe {number}") for number in range(7, 15)),
]
LOTS = "\nlot_pages = 4\n"


def made(folder: Path, batch: list[dict[str, str]] = BATCH, workers: int = 1, portion: int = 0, calls: str = "") -> Run:
    """A run by so many workers, in chunks of so many obligations (0: as it comes), asking the provider that way."""
    folder.mkdir()
    town = Town(folder, CONFIG.replace("workers = 1", f"workers = {workers}") + LOTS, calls)
    town.batch(batch)
    with pytest.MonkeyPatch.context() as patch:
        if portion:
            patch.setattr(produce, "CHUNK", portion)
            patch.setattr(preflight, "CHUNK", portion)
        return town.run(expect=3)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return made(tmp_path_factory.mktemp("whole") / "town")


@pytest.mark.parametrize(
    ("workers", "portion", "calls"),
    [
        (2, 2, ""),
        (1, 1, "[provider]\nbatch_size = 1\nconcurrency = 8\n"),
        (1, 3, "[provider]\nbatch_size = 3\nconcurrency = 1\n"),
    ],
    ids=["two workers, chunks of two", "one by one, eight calls at once", "by threes, one call after the other"],
)
def test_files_and_lots_do_not_depend_on_who_made_them(
    run: Run, tmp_path: Path, workers: int, portion: int, calls: str
) -> None:
    other = made(tmp_path / "town", workers=workers, portion=portion, calls=calls)
    assert len(run.lots()) == 3
    assert other.digital() == run.digital()
    assert [path.read_bytes() for path in other.lots()] == [path.read_bytes() for path in run.lots()]


def test_a_file_does_not_depend_on_where_its_row_stands(run: Run, tmp_path: Path) -> None:
    other = made(tmp_path / "town", batch=[*BATCH[:3], *BATCH[:2:-1]], portion=2)
    assert len(run.digital()) == 12
    assert sorted(other.digital().values()) == sorted(run.digital().values())
