"""Where ePagos is, and who we are there. Secrets come from the environment and go nowhere but into a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from emission.config import Settings
from emission.errors import UsageError

# Hosts .com, .net and .com.ar coexist in ePagos' own material: ``[provider] base_url`` overrides these.
ADDRESSES: dict[str, str] = {
    "test": "https://sandbox.epagos.com/v1.0",
    "production": "https://api.epagos.com/v1.0",
}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
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
    """Where to ask.

    Raises:
        UsageError: ``provider-no-address``, ``provider-address-unreadable``, or ``provider-not-https``: credentials
            would travel in the open.
    """
    chosen = base_url or settings.provider.base_url or ADDRESSES.get(settings.environment, "")
    if not chosen:
        raise UsageError("provider-no-address", environment=settings.environment)
    try:
        parts = urlsplit(chosen)
        readable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        readable = False
    if not readable:
        raise UsageError("provider-address-unreadable", found=chosen)
    if parts.scheme != "https" and settings.environment != "sandbox" and parts.hostname not in _LOOPBACK:
        raise UsageError("provider-not-https", host=parts.hostname)
    return chosen


def credentials(settings: Settings, environ: Mapping[str, str]) -> Credentials:
    """From ``<credentials_env>_ID_ORGANISMO``, ``_ID_USUARIO``, ``_PASSWORD`` and ``_HASH``.

    The embedded sandbox never sees them; a sandbox of one's own (``base_url``) gets them where any is set.

    Raises:
        UsageError: ``credentials-missing`` names the variables; ``credentials-unreadable`` the one that is no number.
    """
    names = [f"{settings.provider.credentials_env}_{name}" for name in _VARIABLES]
    missing = [name for name in names if not environ.get(name)]
    if settings.environment == "sandbox" and (not settings.provider.base_url or len(missing) == len(names)):
        return SANDBOX
    if missing:
        raise UsageError("credentials-missing", variables=", ".join(missing), environment=settings.environment)
    for name in names[:2]:
        if not (environ[name].isascii() and environ[name].isdigit()):
            raise UsageError("credentials-unreadable", variable=name)
    organism, user, password, hash_ = (environ[name] for name in names)
    return Credentials(int(organism), int(user), password, hash_)
