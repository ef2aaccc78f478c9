"""A project to begin with: it runs as it is, and every line of it is there to be changed."""

from __future__ import annotations

import shutil
from pathlib import Path

from emission.errors import UsageError
from emission.shipped import shipped


def start(folder: Path) -> Path:
    """Fills ``folder`` with the shipped starter.

    Raises:
        UsageError: there is something in it already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("folder-not-empty", path=folder)
    shutil.copytree(shipped("samples") / "starter", folder, dirs_exist_ok=True)
    return folder
