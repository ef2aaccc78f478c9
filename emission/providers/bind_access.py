"""Where BIND PSP is, and who we are there: an OAuth2 client of the environment's tenant (BIND's developer pages)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from emission.config import Settings
from emission.errors import UsageError
from emission.providers import access

ADDRESSES = {"test": "https://gw-staging-qrbind.epays.services", "production": "https://api.bindpagos.com.ar"}
SCOPES = {"test": "api://staging-bind.epays.services/.default", "production": "api://bindpagos.com.ar/.default"}
LOGIN = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
SANDBOX_LOGIN = "/sandbox/oauth2/v2.0/token"  # the sandbox is its own login server
_VARIABLES = ("CLIENT_ID", "CLIENT_SECRET")


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth2 client; its secret stays out of its ``repr``."""

    id: str
    secret: str = field(repr=False)
    scope: str
    token_url: str


def address(settings: Settings, base_url: str) -> str:
    """Where to ask; see :func:`emission.providers.access.address`."""
    return access.address(settings, base_url, ADDRESSES)


def client(settings: Settings, base_url: str, environ: Mapping[str, str]) -> Client:
    """From ``<credentials_env>_CLIENT_ID`` and ``_CLIENT_SECRET``.

    Raises:
        UsageError: ``credentials-missing``, ``key-needed`` (the tenant, which BIND hands over), or as
            :func:`emission.providers.access.safe`.
    """
    found = access.secrets_of(settings, environ, _VARIABLES)
    bind = settings.provider.bind
    url = bind.token_url
    if not url and settings.environment == "sandbox":
        url = address(settings, base_url).rstrip("/") + SANDBOX_LOGIN
    if not url and not bind.tenant:
        raise UsageError("key-needed", key="provider.bind.tenant", kind="bind")
    access.safe(settings, url or LOGIN)
    return Client(
        id=found.get("CLIENT_ID", "sandbox"),
        secret=found.get("CLIENT_SECRET", "sandbox-secret"),
        scope=bind.scope or SCOPES.get(settings.environment, "sandbox"),
        token_url=url or LOGIN.format(tenant=bind.tenant),
    )


@dataclass(frozen=True, slots=True)
class Till:
    """Whom a debt is paid to: BIND's own codes of the commerce, its branch and its till."""

    comercio: str
    sucursal: str
    caja: str


def till(settings: Settings) -> Till:
    """From ``[provider.bind]``; the sandbox takes any.

    Raises:
        UsageError: ``key-needed``.
    """
    bind = settings.provider.bind
    given = {"comercio": bind.comercio, "sucursal": bind.sucursal, "caja": bind.caja}
    for name, value in given.items():
        if not value and settings.environment != "sandbox":
            raise UsageError("key-needed", key=f"provider.bind.{name}", kind="bind")
    return Till(**{name: value or "sandbox" for name, value in given.items()})
