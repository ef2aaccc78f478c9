"""The one error of this room: a code that cannot be what it should be."""

from __future__ import annotations

from emission.model import Fault


class CodeError(ValueError):
    """A code that cannot be made, drawn or understood; ``fault`` says why, ready for a row's report."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault

    def __str__(self) -> str:
        # The value may be somebody's: it belongs in the row's report, never in a log.
        return self.fault.code
