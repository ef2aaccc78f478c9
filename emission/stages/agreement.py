"""From the configuration to what received codes are held against."""

from __future__ import annotations

from urllib.parse import urlsplit

from emission.codes.received import Agreement
from emission.config import Settings
from emission.providers import agreement_number, is_living


def agreement_of(settings: Settings) -> Agreement:
    """The agreement of this configuration."""
    return Agreement(
        provider=settings.provider.kind,
        environment=settings.environment,
        symbology=settings.symbology,
        qr=settings.codes.qr,
        profile=settings.profile,
        number=agreement_number(settings),
        values=settings.codes.values,
        hosts=_hosts(settings),
    )


def _hosts(settings: Settings) -> tuple[str, ...]:
    """Where links may lead: living ones lead to the town itself."""
    if settings.environment == "sandbox":
        return ()
    if is_living(settings):
        return (urlsplit(settings.links.address).hostname or "",)
    return tuple(settings.codes.hosts)
