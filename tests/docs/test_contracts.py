"""What other programs rely on is documented: columns, fields, events, the guard and its inverse."""

import re

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emission.guard import guard
from emission.intake.columns import BATCH, BATCH_REQUIRED, LINES, SUPPLIED
from emission.ledger import schema
from emission.outputs.manifest import COLUMNS
from emission.outputs.rejections import CORRECTION, FAULTS
from emission.outputs.report import Report
from emission.render.fields import environment
from emission.sandbox.faults import Kind
from emission.stages.forecast import Forecast
from emission.status import Standing
from tests.docs.pages import READMES, blocks, rows, text


def section(page: str, heading: str) -> str:
    """What stands under a heading of the second level."""
    _, _, rest = text(page).partition(f"\n## {heading}\n")
    assert rest, f"{page} has no section {heading}"
    return rest.split("\n## ")[0]


def named(words: str) -> list[str]:
    return re.findall(r"`([a-z_][a-z0-9_-]*)`", words)


def test_every_column_of_the_manifest_is_explained_once() -> None:
    explained = [name for cells in rows(section("docs/integrator.md", "manifest.csv")) for name in named(cells[0])]
    assert sorted(explained) == sorted(COLUMNS)


def test_every_field_of_the_report_is_explained_once() -> None:
    explained = [name for cells in rows(section("docs/integrator.md", "report.json")) for name in named(cells[0])]
    assert sorted(explained) == sorted(Report.__struct_fields__)


def test_every_field_of_forecast_and_run_events_stands_there() -> None:
    events = {cells[0].strip("`"): named(cells[2]) for cells in rows(section("docs/integrator.md", "Calling it"))}
    assert tuple(events["forecast"]) == Forecast.__struct_fields__
    assert tuple(events["run"]) == Standing.__struct_fields__


@pytest.mark.parametrize("readme", READMES)
def test_every_column_of_the_batch_stands_in_the_table(readme: str) -> None:
    tables = [(named(cells[0]), cells[1]) for cells in rows(text(readme)) if len(cells) == 3]
    required = {"yes", "sí"}
    assert {name for names, needed in tables if needed in required for name in names} == set(BATCH_REQUIRED)
    assert {name for names, _ in tables for name in names} >= set(BATCH)
    assert set(named(text(readme))) >= {*LINES, *SUPPLIED}


def test_the_columns_of_rejected_and_faults_stand_in_the_clerks_page() -> None:
    assert f"`{','.join(FAULTS)}`" in text("docs/clerk.md")
    assert f"`{','.join(CORRECTION)}`" in text("docs/clerk.md")


def test_every_table_of_the_ledger_is_described() -> None:
    described = {name for cells in rows(text("docs/ledger.md")) for name in named(cells[0])}
    assert described == set(schema.metadata.tables)


def test_every_column_of_the_ledger_that_is_named_exists() -> None:
    for cells in rows(text("docs/ledger.md")):
        if len(cells) == 3 and cells[0].startswith("`") and cells[0].strip("`") in schema.metadata.tables:
            table = schema.metadata.tables[cells[0].strip("`")]
            outside_brackets = re.sub(r"\([^)]*\)", "", cells[2])
            assert set(named(outside_brackets)) <= set(table.columns.keys()), cells[0]


def test_every_fault_of_the_sandbox_is_described() -> None:
    described = {name for cells in rows(section("docs/operator.md", "The sandbox")) for name in named(cells[0])}
    assert described == {kind.value for kind in Kind}


def test_every_filter_of_ours_is_described_to_the_designer() -> None:
    ours = set(environment().filters) - set(jinja2.Environment().filters)  # noqa: S701 - renders nothing
    described = {name for cells in rows(section("docs/designer.md", "Names")) for name in named(cells[0])}
    # A name with a space in it is one that no template can write.
    assert {name for name in ours if " " not in name} <= described


(SNIPPET,) = blocks(text("docs/integrator.md"), "python")
NAMES: dict[str, object] = {}
exec(SNIPPET, NAMES)  # noqa: S102 - the page's own code is what is tested


@given(st.one_of(st.text(), st.from_regex(r"'*[=+\-@\t\r]?[\d.,a-z']*", fullmatch=True)))
def test_the_inverse_of_the_guard_that_is_shown_is_its_inverse(cell: str) -> None:
    inverse = NAMES["text_of"]
    assert callable(inverse)
    assert inverse(guard(cell)) == cell
