"""``template.toml``: a template's page, faces, sizes and the fields it cannot do without."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from emission.errors import TemplateError


class PageSize(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Millimetres."""

    width: float = 210
    height: float = 297


class TemplateSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``faces``: weight → installed face; ``sizes``: name → pt; ``required``: what no voucher may lack."""

    name: str
    faces: dict[str, str]
    sizes: dict[str, float]
    language: str = "es-AR"
    page: PageSize = PageSize()
    required: tuple[str, ...] = ()


def read_settings(folder: Path) -> TemplateSettings:
    """Reads ``folder/template.toml``.

    Raises:
        TemplateError: no such file, not TOML, or a key that is missing, unknown or of the wrong type.
    """
    path = folder / "template.toml"
    try:
        settings = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), TemplateSettings)
    except OSError as error:
        raise TemplateError("template-missing", file=path) from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise TemplateError("template-settings", file=path, problem=error) from error
    if "regular" not in settings.faces:
        raise TemplateError("template-settings", file=path, problem="[faces] needs the key regular")
    return settings
