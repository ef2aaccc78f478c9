"""What the control mark of a printed sheet says: its lot, its voucher's place there, and which sheet of it this is."""

from __future__ import annotations

import msgspec


class ControlMark(msgspec.Struct, frozen=True):
    """Where a sheet belongs: ``lot``, print ``sequence`` of the voucher, and ``sheet`` (from 1) of its ``sheets``."""

    lot: int
    sequence: int
    sheet: int
    sheets: int

    @property
    def text(self) -> str:
        """As ``L0001S000123P02T03``; a larger number takes more digits."""
        return f"L{self.lot:04}S{self.sequence:06}P{self.sheet:02}T{self.sheets:02}"
