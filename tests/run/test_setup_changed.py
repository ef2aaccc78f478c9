"""What a run was begun with may not change under it unnoticed: template, configuration, release."""

from __future__ import annotations

import shutil
from pathlib import Path
from unittest import mock

import pytest

from emission.render import template_for
from tests.run.town import CONFIG, Run, Town, read_codes, rows, text_of

TEMPLATE = Path(__file__).parents[2] / "templates" / "municipal-a4"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Five vouchers, two of them made, and a template of the town's own."""
    shutil.copytree(TEMPLATE, tmp_path / "boleta")
    town = Town(tmp_path, CONFIG + 'lot_pages = 2\n[template]\nname = "boleta"\n')
    town.batch(rows(5))
    town.run("lote.csv", "--limit", "2", "--template", "boleta", expect=4)
    return town


def change_template(town: Town) -> None:
    path = town.folder / "boleta" / "voucher.xml"
    path.write_text(path.read_text(encoding="utf-8").replace("Para pagar", "Para abonar"), encoding="utf-8")
    template_for.cache_clear()  # a process compiles a look once; the next command is another process


def refused(town: Town, *words: str) -> None:
    before = sorted(path for path in (town.folder / "out").rglob("*") if path.suffix == ".pdf")
    result = town.call("run", "lote.csv")
    assert result.exit_code == 3
    assert all(word in " ".join(result.stderr.split()) for word in (*words, "--rerender"))
    assert sorted(path for path in (town.folder / "out").rglob("*") if path.suffix == ".pdf") == before


def test_a_changed_template_is_named(town: Town) -> None:
    change_template(town)
    refused(town, "template/voucher.xml")


def test_a_changed_issuer_is_named_with_both_names(town: Town) -> None:
    config = (town.folder / "emission.toml").read_text(encoding="utf-8")
    town.configure(config.replace("Villa Ejemplo", "Villa Otra"))
    refused(town, "issuer.name", "Villa Ejemplo", "Villa Otra")


def test_a_file_read_otherwise_is_named(town: Town) -> None:
    config = (town.folder / "emission.toml").read_text(encoding="utf-8")
    town.configure(config.replace('period = "2026-12"', 'period = "2027-01"'))
    refused(town, "batch.period", "2026-12", "2027-01")


def test_another_agreement_is_named(town: Town) -> None:
    config = (town.folder / "emission.toml").read_text(encoding="utf-8")
    town.configure(config + "[provider]\nconvenio = 31048\n")
    refused(town, "provider.convenio", "31047", "31048")


def test_another_release_is_named(town: Town) -> None:
    with mock.patch("emission.stages.setup.__version__", "9.9.9"):
        refused(town, "release", "9.9.9")


def test_how_the_machine_works_is_no_change(town: Town) -> None:
    config = (town.folder / "emission.toml").read_text(encoding="utf-8")
    town.configure(config + "[provider]\nconcurrency = 2\ntimeout_seconds = 20\n")
    assert town.run().report["rendered"] == 5


def test_rerender_makes_everything_again_without_asking(town: Town) -> None:
    change_template(town)
    result = town.call("run", "lote.csv", "--rerender")
    assert result.exit_code == 0
    run = Run(town.folder / "out" / "lote", result)
    assert all("Para abonar" in text_of(content) for content in run.digital().values())
    assert [len(read_codes(lot)) for lot in run.lots()] == [4, 4, 2]
    assert len(town.operations()) == 5


def test_a_finished_run_is_held_to_its_paper_alone(town: Town) -> None:
    town.run()
    config = (town.folder / "emission.toml").read_text(encoding="utf-8")
    with mock.patch("emission.stages.setup.__version__", "9.9.9"):
        town.configure(config.replace("[output]", 'bad_email = "reject"\n[output]'))
        assert town.run().report["made"] == 0
    change_template(town)
    refused(town, "template/voucher.xml")


def test_one_that_asked_nobody_yet_may_change_its_mind(tmp_path: Path) -> None:
    town = Town(tmp_path, CONFIG.replace("100%", "0"))
    town.batch([*rows(2), {"obligation_id": "X", "amount": "?"}])
    town.run(expect=3)
    town.configure(CONFIG.replace("Villa Ejemplo", "Villa Otra"))
    assert town.run(expect=3).report["rendered"] == 2
