"""One QR for all obligations of a voucher, from ePagos over SOAP to the paper."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from emission.sandbox.epagos import linked
from tests.providers.test_pictured import bytes_picture
from tests.run.town import CONFIG, Town, read_codes, row

ROOT = Path(__file__).parents[2]
SOAP = """
[provider]
transport = "soap"
settle_seconds = 0

[provider.epagos]
linked_qr = true

[template]
name = "talon"
"""
DESIGN = """<voucher>
  <page>
    <text x="10" y="12" w="100" heading="yes">{{ issuer.name }}</text>
    <text x="10" y="20" w="100">{{ obligations|map(attribute="label")|join(", ") }}</text>
    <when test="operation.linked_qr"><text x="150" y="20" w="50">Elija qué pagar</text></when>
    <selector x="150" y="24" side="40"/>
    <banner x="10" y="250" w="100" h="30"/>
    <stack take="3" y="70" row="60">
      <text x="10" y="5" w="60">{{ obligation.amount|money }}</text>
      <qr x="10" y="8" side="40"/>
      <linear x="60" y="10" w="140" h="35"/>
    </stack>
  </page>
</voucher>
"""


@pytest.fixture
def town(tmp_path: Path) -> Town:
    design = tmp_path / "talon"
    design.mkdir()
    (design / "voucher.xml").write_text(DESIGN, encoding="utf-8")
    (design / "template.toml").write_bytes((ROOT / "templates" / "preprinted" / "template.toml").read_bytes())
    return Town(tmp_path, CONFIG, SOAP)


def booklet(count: int, voucher: str = "V", first: int = 1, **changes: str) -> list[dict[str, str]]:
    numbers = range(first, first + count)
    return [row(n, voucher_id=voucher, payer_name="Una", label=f"Cuota {n}", **changes) for n in numbers]


def selectors(town: Town, name: str) -> list[str]:
    (file,) = (content for path, content in town_files(town).items() if Path(path).stem.startswith(name))
    return linked_in(file)


def linked_in(content: bytes) -> list[str]:
    return [text for text in read_codes(content) if text.startswith("https://pagos.sandbox.invalid/qr/v/")]


def town_files(town: Town) -> dict[str, bytes]:
    return {path.as_posix(): path.read_bytes() for path in (town.folder / "out" / "lote" / "digital").rglob("*.pdf")}


def test_a_voucher_of_several_obligations_shows_one_qr_for_all(town: Town) -> None:
    exempt = booklet(1, "HALF", 6, payable="no", legend="Exento")
    town.batch([*booklet(3), *booklet(1, "ONE", 4), *booklet(1, "HALF", 5), *exempt])
    run = town.run()
    assert len(selectors(town, "V")) == 1
    assert selectors(town, "ONE") == selectors(town, "HALF") == []
    assert "linked-qr-not-given" not in str(run.faults)
    before = town_files(town)
    assert town.call("run", "lote.csv").exit_code == 0
    assert town_files(town) == before
    assert town.call("verify", "lote").exit_code == 0


def test_a_picture_that_is_no_text_is_drawn_as_it_is(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytes_picture(b"\xff\x00\xfe" * 9)
    monkeypatch.setattr(linked, "picture", lambda _text: content)
    town.batch(booklet(2))
    town.run()
    (file,) = town_files(town).values()
    assert len([text for text in read_codes(file) if text.startswith("\xff<NUL>\xfe")]) == 1


def test_a_voucher_whose_qr_is_not_to_be_had_goes_without_and_says_so(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linked, "picture", lambda _text: b"GIF89a")
    town.batch(booklet(2))
    run = town.run()
    assert selectors(town, "V") == []
    told = [found["obligation_id"] for found in run.faults if found["code"] == "linked-qr-not-given"]
    assert sorted(told) == ["TSG-0001", "TSG-0002"]
    assert len(town.operations()) == 2


def test_the_sample_shows_it_on_every_booklet(tmp_path: Path) -> None:
    town = Town.__new__(Town)
    town.folder = Path(shutil.copytree(ROOT / "samples" / "cuotas-2027", tmp_path / "cuotas"))
    run = town.run("cuotas-2027.csv")
    assert [len(linked_in(content)) for content in run.digital().values()] == [1] * 4
    assert run.report["rendered"] == run.report["rows"]


def test_it_is_not_asked_for_over_rest(town: Town) -> None:
    town.configure(CONFIG + SOAP.replace('"soap"', '"rest"'))
    town.batch(booklet(2))
    result = town.call("run", "lote.csv")
    assert (result.exit_code, "linked_qr" in result.stderr) == (2, True)
