"""Profiles that are TOML files: those that are shipped, by name, and an office's own, by path."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from emission.errors import UsageError

_SUFFIX = ".toml"


class Named(Protocol):
    """A profile."""

    @property
    def name(self) -> str:
        """What it is asked for by."""
        ...


T = TypeVar("T", bound=Named)


def shelved(folder: Traversable, kind: type[T]) -> dict[str, T]:
    """Every profile in a folder of the package, by its name, in the order of file names."""
    shelf = sorted((entry for entry in folder.iterdir() if entry.name.endswith(_SUFFIX)), key=lambda entry: entry.name)
    found = [msgspec.toml.decode(entry.read_bytes(), type=kind) for entry in shelf]
    return {profile.name: profile for profile in found}


def load(
    name: str,
    folder: Path,
    shipped: Mapping[str, T],
    kind: type[T],
    wrong: Callable[[T], Iterable[tuple[str, str]]],
    code: str,
) -> T:
    """The profile ``name``: a shipped one, or the TOML file of that path below ``folder``.

    ``wrong`` gives the keys by which nothing could be done, and what stands there; ``code`` begins those of errors.

    Raises:
        UsageError: ``…-unknown``, ``…-unreadable`` or ``…-wrong``.
    """
    if name in shipped:
        return shipped[name]
    path = folder / name
    if not name.endswith(_SUFFIX) or not path.is_file():
        near = difflib.get_close_matches(name, shipped, n=1, cutoff=0.3)
        known = ", ".join(shipped)
        raise UsageError(f"{code}-unknown", name=name, nearest=near[0] if near else "…", known=known)
    try:
        profile = msgspec.toml.decode(path.read_bytes(), type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{code}-unreadable", path=path, detail=error) from error
    for key, found in wrong(profile):
        raise UsageError(f"{code}-wrong", path=path, key=key, found=found)
    return profile
