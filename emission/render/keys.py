"""A table of ``template.toml`` that is read key by key, and says where a wrong one stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import msgspec

from emission.errors import TemplateError
from emission.render.nearest import nearest

_HEAD = re.compile(r"\s*\[([^\]]+)\]")
_KEY = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[^=\s"'#.]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[^=\s"'#.]+))*)\s*=""")
_PART = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^.\s"']+))\s*\.?""")


class Table(msgspec.Struct, frozen=True):
    """The keys of one table: ``path`` leads to it from the root of ``file``, whose ``source`` is the text of it."""

    file: Path
    source: str
    path: tuple[str, ...]
    values: dict[str, object]

    def only(self, known: Iterable[str]) -> None:
        """Refuses a key that is not ``known``.

        Raises:
            TemplateError: names it, and the nearest that is.
        """
        allowed = tuple(known)
        for key in self.values:
            if key not in allowed:
                listed = " | ".join(allowed) or "-"
                self.fail("template-key-unknown", key, nearest=nearest(key, allowed) or listed, known=listed)

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty."""
        value = self._value(key, default)
        if not isinstance(value, str) or not value.strip():
            self.wrong(key, '"…"')
        return value

    def number(self, key: str, least: float, most: float, default: float | None = None) -> float:
        """A number from ``least`` to ``most``."""
        value = self._value(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            self.wrong(key, f"{least:g} … {most:g}")
        return float(value)

    def choice(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        """One of ``allowed``."""
        value = self._value(key, default)
        choices = tuple(allowed)
        if value not in choices:
            near = nearest(str(value), choices)
            self.wrong(key, f"{f'{near}? ' if near else ''}({' | '.join(choices)})")
        return str(value)

    def table(self, key: str) -> Table:
        """A table beneath; an empty one where the file has none."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            self.wrong(key, f"[{'.'.join((*self.path, key))}]")
        return Table(self.file, self.source, (*self.path, key), value)

    def wrong(self, key: str, expected: str) -> NoReturn:
        """Raises: the value of ``key`` is not what is ``expected``."""
        self.fail("template-key-value", key, value=self.values.get(key), expected=expected)

    def fail(self, code: str, key: str, **params: object) -> NoReturn:
        """Raises a ``TemplateError`` about ``key``, with its place."""
        path = (*self.path, key)
        line, column = _place(self.source, path)
        name = ".".join(path)
        raise TemplateError(code, file=self.file, line=line, column=column, key=name, **params)

    def _value(self, key: str, default: object) -> object:
        if key in self.values:
            return self.values[key]
        if default is None:
            self.fail("template-key-missing", key)
        return default


def _place(source: str, path: tuple[str, ...]) -> tuple[int, int]:
    """Line and column of a key; of the deepest table around it that is written, where it is not; else the beginning."""
    table: tuple[str, ...] = ()
    best, depth = (1, 1), 0
    for number, line in enumerate(source.splitlines(), 1):
        if head := _HEAD.match(line):
            found = table = _parts(head.group(1))
            column = line.index("[") + 1
        elif key := _KEY.match(line):
            found = (*table, *_parts(key.group(1)))
            column = key.start(1) + 1
        else:
            continue
        if len(found) > depth and path[: len(found)] == found:
            best, depth = (number, column), len(found)
    return best


def _parts(written: str) -> tuple[str, ...]:
    return tuple(double or single or bare for double, single, bare in _PART.findall(written))
