"""``emission``, and ``python -m emission``: what stands before the program itself is loaded."""

from __future__ import annotations

import os
import sys

from emission import garbage
from emission.leaving import leaving_at_once


def start() -> None:
    """What a shell starts."""
    with leaving_at_once():
        main()


def main() -> None:
    """The program; whoever stops it while it is still loading is told so by the exit code alone."""
    _have_streams()
    garbage.look_seldom()
    # Nothing here multiplies matrices: threads for it only take memory, in every worker.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # No other program's plugin has a say in our settings, and to look for one among all packages takes its time.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        from emission.cli import main as program  # noqa: PLC0415 - an interruption from here on is not lost

        program()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _have_streams() -> None:
    """A program started with a stream closed (``>&-``) is not told so until it writes: what it says goes nowhere."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r+", encoding="utf-8"))  # noqa: SIM115, PTH123 - as long as the process


if __name__ == "__main__":
    start()
