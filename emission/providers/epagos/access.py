"""Where ePagos is, and who we are there. Secrets come from the environment and go nowhere but into a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from emission.config import Settings
from emission.providers import access

# Hosts .com, .net and .com.ar coexist in ePagos' own material: ``[provider] base_url`` overrides these.
ADDRESSES: dict[str, dict[str, str]] = {
    "rest": {"test": "https://sandbox.epagos.com/v1.0", "production": "https://api.epagos.com/v1.0"},
    "soap": {"test": "https://sandbox.epagos.net", "production": "https://api.epagos.com"},
}
SOAP_PATH = "/wsdl/2.5/index.php"
_VARIABLES = ("ID_ORGANISMO", "ID_USUARIO", "PASSWORD", "HASH")


@dataclass(frozen=True, slots=True)
class Credentials:
    """The four that ``PUT /token`` takes; secrets stay out of its ``repr``."""

    organism: int
    user: int
    password: str = field(repr=False)
    hash: str = field(repr=False)


SANDBOX = Credentials(organism=1, user=1, password="sandbox", hash="sandbox")  # noqa: S106 - public, good for nothing


def address(settings: Settings, base_url: str) -> str:
    """Where to ask; see :func:`emission.providers.access.address`."""
    return access.address(settings, base_url, ADDRESSES[settings.provider.transport])


def endpoint(address: str) -> tuple[str, str]:
    """Host and path of SOAP: those of an ``address`` that ends in ``.php`` (``?wsdl`` or not), else ours below it.

    >>> endpoint("https://api.epagos.net/wsdl/2.1/index.php?wsdl")
    ('https://api.epagos.net', '/wsdl/2.1/index.php')
    >>> endpoint("http://127.0.0.1:8700")
    ('http://127.0.0.1:8700', '/wsdl/2.5/index.php')
    """
    parts = urlsplit(address)
    if parts.path.endswith(".php"):
        return f"{parts.scheme}://{parts.netloc}", parts.path
    return address, SOAP_PATH


def credentials(settings: Settings, environ: Mapping[str, str]) -> Credentials:
    """From ``<credentials_env>_ID_ORGANISMO``, ``_ID_USUARIO``, ``_PASSWORD`` and ``_HASH``.

    Raises:
        UsageError: ``credentials-missing`` names the variables; ``credentials-unreadable`` the one that is no number.
    """
    found = access.secrets_of(settings, environ, _VARIABLES)
    if not found:
        return SANDBOX
    organism, user, password, hash_ = found.values()
    return Credentials(
        access.number(settings, _VARIABLES[0], organism), access.number(settings, _VARIABLES[1], user), password, hash_
    )
