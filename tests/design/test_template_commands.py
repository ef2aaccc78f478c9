"""A designer begins a template, is told what is wrong with it, and sees where everything stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from tests.conformance.cases import letterhead
from tests.run.town import Town, rows, text_of


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town(tmp_path)
    town.batch(rows(2))
    assert town.call("template", "new", "mia").exit_code == 0
    return town


def change(town: Town, old: str, new: str, file: str = "voucher.xml") -> int:
    """Writes ``new`` over ``old`` in the template; the line where it stands."""
    path = town.folder / "mia" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def events(town: Town, *arguments: str, expect: int = 0) -> list[dict[str, Any]]:
    result = town.call(*arguments, "--json")
    assert result.exit_code == expect, result.stdout + result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_new_template_bears_its_name_explains_itself_and_works(town: Town) -> None:
    assert 'name = "mia"' in (town.folder / "mia/template.toml").read_text(encoding="utf-8")
    assert "emission preview" in (town.folder / "mia/LEAME.txt").read_text(encoding="utf-8")
    assert town.call("template", "check", "mia").exit_code == 0
    town.run("lote.csv", "--template", "mia")


@pytest.mark.parametrize(("kind", "warned"), [("plain", False), ("CMYK", True)])
def test_a_letterhead_that_files_show_as_a_picture_is_warned_of(town: Town, kind: str, warned: bool) -> None:  # noqa: FBT001
    letterhead(town.folder / "mia", kind)
    change(town, '<banner x="20"', '<background source="letterhead.pdf"/><banner x="20"')
    told = events(town, "template", "check", "mia")
    warnings = [one["code"] for one in told if one["event"] == "warning"]
    assert warnings == (["template-background-pictured"] if warned else [])
    assert told[-1]["problems"] == 0


def test_a_copy_of_an_own_template(town: Town) -> None:
    change(town, "Para pagar", "A pagar")
    assert town.call("template", "new", "otra", "--from", "mia").exit_code == 0
    assert "A pagar" in (town.folder / "otra/voucher.xml").read_text(encoding="utf-8")
    assert 'name = "otra"' in (town.folder / "otra/template.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["mia", "municipal-a4", "../afuera", "", "-", "a/b", ".oculta"])
def test_nothing_is_written_over_nor_outside(town: Town, name: str) -> None:
    before = sorted(town.folder.parent.rglob("*"))
    result = town.call("template", "new", "--", name)
    assert result.exit_code == 2
    assert sorted(town.folder.parent.rglob("*")) == before


def test_an_unknown_design_names_those_that_there_are(town: Town) -> None:
    result = town.call("template", "new", "otra", "--from", "municipal-a5")
    assert result.exit_code == 2
    assert "municipal-a4" in result.stderr


def test_the_list_tells_shipped_from_own_and_what_is_used(town: Town) -> None:
    found = {event["name"]: event for event in events(town, "template", "list")}
    assert (found["municipal-a4"]["origin"], found["municipal-a4"]["used"]) == ("shipped", True)
    assert (found["mia"]["origin"], found["mia"]["used"]) == ("own", False)
    assert "mia" in town.call("template", "list").stdout


@pytest.mark.parametrize("name", ["municipal-a4", "mia"])
def test_what_is_shipped_is_right(town: Town, name: str) -> None:
    assert events(town, "template", "check", name) == [{"event": "checked", "name": name, "problems": 0}]


MISTAKES = [
    ("voucher.xml", '<rule x="20" y="26" w="180"', '<rul x="20" y="26" w="180"', "template-element-unknown"),
    ("voucher.xml", "{{ obligation.account }}", "{{ obligation.acount }}", "template-name-unknown"),
    ("voucher.xml", "{{ obligation.account }}", "{{ obligation.account }", "template-expression"),
    (
        "voucher.xml",
        "{{ obligation.account }}",
        "{{ obligation.amount|amount_in_words('de') }}",
        "template-sample-fault",
    ),
    ("voucher.xml", 'w="29" size="label"', 'w="2" size="label"', "template-sample-fault"),
    ("template.toml", "SourceSansPro-Semibold", "SourceSansPro-Semibald", "template-face"),
    ("email.txt.j2", "{{", "{{{", "template-expression"),
]


@pytest.mark.parametrize(("file", "old", "new", "code"), MISTAKES)
def test_each_mistake_is_named_with_its_file_and_line(town: Town, file: str, old: str, new: str, code: str) -> None:
    line = change(town, old, new, file)
    *problems, last = events(town, "template", "check", "mia", expect=2)
    assert last["problems"] == len(problems) > 0
    found = [problem for problem in problems if problem["code"] == code]
    assert found, problems
    if file == "voucher.xml":
        assert any(str(line) in str(problem.get("line")) for problem in found), (line, problems)
    if code != "template-face":
        assert all(str(problem["file"]).endswith(file) for problem in found)
    assert all("{" not in str(problem["message"]).replace("{{", "").replace("'{'", "") for problem in problems)


def test_a_field_that_does_not_exist_is_named_with_the_nearest_one(town: Town) -> None:
    change(town, '"payer.name" = "text"', '"payer.nmae" = "text"', "template.toml")
    result = town.call("template", "check", "mia")
    assert result.exit_code == 2
    assert "fields.payer.nmae" in result.stderr
    assert "payer.name?" in result.stderr


def test_several_problems_are_told_at_once(town: Town) -> None:
    change(town, "{{ obligation.account }}", "{{ obligation.acount }}")
    change(town, "{{", "{{{", "email.txt.j2")
    codes = {event.get("code") for event in events(town, "template", "check", "mia", expect=2)}
    assert codes >= {"template-name-unknown", "template-expression"}


def test_the_terminal_names_each_problem_and_counts_them(town: Town) -> None:
    line = change(town, "{{ obligation.account }}", "{{ obligation.acount }}")
    result = town.call("template", "check", "mia")
    assert result.exit_code == 2
    assert f"línea {line}" in result.stdout
    assert "account" in result.stdout


def test_what_covers_a_code_is_a_problem(town: Town) -> None:
    change(town, "<cut ", '<rule x="60" y="230" w="60"/><cut ')
    codes = {event.get("code") for event in events(town, "template", "check", "mia", expect=2)}
    assert "template-code-covered" in codes


def test_the_columns_of_the_office_are_no_problem(town: Town) -> None:
    change(town, "{{ obligation.account }}", '{{ extra["NOMENCLATURA"] }}{{ extra.get("PISO", "") }}')
    assert events(town, "template", "check", "mia")[-1]["problems"] == 0


def test_fields_are_shown_with_their_type_need_and_places(town: Town) -> None:
    line = change(town, "{{ obligation.account }}", '{{ extra["NOMENCLATURA"] }}{{ extra.get("PISO", "") }}')
    found = {event["name"]: event for event in events(town, "template", "show", "mia") if event["event"] == "field"}
    assert found['extra["NOMENCLATURA"]'] == {
        "event": "field",
        "name": 'extra["NOMENCLATURA"]',
        "kind": "column",
        "need": "required",
        "places": [f"voucher.xml:{line}"],
    }
    assert found['extra["PISO"]']["need"] == "optional"
    assert found["payer.name"]["need"] == "required"
    assert (found["obligation.due_dates[].date"]["kind"], found["obligation.due_dates[].date"]["need"]) == (
        "date",
        "always",
    )
    assert found["lines[].surcharge"]["kind"] == "amount"
    assert not any(name.startswith(("due", "loop", "tax")) for name in found if not name.startswith("loop."))


def test_boxes_are_drawn_over_every_page(town: Town) -> None:
    result = town.call("template", "show", "mia", "--out", "muestras")
    assert result.exit_code == 0
    pdf, *pictures = [town.folder / word for word in result.stdout.split() if word.startswith("muestras/")]
    text = text_of(pdf)
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == len(pictures) > 4
    assert "SPECIMEN" in text
    assert "payer_name 24.0 36.6" in text
    assert "qr 67.0 203.5 44.0x44.0" in text
    with Image.open(pictures[0]) as picture:
        assert picture.size == (1654, 2339)


def test_an_audit_does_not_look_for_what_a_filter_was_told_to_write(town: Town) -> None:
    path = town.folder / "mia" / "voucher.xml"
    text = path.read_text(encoding="utf-8").replace("|date", '|date("month")').replace("|money", '|money("MX")')
    # Attributes stand in double quotes; Jinja2 takes the other ones as well.
    path.write_text(text.replace('("month")', "('month')").replace('("MX")', "('MX')"), encoding="utf-8")
    run = town.run("lote.csv", "--template", "mia")
    assert "ARS 1,001.01" in text_of(next(iter(run.digital().values())))
    assert town.call("audit", "lote", "--codes").exit_code == 0
