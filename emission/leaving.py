"""The end of a program: once everything is said and in place, the system takes the memory back faster than Python."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def leaving_at_once() -> Iterator[None]:
    """For the whole of a program: whatever waits for its end is done, but nothing that was loaded is taken apart.

    Where something went wrong that nobody expected, or what was said cannot be delivered, Python ends as it ever does.
    """
    codes: list[int] = []

    def leave() -> None:
        try:
            for stream in filter(None, (sys.stdout, sys.stderr)):
                stream.flush()
        except (OSError, ValueError):
            return
        for code in codes:
            os._exit(code & 0xFF)

    # Registered before all others, so that it is called after them.
    atexit.register(leave)
    try:
        yield
        codes.append(0)
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            codes.append(end.code or 0)
        raise
