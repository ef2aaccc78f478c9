"""The door between a run and whoever stands before it: what is told, what is asked, who may stop it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from emission.console import Console

if TYPE_CHECKING:
    from emission.desk import Door


def door_of(console: Console, stoppable: Callable[[Callable[[], None]], None], *, yes: bool) -> Door:
    """A door onto ``console``; ``yes`` answers every question."""
    from emission.desk import Door

    return Door(
        announce=console.progress,
        remark=lambda code, params: console.remark(code, **params),
        confirm=lambda forecast, reader: console.confirm(forecast, reader.dialect, yes=yes),
        confirm_amendment=lambda amendment, faulty: console.confirm_amendment(amendment, faulty, yes=yes),
        stoppable=stoppable,
    )
