"""Who is asked for operations. The pipeline knows :mod:`emission.providers.base` and this door, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from emission.config import Settings
from emission.providers import epagos, epagos_access
from emission.providers.base import Capabilities, Provider
from emission.providers.supplied import Supplied

_Opener = Callable[[Settings, str, Mapping[str, str]], Provider]

_KINDS: dict[str, _Opener] = {
    "epagos": epagos.open_epagos,
    "supplied": lambda _settings, _base_url, _environ: Supplied(),
}


def open_provider(settings: Settings, *, base_url: str | None = None, environ: Mapping[str, str]) -> Provider:
    """The provider of ``settings``; no call is made yet.

    ``base_url`` is where the embedded sandbox serves; without it ``[provider] base_url`` counts, then the
    provider's own address for the environment. ``environ`` holds the credentials.

    Raises:
        UsageError: credentials are missing, or the address is not safe to send them to.
    """
    return _KINDS[settings.provider.kind](settings, base_url or "", environ)


def check_access(settings: Settings, environ: Mapping[str, str]) -> None:
    """Looks whether the provider could be asked at all, before a batch is read.

    Raises:
        UsageError: see :func:`open_provider`.
    """
    if settings.provider.kind == "epagos" and settings.environment != "sandbox":
        epagos_access.address(settings, "")
        epagos_access.credentials(settings, environ)


def capabilities_of(settings: Settings) -> Capabilities:
    """What the provider of ``settings`` can do, known without credentials."""
    if settings.provider.kind == "supplied":
        return Supplied.capabilities
    return epagos.capabilities(settings)
