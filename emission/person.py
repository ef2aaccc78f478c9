"""Who sits at the keyboard: what the history calls a person where nobody gave a name."""

from __future__ import annotations

import getpass


def at_keyboard() -> str:
    """The operating system's user; ``?`` where it knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "?"
