"""Profiles as files: those that are shipped, by name, and an office's own, by path."""

from __future__ import annotations

import difflib
import functools
from importlib.resources import files
from pathlib import Path

import msgspec

from emission.codes.agreements.profile import Profile
from emission.codes.agreements.soundness import problems
from emission.errors import UsageError

_SUFFIX = ".toml"


@functools.cache
def shipped() -> dict[str, Profile]:
    """Every shipped profile by its name, in the order of names."""
    shelf = sorted((entry for entry in files(__package__).iterdir() if entry.name.endswith(_SUFFIX)), key=str)
    found = [msgspec.toml.decode(entry.read_bytes(), type=Profile) for entry in shelf]
    return {profile.name: profile for profile in found}


def load(name: str, folder: Path) -> Profile:
    """The profile ``name``: a shipped one, or the TOML file of that path below ``folder``.

    Raises:
        UsageError: there is none, the file says what no profile says, or it is the form of no code.
    """
    if name in shipped():
        return shipped()[name]
    path = folder / name
    if not name.endswith(_SUFFIX) or not path.is_file():
        near = difflib.get_close_matches(name, shipped(), n=1)
        raise UsageError("agreement-unknown", name=name, nearest=near[0] if near else "-", known=", ".join(shipped()))
    try:
        profile = msgspec.toml.decode(path.read_bytes(), type=Profile)
    except (msgspec.MsgspecError, UnicodeDecodeError, OSError) as error:
        raise UsageError("agreement-unreadable", path=path, detail=error) from error
    for code, params in problems(profile):
        raise UsageError(code, path=path, **params)
    return profile


# The embedded sandbox's own: 9960 is no network's prefix, and its 99 is what careless encoders drop.
SANDBOX = shipped()["sandbox"]
