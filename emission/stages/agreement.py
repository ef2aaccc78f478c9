"""From the configuration to what received codes are held against."""

from __future__ import annotations

from emission.codes.received import Agreement
from emission.config import Settings
from emission.providers import agreement_number


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
        hosts=() if settings.environment == "sandbox" else tuple(settings.codes.hosts),
    )
