"""emission.toml: every wrong key at once, with what was found, what is allowed and the nearest right name."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from emission.config import load
from emission.errors import ConfigurationError, UsageError
from emission.wording import explain
from tests.run.town import CONFIG, Town, rows


def _load(folder: Path, text: str) -> ConfigurationError:
    path = folder / "emission.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    return caught.value


def test_an_empty_file_is_a_whole_configuration(tmp_path: Path) -> None:
    (tmp_path / "emission.toml").write_text("", encoding="utf-8")
    settings = load(tmp_path / "emission.toml")
    assert (settings.language, settings.environment, settings.provider.batch_size) == ("es", "sandbox", 50)
    assert settings.ledger_path == tmp_path / "emission.db"


def test_every_wrong_key_is_named_with_the_nearest_right_one(tmp_path: Path) -> None:
    batch = '[batch]\nencodin = "x"\nmax_rejected = "mucho"\n'
    text = batch + '[provider]\nkind = "epago"\nbatch_size = 100\nconvenio = "31047"\n'
    told = explain("es", _load(tmp_path, text))
    for part in (
        "batch.encodin",
        "encoding",
        "batch.max_rejected",
        "'mucho'",
        "provider.kind",
        "'supplied'",
        "100",
        "50",
    ):
        assert part in told
    assert "provider.convenio" in told


def test_supplied_codes_have_no_environment(tmp_path: Path) -> None:
    error = _load(tmp_path, '[provider]\nkind = "supplied"\nenvironment = "test"\n')
    assert [problem.code for problem in error.problems] == ["key-not-for-supplied"]


def test_supplied_codes_are_production_by_nature(tmp_path: Path) -> None:
    (tmp_path / "emission.toml").write_text('[provider]\nkind = "supplied"\n', encoding="utf-8")
    assert load(tmp_path / "emission.toml").environment == "production"


def test_values_keep_their_kind(tmp_path: Path) -> None:
    text = '[batch]\nissue_date = 2026-11-20\nexpected_amount = "12345.67"\n'
    (tmp_path / "emission.toml").write_text(text, encoding="utf-8-sig")
    batch = load(tmp_path / "emission.toml").batch
    assert (batch.issue_date, batch.expected_amount) == (datetime.date(2026, 11, 20), Decimal("12345.67"))


@pytest.mark.parametrize("text", ["[batch\nx = 1\n", "a = 1\na = 2\n"])
def test_a_file_that_is_no_toml_says_where(tmp_path: Path, text: str) -> None:
    path = tmp_path / "emission.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="line"):
        load(path)


def test_the_command_line_wins(tmp_path: Path) -> None:
    (tmp_path / "emission.toml").write_text('[output]\nworkers = 3\ndirectory = "o"\n', encoding="utf-8")
    settings = load(tmp_path / "emission.toml", None, {"output": {"workers": 1}})
    assert (settings.output.workers, settings.output.directory) == (1, "o")


def test_a_wrong_configuration_starts_nothing(tmp_path: Path) -> None:
    town = Town(tmp_path, "lenguaje = 1\n")
    town.batch(rows(1))
    result = town.call("run", "lote.csv")
    assert result.exit_code == 2
    assert "lenguaje" in result.stderr
    assert "language" in result.stderr
    assert not (tmp_path / "emission.db").exists()


def test_a_missing_configuration_says_how_to_get_one(tmp_path: Path) -> None:
    town = Town(tmp_path)
    result = town.call("run", "lote.csv", "--config", "otra.toml")
    assert result.exit_code == 2
    assert "emission init" in result.stderr


def test_a_mistyped_ledger_path_makes_no_second_ledger(tmp_path: Path) -> None:
    town = Town(tmp_path, '[ledger]\nurl = "sqlite:///otra/emission.db"\n' + CONFIG)
    town.batch(rows(1))
    assert town.call("run", "lote.csv").exit_code == 2
    assert not (tmp_path / "otra").exists()
