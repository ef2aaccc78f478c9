"""What the machine ran out of, or would not take, as what stopped the command: never a traceback for a full disk."""

from __future__ import annotations

import errno
import os
from concurrent.futures import BrokenExecutor
from pathlib import Path

from emission.errors import EmissionError, Stopped, UsageError

# What a disk, or the system behind it, answers when it takes no more. Any other OSError is a fault of ours.
_NO_ROOM = frozenset(
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EFBIG", "EIO", "EROFS", "ENOMEM", "EMFILE", "ENFILE", "EACCES", "EPERM")
    if hasattr(errno, name)
)

_STOPS: dict[type[BaseException], str] = {
    MemoryError: "out-of-memory",
    RecursionError: "nested-too-deep",
    BrokenExecutor: "worker-died",
    BrokenPipeError: "output-closed",
}


def shortage(error: BaseException) -> EmissionError | None:
    """The stop that ``error`` means; nothing where it is no fault of the machine's."""
    for kind, code in _STOPS.items():
        if isinstance(error, kind):
            return Stopped(code)
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        return UsageError("name-too-long", name=max(Path(os.fsdecode(error.filename or "?")).parts, key=len)[:40])
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return Stopped("file-not-written", path=error.filename or "-", detail=error.strerror or error)
    return None
