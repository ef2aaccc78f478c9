"""From the configuration to what received codes are held against."""

from __future__ import annotations

from emission.codes.received import Agreement
from emission.config import Settings


def agreement_of(settings: Settings) -> Agreement:
    """The agreement of this configuration."""
    return Agreement(
        provider=settings.provider.kind,
        environment=settings.environment,
        symbology=settings.symbology,
        qr=settings.codes.qr,
        profile=settings.profile,
        number=str(settings.provider.convenio) if settings.provider.kind != "supplied" else "",
        values=settings.codes.values,
        hosts=() if settings.environment == "sandbox" else tuple(settings.codes.hosts),
    )
