"""XLSX with text cells only, since a spreadsheet ruins 56 digits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import xlsxwriter

from emission import store
from emission.errors import Stopped

# A sheet of Office Open XML ends here (ECMA-376, SpreadsheetML: rows are numbered to 2^20).
ROWS_A_SHEET = 1_048_576


class Workbook:
    """A workbook written row by row; memory does not grow with it. A full sheet is followed by another."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._path = path
        self._aside = path.with_name(f".{path.name}.part")
        self._name = path.stem
        self._columns = list(columns)
        self._sheets = 0

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(str(self._aside), options)
        self._bold = self._book.add_format({"bold": True})
        self._begin_sheet()
        return self

    def add(self, cells: Sequence[str]) -> None:
        """One row; empty cells are left out."""
        if self._row == ROWS_A_SHEET:
            self._begin_sheet()
        write = self._sheet.write_string
        for column, cell in enumerate(cells):
            if cell:
                write(self._row, column, cell[:32_767])
        self._row += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._book.close()
            if kind is None:
                self._aside.replace(self._path)
                self._path.chmod(0o600)
                store.flush([self._path])
        except (OSError, xlsxwriter.exceptions.XlsxFileError) as failure:
            raise Stopped("file-not-written", path=self._path, detail=failure) from failure
        finally:
            self._aside.unlink(missing_ok=True)

    def _begin_sheet(self) -> None:
        self._sheets += 1
        self._sheet = self._book.add_worksheet(self._name if self._sheets == 1 else f"{self._name}-{self._sheets}")
        self._sheet.freeze_panes(1, 0)
        for column, name in enumerate(self._columns):
            self._sheet.write_string(0, column, name, self._bold)
        self._row = 1
