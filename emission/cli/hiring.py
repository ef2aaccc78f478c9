"""Workers that load their tools while this process still loads its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emission.executors import Workers

TOOLS = tuple(f"emission.stages.{step}" for step in ("detail", "fitting", "parse", "seal", "stamp"))


def hired(workers: int) -> Workers:
    """An executor of so many (0: one a core) for work on a run."""
    from emission.executors import load, open_executor

    executor = open_executor(workers)
    load(executor, *TOOLS)
    return executor
