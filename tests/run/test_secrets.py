"""Secrets are in no log, report, ledger row, error or paper, whatever the provider does with them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.run.hall import Sandbox
from tests.run.town import CONFIG, Town, rows

SECRETS = {
    "epagos": {
        "EPAGOS_ID_ORGANISMO": "1",
        "EPAGOS_ID_USUARIO": "1",
        "EPAGOS_PASSWORD": "sandbox",
        "EPAGOS_HASH": "sandbox",
    },
    "bind": {"BIND_CLIENT_ID": "sandbox", "BIND_CLIENT_SECRET": "sandbox-secret"},
    "etpay": {"ETPAY_MERCHANT_CODE": "sandbox", "ETPAY_API_TOKEN": "sandbox-secret"},
    "ecommpay": {"ECOMMPAY_PROJECT_ID": "1", "ECOMMPAY_SECRET": "sandbox-secret"},
}
# What a search can tell from other words: the sandbox's own are too plain for ePagos.
WRONG = {
    "epagos": {"EPAGOS_PASSWORD": "c0ntrasena-Secreta", "EPAGOS_HASH": "ha5h-Secreto"},
    "bind": {"BIND_CLIENT_SECRET": "c0ntrasena-Secreta"},
    "etpay": {"ETPAY_API_TOKEN": "c0ntrasena-Secreta"},
    "ecommpay": {"ECOMMPAY_SECRET": "c0ntrasena-Secreta"},
}


@pytest.mark.parametrize("kind", ["epagos", "bind"])
def test_credentials_that_are_refused_are_nowhere(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (SECRETS[kind] | WRONG[kind]).items():
        monkeypatch.setenv(name, value)
    with Sandbox(tmp_path / "provider.db", kind) as sandbox:
        town = town_at(tmp_path, kind, sandbox.url)
        said = [town.run(expect=4).result, town.call("provider", "check", kind), town.call("status")]
    _nowhere(town, [one.output for one in said], WRONG[kind].values())


def test_a_secret_and_a_token_of_a_run_that_goes_through_are_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SECRETS["bind"].items():
        monkeypatch.setenv(name, value)
    tokens: list[str] = []
    monkeypatch.setattr("emission.sandbox.bind.app.secrets", SimpleNamespace(token_hex=lambda _size: _kept(tokens)))
    with Sandbox(tmp_path / "provider.db", "bind") as sandbox:
        town = town_at(tmp_path, "bind", sandbox.url)
        said = [town.run().result, town.call("provider", "check", "bind"), town.call("audit", "lote")]
    assert tokens
    _nowhere(town, [one.output for one in said], ["sandbox-secret", *tokens])


@pytest.mark.parametrize("kind", ["etpay", "ecommpay"])
def test_secrets_behind_living_links_are_nowhere_when_they_are_tried(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox(tmp_path / "provider.db", kind) as sandbox:
        town = town_at(tmp_path, kind, sandbox.url)
        currency = "CLP" if kind == "etpay" else "ARS"
        config = (town.folder / "emission.toml").read_text(encoding="utf-8")
        config = config.replace("[batch]", f'[batch]\ncurrency = "{currency}"')
        town.configure(f'{config}\n[provider.ecommpay]\nway = "gate"\n')
        town.run(expect=3)
        for name, value in SECRETS[kind].items():
            monkeypatch.setenv(name, value)
        said = [town.call("provider", "check", kind, "--json")]
        assert said[0].exit_code == 0
        for name, value in WRONG[kind].items():
            monkeypatch.setenv(name, value)
        said.append(town.call("provider", "check", kind))
        assert said[1].exit_code == 4
        reference = re.findall(r"PRUEBA[0-9A-F]{24}", said[0].output)[0]
        signing = hashlib.sha256(f"signature\0{reference}\0{0}".encode()).hexdigest()
    _nowhere(town, [one.output for one in said], ["sandbox-secret", signing, *WRONG[kind].values()])


def town_at(folder: Path, kind: str, url: str) -> Town:
    home = folder / "town"
    home.mkdir()
    town = Town(home, CONFIG, f'[provider]\nkind = "{kind}"\nbase_url = "{url}"\nenvironment = "sandbox"\n')
    town.batch(rows(3))
    return town


def _kept(tokens: list[str]) -> str:
    tokens.append(f"t0ken-{len(tokens)}-of-this-test")
    return tokens[-1]


def _nowhere(town: Town, said: list[str], secrets: Iterable[str]) -> None:
    """Looks through every file of the town and everything that was said."""
    files = [path for path in town.folder.rglob("*") if path.is_file()]
    assert any(path.name == "emission.db" for path in files)
    for secret in secrets:
        assert not [path.name for path in files if secret.encode() in path.read_bytes()]
        assert not [words for words in said if secret in words]
