"""From the configuration to what the pages look like."""

from __future__ import annotations

import difflib
from pathlib import Path

from emission.config import Settings
from emission.errors import UsageError
from emission.render import Look, read_settings
from emission.shipped import names, shipped

BANNER = "PRUEBA – SIN VALOR"
SPECIMEN = "SPECIMEN"


def look_of(settings: Settings, *, specimen: bool = False) -> Look:
    """The look of this configuration; nothing printed outside production looks payable.

    Raises:
        UsageError: no such template or logo.
        TemplateError: the template's settings are not right.
    """
    issuer = settings.issuer
    logo = settings.path(issuer.logo) if issuer.logo else None
    if logo is not None and not logo.is_file():
        raise UsageError("logo-missing", path=logo)
    banner = SPECIMEN if specimen else "" if settings.environment == "production" else BANNER
    template, *others = template_folders(settings)
    # How the office writes shapes a page only where the template reads it.
    reads = any(field.is_typed for folder in (template, *others) for field in read_settings(folder).fields)
    return Look(
        template=str(template),
        name=issuer.name,
        tax_id=issuer.tax_id,
        office=issuer.office,
        address=issuer.address,
        website=issuer.website,
        logo="" if logo is None else str(logo.resolve()),
        accent=issuer.accent,
        banner=banner,
        symbology=settings.symbology,
        bearers="yes" if settings.bearers else "no",
        qr=settings.codes.qr,
        decimal=settings.batch.decimal if reads else ".",
        date_format=settings.batch.date_format if reads else "",
        digital=str(others[0]) if others else "",
        linked_qr="yes" if settings.linked_qr else "no",
    )


def template_folders(settings: Settings) -> list[Path]:
    """The configured template, and the one for digital files where that is another.

    Raises:
        UsageError: as :func:`template_folder`.
    """
    wanted = dict.fromkeys(filter(None, (settings.template.name, settings.template.digital)))
    return [template_folder(settings, name) for name in wanted]


def template_folder(settings: Settings, name: str) -> Path:
    """A shipped template by its name, or a folder beside the configuration.

    Raises:
        UsageError: neither exists.
    """
    for folder in (shipped("templates") / name, settings.path(name)):
        if (folder / "template.toml").is_file():
            return folder.resolve()
    near = difflib.get_close_matches(name, names("templates"), n=1, cutoff=0.5)
    raise UsageError(
        "template-unknown", name=name, known=", ".join(names("templates")), nearest=near[0] if near else "-"
    )
