"""Where the templates and samples that come with the package are: in the wheel, or beside a checkout."""

from __future__ import annotations

from pathlib import Path


def shipped(kind: str) -> Path:
    """The folder of all shipped ``templates`` or ``samples``."""
    package = Path(__file__).parent
    packed = package / kind
    return packed if packed.is_dir() else package.parent / kind


def names(kind: str) -> list[str]:
    """What is shipped of a kind; of templates, folders that are one."""
    folders = (entry for entry in shipped(kind).iterdir() if entry.is_dir() and not entry.name.startswith("."))
    return sorted(one.name for one in folders if kind != "templates" or (one / "template.toml").is_file())
