"""What a run's papers are made with, by name: a change between a stop and its continuation is noticed and named."""

from __future__ import annotations

import hashlib

import msgspec

from emission import __version__
from emission.config import Settings
from emission.errors import Refused
from emission.ledger.runs import Run
from emission.providers import facts_of, is_living
from emission.render import Look, files_of

# What shapes a page: files, and more; a finished run is held to these alone, since it asks and reads nothing more.
_FILES = ("template/", "shared/", "faces/", "logo", "digital/", "renderer")
PRINTED = (*_FILES, "issuer.", "codes.symbology", "codes.bearers", "codes.qr", "provider.epagos.linked_qr")

# How a file is read: what an audit needs to read it as it was read then.
READ = ("tax", "period", "encoding", "delimiter", "decimal", "date_format", "lines", "tax_id_check", "bad_email")
MAPPINGS = ("columns", "lines_columns")

_NAMES = {
    "symbology": "codes.symbology",
    "bearers": "codes.bearers",
    "qr": "codes.qr",
    "linked_qr": "provider.epagos.linked_qr",
    "banner": "provider.environment",
    "decimal": "batch.decimal",
    "date_format": "batch.date_format",
}


def setup_of(settings: Settings, look: Look) -> dict[str, str]:
    """Template files, faces and logo by a short hash; configuration and release as they stand."""
    files = files_of(look)
    shown = msgspec.json.decode(files.pop("look.json"), type=dict[str, str])
    setup = {name: hashlib.sha256(content).hexdigest()[:12] for name, content in files.items()}
    setup |= {_NAMES.get(name, f"issuer.{name}"): value for name, value in shown.items() if name not in files}
    batch = settings.batch
    setup |= {f"batch.{name}": str(getattr(batch, name)) for name in READ}
    setup |= {f"batch.{table}": _mapping(getattr(batch, table)) for table in MAPPINGS}
    setup |= {f"provider.{name}": value for name, value in facts_of(settings).items()}
    setup |= {"provider.kind": settings.provider.kind}
    setup |= {"links.base_url": settings.links.address} if is_living(settings) else {}
    setup |= {"codes.agreement": _form(settings), "codes.values": _mapping(settings.codes.values)}
    setup |= {"codes.hosts": ", ".join(settings.codes.hosts)}
    return {**setup, "codes.qr_source": settings.codes.qr_source, "release": __version__}


def as_read(setup: dict[str, str], settings: Settings) -> Settings:
    """``settings`` with the way to read a file that ``setup`` wrote down."""
    batch = settings.batch
    then: dict[str, object] = {name: setup[f"batch.{name}"] for name in READ if f"batch.{name}" in setup}
    for table in MAPPINGS:
        told = setup.get(f"batch.{table}", "")
        if told != _mapping(getattr(batch, table)):
            pairs = (pair.partition(" = ") for pair in told.split(", ") if pair)
            then[table] = {ours: theirs for ours, _, theirs in pairs}
    return settings.model_copy(update={"batch": batch.model_copy(update=then)})


def changes(run: Run, now: dict[str, str]) -> list[str]:
    """What differs from what the run was begun with, a phrase each; nothing where nobody wrote that down."""
    before = run.setup
    if not before or run.state == "open":
        return []
    return [
        _phrase(name, before.get(name, ""), now.get(name, ""))
        for name in sorted({*before, *now})
        if before.get(name, "") != now.get(name, "") and (run.state != "finished" or name.startswith(PRINTED))
    ]


def hold_to(run: Run, now: dict[str, str]) -> None:
    """Lets the run go on with what it was begun with.

    Raises:
        Refused: something changed; its sentence names all of it.
    """
    found = changes(run, now)
    if found:
        raise Refused("setup-changed", batch=run.batch, changes="; ".join(found))


def _form(settings: Settings) -> str:
    """The profile by its name, and by a short hash of what it says: an office's own may be edited."""
    profile = settings.profile
    if profile is None:
        return ""
    return f"{profile.name} {hashlib.sha256(msgspec.msgpack.encode(profile)).hexdigest()[:12]}"


def _mapping(columns: dict[str, str]) -> str:
    return ", ".join(f"{ours} = {theirs}" for ours, theirs in sorted(columns.items()))


def _phrase(name: str, before: str, now: str) -> str:
    if name.startswith(_FILES):
        return name
    return f"{name} ({before or '-'} → {now or '-'})"
