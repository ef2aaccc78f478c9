"""What a template needs of a batch is asked for before anybody is called."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.run.town import CONFIG, Town, row, text_of

TEMPLATE = Path(__file__).parents[2] / "templates" / "municipal-a4"
FIELDS = """NOMENCLATURA = "text"
superficie = "number"
deuda = "amount"
vence = { type = "date", optional = true }
"""
WORDS = (
    '<text x="20" y="86" size="7" role="own">{{ extra["NOMENCLATURA"] }} {{ extra["superficie"] + 1 }} '
    '{{ extra["deuda"]|money }} {% if extra["vence"] %}{{ extra["vence"]|date }}{% endif %}</text>'
)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A town whose template has words of its own, and needs columns for them."""
    shutil.copytree(TEMPLATE, tmp_path / "boleta")
    with (tmp_path / "boleta" / "template.toml").open("a", encoding="utf-8") as settings:
        settings.write(FIELDS)
    markup = tmp_path / "boleta" / "voucher.xml"
    head, banner, tail = markup.read_text(encoding="utf-8").partition("<banner")
    markup.write_text(f"{head}{WORDS}{banner}{tail}", encoding="utf-8")
    config = CONFIG.replace(
        "[output]", 'decimal = ","\ndate_format = "%d/%m/%Y"\n[template]\nname = "boleta"\n[output]'
    )
    return Town(tmp_path, config)


def own(number: int, **changes: str) -> dict[str, str]:
    dates = {"amount": "1000,00", "amount_2": "1100,00", "due_date": "10/12/2026", "due_date_2": "21/12/2026"}
    given = {"NOMENCLATURA": f"12-{number}", "superficie": "1.250,5", "deuda": "300,25", "vence": "31/12/2026"}
    return row(number, **(dates | given | changes))


@pytest.mark.parametrize("command", [("run",), ("validate",), ("preview", "--id", "TSG-0001", "--out", "muestra")])
def test_a_batch_without_the_column_is_refused_before_anything(town: Town, command: tuple[str, ...]) -> None:
    lacking = own(1)
    lacking["NOMENCLATURA_2"] = lacking.pop("NOMENCLATURA")
    del lacking["superficie"], lacking["vence"]
    town.batch([lacking])
    result = town.call(command[0], "lote.csv", *command[1:])
    said = " ".join(result.stderr.split())
    assert result.exit_code == 2
    assert "NOMENCLATURA, superficie" in said
    assert "municipal-a4" in said
    assert "vence," not in said
    assert not list(town.folder.rglob("*.pdf"))


def test_values_arrive_as_their_types_and_a_wrong_one_rejects_its_row(town: Town) -> None:
    town.batch([own(1), own(2, superficie="mucha"), own(3, deuda=""), own(4, vence=""), own(5, vence="2026-12-31")])
    run = town.run(expect=3)
    found = {line["obligation_id"]: line for line in run.manifest}
    assert [found[f"TSG-{number:04d}"]["status"] for number in range(1, 6)] == [
        "rendered", "rejected", "rejected", "rendered", "rejected",
    ]  # fmt: skip
    rejected = (run.folder / "rejected.csv").read_text(encoding="utf-8-sig")
    for words in ("superficie", "mucha", "number (1234,5)", "deuda", "amount (1234)", "date (31/12/2026)"):
        assert words in rejected
    first, fourth = (text_of(run.folder / found[f"TSG-{number:04d}"]["file"]) for number in (1, 4))
    assert "12-1 1251.5 $ 300,25 31/12/2026" in " ".join(first.split())
    assert "12-4 1251.5 $ 300,25" in " ".join(fourth.split())


@pytest.mark.parametrize("hostile", ["{{ 7 * 7 }}", "<text>x</text>", "{% raw %}", "' ~ issuer.name ~ '"])
def test_data_are_never_read_as_a_template(town: Town, hostile: str) -> None:
    town.batch([own(1, NOMENCLATURA=hostile)])
    (line,) = town.run().manifest
    assert hostile in " ".join(text_of(town.folder / "out" / "lote" / line["file"]).split())


@pytest.mark.parametrize("hostile", ["x" * 10_000, "a\u202eb", "a\x00b", "a\x1fb", "\U0001f600", "x" * 990])
def test_what_cannot_be_printed_is_a_named_fault(town: Town, hostile: str) -> None:
    town.batch([own(1, NOMENCLATURA=hostile), own(2)])
    run = town.run(expect=3)
    assert [line["status"] for line in run.manifest] == ["rejected", "rendered"]
