"""Where a provider is, and who we are there. Secrets come from the environment and go nowhere but into a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from emission.config import Settings
from emission.errors import UsageError

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def address(settings: Settings, base_url: str, known: Mapping[str, str]) -> str:
    """Where to ask: ``base_url``, else ``[provider] base_url``, else the one that is ``known`` for the environment.

    Raises:
        UsageError: ``provider-no-address``, or as :func:`safe`.
    """
    chosen = base_url or settings.provider.base_url or known.get(settings.environment, "")
    if not chosen:
        raise UsageError("provider-no-address", environment=settings.environment)
    return safe(settings, chosen)


def safe(settings: Settings, url: str) -> str:
    """``url``, where credentials may be sent to it.

    Raises:
        UsageError: ``provider-address-unreadable``, or ``provider-not-https``: they would travel in the open.
    """
    try:
        parts = urlsplit(url)
        readable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        readable = False
    if not readable:
        raise UsageError("provider-address-unreadable", found=url)
    if parts.scheme != "https" and settings.environment != "sandbox" and parts.hostname not in _LOOPBACK:
        raise UsageError("provider-not-https", host=parts.hostname)
    return url


def secrets_of(settings: Settings, environ: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """The variables ``<credentials_env>_<name>`` by name; nothing where the sandbox's own credentials count.

    The embedded sandbox never sees them; a sandbox of one's own (``base_url``) gets them where any is set.

    Raises:
        UsageError: ``credentials-missing`` names the variables.
    """
    prefix = settings.provider.credentials_prefix
    found = {name: environ.get(f"{prefix}_{name}", "") for name in names}
    if settings.environment == "sandbox" and (not settings.provider.base_url or not any(found.values())):
        return {}
    missing = [f"{prefix}_{name}" for name, value in found.items() if not value]
    if missing:
        raise UsageError("credentials-missing", variables=", ".join(missing), environment=settings.environment)
    return found


def number(settings: Settings, name: str, found: str) -> int:
    """A credential that is a number.

    Raises:
        UsageError: ``credentials-unreadable`` names its variable.
    """
    if not (found.isascii() and found.isdigit()):
        raise UsageError("credentials-unreadable", variable=f"{settings.provider.credentials_prefix}_{name}")
    return int(found)


def is_here(url: str) -> bool:
    """Whether an address that was found safe is this machine's own."""
    return urlsplit(url).hostname in _LOOPBACK


def links(settings: Settings) -> str:
    """Where the living links lead: this machine in the sandbox, where nothing is said.

    Raises:
        UsageError: ``links-no-address`` or ``links-not-https``: it would be printed, and lead nowhere or in the open.
    """
    url = settings.links.address
    if settings.environment != "sandbox":
        if not settings.links.base_url:
            raise UsageError("links-no-address", provider=settings.provider.kind)
        if urlsplit(url).scheme != "https" and not is_here(url):
            raise UsageError("links-not-https", found=url)
    return url
