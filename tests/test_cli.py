"""The command line as somebody meets it for the first time."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from emission import __version__
from emission.cli.hiring import TOOLS
from tests.run.town import CONFIG, Town, read_codes, row, rows, text_of

COMMANDS = ("init", "validate", "run", "preview", "proof", "template", "status", "sandbox")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def test_help_names_every_command_and_where_to_start(town: Town) -> None:
    told = town.call("--help").stdout
    assert all(command in told for command in COMMANDS)
    assert "emission init" in told


def test_a_command_loads_what_it_needs_and_no_more() -> None:
    # Help, and a question to the ledger, are asked many times a day: each answers in half of the time that all takes.
    script = (
        "import sys, emission.cli; heavy = {'PIL', 'asyncio', 'httpx', 'numpy', 'pydantic', 'sqlalchemy'};"
        "help = heavy & {*sys.modules};"
        "import emission.find, emission.status; heavy |= {'barcode', 'sqlalchemy.dialects.postgresql'};"
        "print(help, sorted(heavy & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "set() ['asyncio', 'pydantic', 'sqlalchemy']\n"


def test_the_tools_that_workers_load_early_are_there() -> None:
    # One that is not would be passed over, and every run would begin later.
    assert [tool for tool in TOOLS if find_spec(tool) is None] == []


def test_version_is_told(town: Town) -> None:
    assert town.call("--version").stdout == f"emission {__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(town: Town, command: str) -> None:
    result = town.call(command, "--help")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) > 5


def test_a_starter_project_runs_as_it_is(tmp_path: Path) -> None:
    Town(tmp_path).call("init", "rentas")
    starter = Town.__new__(Town)
    starter.folder = tmp_path / "rentas"
    run = starter.run()
    assert run.report["rejected"] == run.report["failed"] == 0
    assert run.report["rendered"] > 5


def test_init_never_writes_over_anything(town: Town) -> None:
    assert town.call("init", ".").exit_code == 2


def test_preview_shows_a_specimen_without_payable_codes(town: Town) -> None:
    town.batch([row(1), row(2, voucher_id="V", payer_name="Una"), row(3, voucher_id="V", payer_name="Una")])
    result = town.call("preview", "lote.csv", "--id", "TSG-0003")
    assert result.exit_code == 0
    pdf, png = (town.folder / name for name in result.stdout.split())
    assert read_codes(pdf) == []
    assert "SPECIMEN" in text_of(pdf)
    assert png.read_bytes().startswith(b"\x89PNG")
    assert not (town.folder / "emission.db").exists()


def test_preview_of_an_unknown_or_faulty_voucher_says_why(town: Town) -> None:
    town.batch([row(1, amount="x")])
    assert town.call("preview", "lote.csv", "--id", "nadie").exit_code == 2
    result = town.call("preview", "lote.csv", "--id", "TSG-0001")
    assert result.exit_code == 2
    assert "amount" in result.stderr


def test_status_says_where_every_run_stands_and_what_to_type(town: Town) -> None:
    assert town.call("status").exit_code == 0
    town.batch(rows(3))
    town.run("lote.csv", "--limit", "1", expect=4)
    told = town.call("status").stdout
    assert "lote" in told
    assert "emission run" in told


def test_production_is_confirmed_or_not_issued(town: Town) -> None:
    town.configure(CONFIG + '[provider]\nkind = "supplied"\n')
    town.batch([row(1, barcode="123456", qr="https://pagos.example/1")])
    refused = town.call("run", "lote.csv")
    assert refused.exit_code == 2
    assert "--yes" in refused.stderr
    assert not list(town.folder.rglob("*.pdf"))
    run = town.run("lote.csv", "--yes")
    (content,) = run.digital().values()
    assert "PRUEBA" not in text_of(content)
    assert sorted(read_codes(content)) == ["123456", "https://pagos.example/1"]


def test_production_without_credentials_starts_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ID_ORGANISMO", "ID_USUARIO", "PASSWORD", "HASH"):
        monkeypatch.delenv(f"EPAGOS_{name}", raising=False)
    town.configure(CONFIG + '[provider]\nenvironment = "production"\n')
    town.batch(rows(1))
    result = town.call("run", "lote.csv", "--yes")
    assert result.exit_code == 2
    assert "EPAGOS_PASSWORD" in result.stderr
    assert not (town.folder / "emission.db").exists()


def test_json_lines_are_json_and_end_with_the_report(town: Town) -> None:
    town.batch(rows(2))
    events = [json.loads(line) for line in town.run().result.stdout.splitlines()]
    assert {event["event"] for event in events} == {"progress", "forecast", "report"}
    assert events[-1]["event"] == "report"
    assert events[-1]["rendered"] == 2


def test_english_is_spoken_where_it_is_asked_for(town: Town) -> None:
    town.configure('language = "en"\n' + CONFIG)
    town.batch([row(1, amount="x"), row(2)])
    run = town.run(expect=3)
    assert "amount" in run.manifest[0]["reason"]
    assert "importe" not in run.manifest[0]["reason"]


def test_the_log_tells_figures_and_no_persons(town: Town) -> None:
    town.batch([row(1, payer_name="Zulema Reservada", payer_id="99000001", account="C-4711"), row(2, amount="x")])
    run = town.run(expect=3)
    log = (run.folder / "run.log").read_text(encoding="utf-8")
    assert "rendered=1" in log
    assert "rejected=1" in log
    for private in ("Zulema", "99000001", "C-4711", "TSG-0001", "1001"):
        assert private not in log


def test_quiet_is_quiet(town: Town) -> None:
    town.batch(rows(1))
    result = town.call("run", "lote.csv", "--quiet")
    assert (result.stdout, result.stderr) == ("", "")


@pytest.mark.parametrize(
    ("name", "content"), [("nada.csv", None), ("vacio.csv", ""), ("solo.csv", "obligation_id,payer_name\n")]
)
def test_a_file_that_is_no_batch_is_said_in_one_sentence(town: Town, name: str, content: str | None) -> None:
    if content is not None:
        (town.folder / name).write_text(content, encoding="utf-8")
    result = town.call("run", name)
    assert result.exit_code == 2
    assert name in result.stderr


def test_an_unknown_template_names_the_shipped_ones(town: Town) -> None:
    town.batch(rows(1))
    result = town.call("run", "lote.csv", "--template", "municipal-a5")
    assert result.exit_code == 2
    assert "municipal-a4" in result.stderr


def test_the_wheel_carries_templates_and_samples(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(tmp_path), str(root)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "emission/templates/municipal-a4/voucher.xml",
        "emission/samples/starter/emission.toml",
        "emission/wording/run.toml",
    ):
        assert wanted in names
