"""What the machine ran out of, as what stopped the command: never a traceback for a full disk."""

from __future__ import annotations

import errno
from concurrent.futures import BrokenExecutor

from emission.errors import Stopped

# What a disk, or the system behind it, answers when it takes no more. Any other OSError is a fault of ours.
_NO_ROOM = frozenset(
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EFBIG", "EIO", "EROFS", "ENOMEM", "EMFILE", "ENFILE", "EACCES", "EPERM")
    if hasattr(errno, name)
)


def shortage(error: BaseException) -> Stopped | None:
    """The stop that ``error`` means; nothing where it is no fault of the machine's."""
    if isinstance(error, MemoryError):
        return Stopped("out-of-memory")
    if isinstance(error, RecursionError):
        return Stopped("nested-too-deep")
    if isinstance(error, BrokenExecutor):
        return Stopped("worker-died")
    if isinstance(error, BrokenPipeError):
        return Stopped("output-closed")
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return Stopped("file-not-written", path=error.filename or "-", detail=error.strerror or error)
    return None
