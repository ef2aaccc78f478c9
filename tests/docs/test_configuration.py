"""The emission.toml of the READMEs is the whole of it, with the defaults that the program has."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from emission.config import Settings
from tests.docs.pages import READMES, blocks, text


def written(readme: str) -> str:
    (block,) = (block for block in blocks(text(readme), "toml") if "[provider]" in block)
    return block


def defaults(table: BaseModel, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name in type(table).model_fields:
        value = getattr(table, name)
        if isinstance(value, BaseModel):
            yield from defaults(value, f"{name}.")
        elif name != "folder":
            yield prefix + name, value


def keys(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict) and name not in {"columns", "lines_columns", "values", "states"}:
            yield from keys(value, f"{name}.")
        else:
            yield prefix + name, value


@pytest.mark.parametrize("readme", READMES)
def test_every_key_stands_there_with_its_default(readme: str) -> None:
    expected = dict(defaults(Settings()))
    shown = dict(keys(tomllib.loads(written(readme))))
    assert shown == {key: value for key, value in expected.items() if value is not None}
    assert list(shown) == [key for key in expected if expected[key] is not None]


@pytest.mark.parametrize("readme", READMES)
def test_keys_without_a_default_stand_there_as_comments(readme: str) -> None:
    commented = re.findall(r"^# (\w+) = ", written(readme), flags=re.MULTILINE)
    without = [key.rpartition(".")[2] for key, value in defaults(Settings()) if value is None]
    assert commented == without


@pytest.mark.parametrize("readme", READMES)
def test_it_loads_with_its_comments_taken_away(readme: str) -> None:
    table = tomllib.loads(re.sub(r"^# (?=\w+ = )", "", written(readme), flags=re.MULTILINE))
    settings = Settings(**table)
    assert settings.batch.expected_rows == 1000
    assert settings.batch.issue_date is not None
