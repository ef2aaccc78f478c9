"""Paper of ETpay and ecommpay: the town's own links, the same however often it is drawn, and nobody asked."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pikepdf
import pytest

from emission.links import TOKEN_LENGTH
from tests.run.town import CONFIG, Row, Town, read_codes, row

BANKS = ("cl_estado", "cl_santander", "cl_bch", "cl_bci", "cl_itau", "cl_scotiabank", "cl_falabella")
ETPAY = CONFIG.replace("[batch]", '[batch]\ncurrency = "CLP"')
LINKS = '\n[links]\nbase_url = "https://pagos.ejemplo.test"\n'
LINK = re.compile(rf"https://pagos\.ejemplo\.test/([A-Z2-7]{{{TOKEN_LENGTH}}})")
DIGITAL = '\n[template]\nname = "municipal-a4"\ndigital = "digital"\n'


def chilean(number: int) -> Row:
    return row(number, amount=str(1000 + number), amount_2=str(1100 + number))


def argentine(number: int, **changes: str) -> Row:
    return row(number, payer_id="11111111", payer_email="ana@ejemplo.test", **changes)


def buttons(content: bytes) -> list[str]:
    """Where a tap leads, in the order of the page."""
    with pikepdf.open(io.BytesIO(content)) as document:
        annotations = [note for page in document.pages for note in page.get("/Annots", [])]
        return [str(note["/A"]["/URI"]) for note in annotations if "/A" in note]


def test_etpays_paper_has_a_link_and_a_button_for_each_bank(tmp_path: Path) -> None:
    town = Town(tmp_path, ETPAY, f'[provider]\nkind = "etpay"\n{LINKS}{DIGITAL}')
    town.batch([chilean(1), chilean(2)])
    run = town.run()
    assert [line["status"] for line in run.manifest] == ["rendered", "rendered"]
    links = [line["payment_url"] for line in run.manifest]
    assert len({*links}) == 2
    assert all(LINK.fullmatch(link) for link in links)
    assert [line["qr"] for line in run.manifest] == links
    assert [line["operation"] for line in run.manifest] == [line["external_id"] for line in run.manifest]
    for content, link in zip(run.digital().values(), links, strict=True):
        assert read_codes(content) == [link]
        assert buttons(content) == [link, *(f"{link}/{bank}" for bank in (*BANKS, "cl_test"))]
    assert read_codes(run.lots()[0]) == links


def test_a_link_is_the_same_on_every_rendering_and_in_every_backup(tmp_path: Path) -> None:
    town = Town(tmp_path, ETPAY, f'[provider]\nkind = "etpay"\n{LINKS}')
    town.batch([chilean(1)])
    before = town.run().manifest[0]["payment_url"]
    town.configure(ETPAY + f'[provider]\nkind = "etpay"\n{LINKS}{DIGITAL}')
    assert town.run("lote.csv", "--rerender").manifest[0]["payment_url"] == before
    assert town.call("backup", "copy.db").exit_code == 0
    (tmp_path / "copy.db").replace(tmp_path / "emission.db")
    assert town.run("lote.csv", "--rerender").manifest[0]["payment_url"] == before


def test_only_a_sandbox_offers_the_test_bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETPAY_MERCHANT_CODE", "municipio")
    monkeypatch.setenv("ETPAY_API_TOKEN", "a-secret-that-appears-nowhere")
    provider = '[provider]\nkind = "etpay"\nenvironment = "production"\nbase_url = "https://api.ejemplo.test"\n'
    town = Town(
        tmp_path, ETPAY, f'{provider}[provider.etpay]\npayment_url = "https://pmt.ejemplo.test"\n{LINKS}{DIGITAL}'
    )
    town.batch([chilean(1)])
    run = town.run("lote.csv", "--yes")
    (content,) = run.digital().values()
    assert len(buttons(content)) == 1 + len(BANKS)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"a-secret-that-appears-nowhere" not in everything


def test_ecommpays_paper_has_a_link(tmp_path: Path) -> None:
    town = Town(tmp_path, CONFIG, f'[provider]\nkind = "ecommpay"\n{LINKS}')
    town.batch([argentine(1), argentine(2)])
    run = town.run()
    assert read_codes(run.lots()[0]) == [line["payment_url"] for line in run.manifest]


def test_what_rapipago_would_refuse_gets_no_paper(tmp_path: Path) -> None:
    provider = '[provider]\nkind = "ecommpay"\n[provider.ecommpay]\nwhole_amounts = true\n'
    town = Town(tmp_path, CONFIG, provider + LINKS)
    whole = {"amount": "1000.00", "amount_2": "1100.00"}
    rows = [
        argentine(1, **whole),
        argentine(2, **whole) | {"payer_id": "123456"},
        argentine(3, **whole) | {"payer_email": ""},
        argentine(4),
        argentine(5, amount="1000.00", amount_2="1100.50"),
    ]
    town.batch(rows)
    run = town.run(expect=3)
    assert [run.codes_of(line["obligation_id"]) for line in rows] == [
        {""}, {"ecommpay-document"}, {"ecommpay-email"}, {"ecommpay-whole-amount"}, {"ecommpay-whole-amount"},
    ]  # fmt: skip


@pytest.mark.parametrize("links", ["", '\n[links]\nbase_url = "http://pagos.ejemplo.test"\n'])
def test_no_link_is_printed_that_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: str) -> None:
    monkeypatch.setenv("ECOMMPAY_PROJECT_ID", "7")
    monkeypatch.setenv("ECOMMPAY_SECRET", "s3cret")
    town = Town(tmp_path, CONFIG, f'[provider]\nkind = "ecommpay"\nenvironment = "production"\n{links}')
    town.batch([argentine(1)])
    result = town.call("run", "lote.csv", "--yes")
    assert result.exit_code == 2
    assert "[links]" in result.stderr
