"""``emission.toml`` → frozen settings. The names here are the contract with the offices.

Every key that is wrong is reported at once, with what was found, what is allowed and, for an
unknown key, the nearest right name. Relative paths are relative to the file.
"""

from __future__ import annotations

import datetime
import difflib
import tomllib
import zoneinfo
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import pydantic
from pydantic import BaseModel, Field
from pydantic_core import ErrorDetails

from emission import money
from emission.codes.agreements import SANDBOX, Profile
from emission.codes.agreements import load as load_profile
from emission.codes.symbology import Symbology
from emission.errors import ConfigurationError, UsageError
from emission.provider_settings import Environment, HostName, Links, Provider, Table
from emission.wording import Language

SHARE = r"^(100|\d{1,2}(\.\d+)?)%$"


class Issuer(Table):
    """Whose bills these are. ``accent`` is one colour, ``#rrggbb``."""

    name: str = Field(default="Municipalidad de Ejemplo", min_length=1)
    tax_id: str = Field(default="30-99999999-5", pattern=r"^\d{2}-?\d{8}-?\d$")
    office: str = ""
    address: str = ""
    website: str = ""
    logo: str = ""
    accent: str = Field(default="#1F5C8B", pattern=r"^#[0-9A-Fa-f]{6}$")

    @property
    def digits(self) -> str:
        """The digits of the tax id: the issuer's part of every identity."""
        return self.tax_id.replace("-", "")


class LedgerSettings(Table):
    """Where the memory of the municipality is: one file for all its batches."""

    url: str = Field(default="sqlite:///emission.db", pattern=r"^sqlite:///.+")


class Batch(Table):
    """How this office writes its files, and which batch this is."""

    id: str = ""
    tax: str = ""
    period: str = ""
    issue_date: Annotated[datetime.date | None, Field(strict=False)] = None
    past_due: Literal["error", "warning"] = "error"
    format: Literal["csv"] = "csv"
    encoding: str = ""
    delimiter: str = Field(default="", max_length=1)
    decimal: Literal[".", ","] = "."
    date_format: str = ""
    currency: str = "ARS"
    lines: str = ""
    expected_rows: int | None = Field(default=None, ge=0)
    expected_amount: Annotated[Decimal | None, Field(strict=False)] = None
    max_rejected: str = Field(default="5%", pattern=r"^\d+(\.\d+)?%?$")
    tax_id_check: Literal["error", "warning", "off"] = "warning"
    bad_email: Literal["print", "reject"] = "print"
    on_change: Literal["refuse", "supersede"] = "refuse"
    columns: dict[str, str] = Field(default_factory=dict)
    lines_columns: dict[str, str] = Field(default_factory=dict)


class Codes(Table):
    """The form of the codes, as the agreement says: a profile, and what its fields hold in this one."""

    agreement: str = ""
    values: dict[str, str] = Field(default_factory=dict)
    symbology: Literal["", "code128", "gs1-128", "itf"] = ""
    qr: Literal["required", "optional"] = "required"
    qr_source: Literal["auto", "t30", "url"] = "auto"
    hosts: list[HostName] = Field(default_factory=list)


class Template(Table):
    """A shipped voucher design, or a folder with one; ``digital`` is another for the digital files, ``""`` the same."""

    name: str = Field(default="municipal-a4", min_length=1)
    digital: str = ""


class Output(Table):
    """Where the files go, and how the work is cut."""

    directory: str = "out"
    workers: int = Field(default=0, ge=0, le=256)
    lot_pages: int = Field(default=5000, ge=1)


class Verify(Table):
    """How much of what was made is read back at once, and how: dots an inch, blur in dots."""

    sample: str = Field(default="0.1%", pattern=SHARE)
    dpi: int = Field(default=300, ge=100, le=1200)
    blur: float = Field(default=0.6, ge=0, le=5)


class Payments(Table):
    """What comes back: how files of payments are written, and how the municipality's own system reads them."""

    profile: str = ""
    export: str = ""


class Settings(Table):
    """The whole of ``emission.toml``; ``folder`` is where it stands, for relative paths."""

    language: Language = "es"
    issuer: Issuer = Issuer()
    ledger: LedgerSettings = LedgerSettings()
    batch: Batch = Batch()
    provider: Provider = Provider()
    links: Links = Links()
    codes: Codes = Codes()
    template: Template = Template()
    output: Output = Output()
    verify: Verify = Verify()
    payments: Payments = Payments()
    folder: Annotated[Path, Field(exclude=True)] = Path()

    @property
    def environment(self) -> Environment:
        """``supplied`` codes are real ones: that is production by nature."""
        return "production" if self.provider.kind == "supplied" else self.provider.environment

    @property
    def ledger_path(self) -> Path:
        return self.folder / self.ledger.url.removeprefix("sqlite:///")

    @property
    def profile(self) -> Profile | None:
        """The form of the barcode; nothing where it is opaque. The sandbox has a form of its own.

        Raises:
            UsageError: there is no such profile.
        """
        if self.environment == "sandbox":
            return SANDBOX
        return load_profile(self.codes.agreement, self.folder) if self.codes.agreement else None

    @property
    def symbology(self) -> Symbology:
        """The configured one, else the profile's, else Code 128."""
        if self.codes.symbology:
            return self.codes.symbology
        profile = self.profile
        return "code128" if profile is None else profile.symbology

    @property
    def bearers(self) -> bool:
        """Whether an ITF has bars along its top and bottom."""
        profile = self.profile
        return profile is None or profile.bearers

    @property
    def linked_qr(self) -> bool:
        """Whether a voucher of several obligations is to have one QR for all of them."""
        return self.provider.kind == "epagos" and self.provider.epagos.linked_qr

    def path(self, name: str) -> Path:
        """A path written in the file, made absolute from where the file stands."""
        return self.folder / name


FILE = "emission.toml"


def load(path: Path | None, batch: Path | None = None, changes: dict[str, dict[str, Any]] | None = None) -> Settings:
    """The settings of ``path``, or of an ``emission.toml`` beside the batch or here, or the defaults.

    ``changes`` (table → key → value) come from the command line and win.

    Raises:
        ConfigurationError: every key that is wrong.
        UsageError: the file is missing or no TOML.
    """
    found = path or _beside(batch)
    table = {} if found is None else _toml(found)
    for name, values in (changes or {}).items():
        table[name] = {**table.get(name, {}), **values}
    if table.get("provider", {}).get("kind") == "supplied" and "kind" in (changes or {}).get("provider", {}):
        # Asked for on the command line: the file's environment is the other provider's.
        table["provider"].pop("environment", None)
    folder = Path.cwd() if found is None else found.resolve().parent
    try:
        settings = Settings(**table, folder=folder)
    except pydantic.ValidationError as error:
        problems = [_problem(detail) for detail in error.errors(include_url=False)]
        raise ConfigurationError(problems, str(found or FILE)) from None
    problems = list(_contradictions(settings, table))
    if problems:
        raise ConfigurationError(problems, str(found or FILE))
    return settings


def file_of(path: Path | None, batch: Path | None = None) -> Path | None:
    """The file that :func:`load` reads for these, where there is any."""
    return path or _beside(batch)


def language_of(path: Path | None, batch: Path | None = None) -> Language:
    """The language to complain in, even where the rest of the file is wrong."""
    found = path or _beside(batch)
    try:
        table = {} if found is None else _toml(found)
    except (UsageError, OSError):
        return "es"
    return "en" if table.get("language") == "en" else "es"


def _beside(batch: Path | None) -> Path | None:
    folders = [batch.parent] if batch is not None else []
    return next((folder / FILE for folder in (*folders, Path()) if (folder / FILE).is_file()), None)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise UsageError("configuration-missing", path=path) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError("configuration-unreadable", path=path, detail=error) from None


def _is_zone(name: str) -> bool:
    """Whether there is such a time zone; to list them all would read hundreds of files at every command."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _contradictions(settings: Settings, table: dict[str, Any]) -> list[UsageError]:
    problems = []
    if settings.provider.kind == "supplied" and "environment" in table.get("provider", {}):
        problems.append(UsageError("key-not-for-supplied", key="provider.environment"))
    if not _is_zone(settings.provider.pace.zone):
        found, allowed = repr(settings.provider.pace.zone), '"America/Argentina/Buenos_Aires"'
        problems.append(UsageError("key-wrong", key="provider.pace.zone", found=found, allowed=allowed))
    if settings.batch.currency not in money.DECIMALS:
        known = ", ".join(money.DECIMALS)
        found = settings.batch.currency
        problems.append(UsageError("key-wrong", key="batch.currency", found=repr(found), allowed=known))
    if settings.provider.epagos.linked_qr and settings.provider.transport != "soap":
        problems.append(UsageError("linked-qr-over-soap", key="provider.epagos.linked_qr"))
    try:
        profile = load_profile(settings.codes.agreement, settings.folder) if settings.codes.agreement else None
    except UsageError as error:
        return [*problems, error]
    if profile and settings.environment != "sandbox" and profile.currency not in ("", settings.batch.currency):
        found = settings.batch.currency
        problems.append(UsageError("key-wrong", key="batch.currency", found=repr(found), allowed=profile.currency))
    fields = {field.name: field.length for field in profile.fields} if profile else {}
    for name, digits in settings.codes.values.items():
        if fields.get(name) != len(digits):
            known = ", ".join(f"{name} ({length})" for name, length in fields.items()) or "-"
            problems.append(UsageError("agreement-value-wrong", key=f"codes.values.{name}", found=digits, known=known))
    return problems


def _problem(detail: ErrorDetails) -> UsageError:
    key = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        known = _keys(detail["loc"][:-1])
        near = difflib.get_close_matches(str(detail["loc"][-1]), known, n=1, cutoff=0.5)
        code = "key-unknown-near" if near else "key-unknown"
        return UsageError(code, key=key, nearest=near[0] if near else "", known=", ".join(known))
    return UsageError("key-wrong", key=key, found=repr(detail["input"]), allowed=_allowed(key, detail))


def _keys(location: tuple[int | str, ...]) -> list[str]:
    table: type[BaseModel] = Settings
    for part in location:
        table = cast("type[BaseModel]", table.model_fields[str(part)].annotation)
    return [name for name in table.model_fields if name != "folder"]


# What a pattern or a type admits, by example: signs and numbers need no translation.
_EXAMPLES = {
    "batch.max_rejected": '"5%" | "20"',
    "verify.sample": '"0.1%" | "100%" | "0%"',
    "batch.issue_date": "2026-12-31",
    "batch.expected_amount": '"12345.67"',
    "batch.delimiter": '";" | "," | "|"',
    "issuer.tax_id": '"30-99999999-5"',
    "issuer.accent": '"#1F5C8B"',
    "ledger.url": '"sqlite:///emission.db"',
    "codes.hosts": '["epagos.com"]',
    "provider.base_url": '"https://…"',
    "provider.epagos.soap_namespace": '"https://api.epagos.net/"',
    "provider.epagos.soap_action": '"https://api.epagos.net/"',
    "provider.epagos.bill_url": '"https://…/{external_id}"',
    "provider.credentials_env": '"EPAGOS"',
    "provider.pace.window": '"20:00-06:00"',
    "links.base_url": '"https://pagos.ejemplo.gob.ar"',
    "links.hosts": '["rapipago.com.ar"]',
}


def _allowed(key: str, detail: ErrorDetails) -> str:
    """What may stand there: an example, a list, a bound, or the code of a sentence about its kind."""
    context = detail.get("ctx", {})
    if key in _EXAMPLES:
        return _EXAMPLES[key]
    if "expected" in context:
        return str(context["expected"]).replace(" or ", " | ").replace(", ", " | ")
    for name, sign in (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("min_length", "≥")):
        if name in context:
            return f"{sign} {context[name]}"
    return f"kind-{detail['type'].removesuffix('_type')}"
