"""Outlines of an installed face as cubic curves: Type 2 charstrings (Adobe Technical Note 5177).

They come from the OpenType file beside its TrueType one, which was made from it: a fifth less for the same letters.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont

# What widths are told from: most then take a byte or two.
NOMINAL_WIDTH = 500


class Charstrings:
    """The outlines of the OpenType file at ``path``, whose em is 1000 units; read when the first one is asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.of = functools.cache(self._of)

    def _of(self, char: str, advance: int) -> bytes:
        """The outline of ``char``, which is ``advance`` wide: whole, without hints or subroutines."""
        pen = T2CharStringPen(advance - NOMINAL_WIDTH, None)
        self._glyphs[self._names[ord(char)]].draw(pen)
        charstring = pen.getCharString()
        charstring.compile()
        return bytes(charstring.bytecode)

    @functools.cached_property
    def _font(self) -> TTFont:
        return TTFont(io.BytesIO(self._path.read_bytes()), lazy=True)

    @functools.cached_property
    def _glyphs(self) -> Mapping[str, Any]:
        glyphs: Mapping[str, Any] = self._font.getGlyphSet()
        return glyphs

    @functools.cached_property
    def _names(self) -> dict[int, str]:
        return dict(self._font.getBestCmap())
