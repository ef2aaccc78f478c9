"""Any code, explained to a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emission.codes.agreements import Field, Profile
from emission.inspect import readings
from tests.run.town import Town, rows

SIRO = "04440000132671207300093700060098385000000000515000934600"
LINE = "84630000000-3 29990296202-4 00410136000-8 00200644114-7"
QR = (
    "00020101021243650016com.mercadolibre0201306366dccbe22-fbb0-4995-b6d3-81624f1618ec50150011201835472255204970053030"
    "325802AR5913TangoSoftware6004CABA63042CC3"
)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def inspect(town: Town, code: str, expect: int = 0) -> str:
    result = town.call("inspect", code)
    assert result.exit_code == expect, result.stdout + result.stderr
    return result.stdout


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (SIRO, ["siro-56", "0444", "30/07/2012", "$ 937,00", "bien formado"]),
        (LINE, ["febraban-44", "84630000000299902962020041013600000200644114", "R$ 29,99"]),
        ("10492.00650 61000.100042 00997.263900 9 89810000021403", ["boleto-44", "R$ 214,03", "10/05/2022"]),
        (QR, ["QR de pago", "a quién se paga  TangoSoftware", "43.00", "com.mercadolibre"]),
        (
            "(415)7709998726789(8020)0000081324(3900)0000131225(96)20200401",
            ["gs1-colombia", "gln        7709998726789", "$ 131.225,00", "01/04/2020", "bien formado"],
        ),
        ("]C101095060001343521012A", ["GS1-128", "(01)  09506000134352", "(10)  12A"]),
        ("https://mpago.la/pos/1", ["mpago.la"]),
        ("123", ["3 dígitos", "de ningún convenio"]),
        ("Peñaloza", ["8 caracteres"]),
    ],
)
def test_what_a_code_is(town: Town, code: str, words: list[str]) -> None:
    told = inspect(town, code)
    assert all(word in " ".join(told.split()) for word in map(" ".join, map(str.split, words))), told


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (SIRO[:-1] + "1", "check-digit-wrong"),
        (LINE[:11] + "-4" + LINE[13:], "check-digit-wrong"),
        (QR[:-1] + "4", "emv-crc"),
        (QR[:40] + QR[41:], "emv-field"),
        ("http://mpago.la/pos/1", "url-refused"),
        ("(415)7709998726780(8020)1(3900)1(96)20200401", "check-digit-wrong"),
        ("(415)77", "gs1-length"),
        ("(415)7709998726789(8020)1(3900)1(96)20260230", "code-date"),
    ],
)
def test_what_is_wrong_with_it(town: Town, code: str, fault: str) -> None:
    told = inspect(town, code, expect=3)
    assert f"[{fault}]" in told
    assert "bien formado" not in told


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\x9b2J", "\u202e", "\u2028", "\r", "\x07"])
@pytest.mark.parametrize("text", ["000201{}6304ABCD", "0002015908{:a<8}6304ABCD", "https://a{}.org", "(96){}", "x{}x"])
def test_nothing_of_a_code_reaches_the_terminal_that_it_would_act_on(town: Town, text: str, hostile: str) -> None:
    result = town.call("inspect", text.format(hostile))
    assert hostile not in result.stdout + result.stderr
    assert result.exit_code in (0, 3)


def test_a_form_of_ones_own_stands_before_a_shipped_one_of_its_name() -> None:
    own = Profile("siro-56", "ours", (Field("all", 56),))
    (reading,) = readings(SIRO, own)[:1]
    assert reading.title == "siro-56: ours"


def test_every_code_of_a_voucher_is_explained(town: Town) -> None:
    town.batch(rows(1))
    paper = next((town.run().folder / "digital").rglob("*.pdf"))
    told = inspect(town, str(paper))
    for word in ("Página 1", "code128", "qr", "sandbox", "$ 1.001,01", "10/12/2026", "21/12/2026"):
        assert word in told
    events = [json.loads(line) for line in town.call("inspect", str(paper), "--json").stdout.splitlines()]
    assert {(event["page"], event["symbology"]) for event in events} == {(1, "code128"), (1, "qr")}
    assert all(not any(event["reasons"]) for event in events)


def test_a_file_that_says_nothing_is_said_in_a_sentence(town: Town) -> None:
    (town.folder / "no.pdf").write_text("nothing of the kind", encoding="utf-8")
    for code in ("no.pdf", "nowhere.pdf", " "):
        result = town.call("inspect", code)
        assert result.exit_code == 2
        assert result.stderr


ANYTHING = (
    st.text(max_size=80) | st.text("0123456789", max_size=60) | st.text("0123456789 .-", min_size=40, max_size=60)
)


@given(ANYTHING | ANYTHING.map(lambda text: f"000201{text}6304ABCD"))
def test_nothing_that_is_typed_raises(text: str) -> None:
    found: list[Any] = readings(text)
    assert found
