"""A template of the office's own, begun as a copy of another, and the templates that there are."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import msgspec

from emission import store
from emission.config import Settings
from emission.errors import UsageError
from emission.render.settings import read_settings
from emission.render.shared import shared_files
from emission.shipped import names, shipped
from emission.stages.look import template_folder
from emission.wording import say

README = "LEAME.txt"
_NAME = re.compile(r"^name *=.*$", re.MULTILINE)
_PLAIN = re.compile(r"\w[\w -]*")


class Design(msgspec.Struct, frozen=True):
    """A template: where it comes from (``shipped``, ``own``), its folder, whether the configuration uses it."""

    name: str
    origin: str
    folder: str
    used: bool


def begin(settings: Settings, name: str) -> Path:
    """Copies the configured template into the new folder ``name`` beside the configuration, and names it so.

    Raises:
        UsageError: no such template; the name is none, is a shipped one's, or is taken.
        Stopped: the disk refuses.
    """
    if not _PLAIN.fullmatch(name):
        raise UsageError("template-name-wrong", name=name)
    folder = settings.path(name)
    if name in names("templates"):
        raise UsageError("template-name-shipped", name=name)
    if folder.exists():
        raise UsageError("template-exists", path=folder)
    origin = template_folder(settings, settings.template.name)
    # Contents alone: what a package installed as read-only is there to be changed now.
    shutil.copytree(origin, folder, copy_function=shutil.copyfile)
    for one, source in shared_files(origin).items():
        if not (folder.parent / one).exists() and not source.is_relative_to(shipped("templates")):
            store.write(folder.parent / one, source.read_bytes())
    path = folder / "template.toml"
    told = _NAME.sub(lambda _: f'name = "{name}"', path.read_text(encoding="utf-8"), count=1)
    store.write(path, told.encode())
    text = say(settings.language, "template-readme", name=name, origin=read_settings(origin).name)
    store.write(folder / README, f"{text}\n".encode())
    return folder


def designs(settings: Settings) -> list[Design]:
    """The shipped templates, then those beside the configuration, by name."""
    used = settings.template.name
    found = [_design("shipped", shipped("templates") / name, used) for name in names("templates")]
    own = sorted(path.parent for path in settings.folder.glob("*/template.toml"))
    return [*found, *(_design("own", folder, used) for folder in own)]


def _design(origin: str, folder: Path, used: str) -> Design:
    return Design(folder.name, origin, str(folder), folder.name == used)
