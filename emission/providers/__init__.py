"""Who is asked for operations. The pipeline knows :mod:`emission.providers.base` and this door, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from emission.config import Settings
from emission.providers import bind, ecommpay, epagos, etpay, supplied
from emission.providers.base import Capabilities, Provider
from emission.providers.kind import Kind
from emission.providers.living import Opener

VISITORS_WAIT = 2.0  # seconds

_KINDS: dict[str, Kind] = {
    "epagos": epagos.KIND,
    "bind": bind.KIND,
    "etpay": etpay.KIND,
    "ecommpay": ecommpay.KIND,
    "supplied": supplied.KIND,
}


def open_provider(settings: Settings, *, base_url: str | None = None, environ: Mapping[str, str]) -> Provider:
    """The provider of ``settings``; no call is made yet.

    ``base_url`` is where the embedded sandbox serves; without it ``[provider] base_url`` counts, then the
    provider's own address for the environment. ``environ`` holds the credentials.

    Raises:
        UsageError: credentials are missing, or the address is not safe to send them to.
    """
    return _kind(settings).open(settings, base_url or "", environ)


def check_access(settings: Settings, environ: Mapping[str, str]) -> None:
    """Looks whether the provider could be asked at all, before a batch is read.

    Raises:
        UsageError: see :func:`open_provider`.
    """
    if settings.environment != "sandbox":
        _kind(settings).check_access(settings, environ)


def capabilities_of(settings: Settings) -> Capabilities:
    """What the provider of ``settings`` can do, known without credentials."""
    return _kind(settings).capabilities(settings)


def is_living(settings: Settings) -> bool:
    """Whether the paper bears living links of this provider."""
    return _kind(settings).living


def posts_notices(settings: Settings) -> bool:
    """Whether this provider posts notices of payments."""
    return _kind(settings).posts


def open_opener(settings: Settings, *, base_url: str | None = None, environ: Mapping[str, str]) -> Opener:
    """The provider of ``settings`` as ``emission serve`` asks it; no call is made yet.

    Raises:
        UsageError: as :func:`open_provider`. Only to be called where :func:`is_living`.
    """
    # A visitor waits: a provider that asks for more patience than this is asked again when the visitor comes again.
    provider = settings.provider
    pace = provider.pace.model_copy(update={"longest_wait": min(VISITORS_WAIT, provider.pace.longest_wait)})
    provider = provider.model_copy(update={"pace": pace})
    hasty = settings.model_copy(update={"provider": provider})
    return cast("Opener", open_provider(hasty, base_url=base_url, environ=environ))


def agreement_number(settings: Settings) -> str:
    """What stands for the agreement with this provider in every external id; nothing where there is none."""
    return _kind(settings).agreement(settings)


def facts_of(settings: Settings) -> dict[str, str]:
    """What a run keeps to, by its key in ``[provider]``."""
    return {name: str(value) for name, value in _kind(settings).facts(settings).items()}


def _kind(settings: Settings) -> Kind:
    return _KINDS[settings.provider.kind]
