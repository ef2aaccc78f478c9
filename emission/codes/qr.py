"""QR symbols (ISO/IEC 18004) for many texts at once.

Segments, version, mask and every module equal those of ``qrcode`` 8.2, which takes 6.9 ms a
symbol and is the oracle of the tests; this encoder works on chunks in numpy. Where ``qrcode``
fails (``glog(0)`` on zero-heavy data), this one goes by the standard.

Every symbol is read back from its own rows before it is handed out, by tables and arithmetic that are
not the encoder's: a wrong code is worse than no code.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt
from qrcode import constants

from emission.codes._qr import segments
from emission.codes._qr.layout import Layout, layout
from emission.codes._qr.penalty import penalties
from emission.codes._qr.proof import faithful
from emission.codes._qr.read import text_of
from emission.codes._qr.solomon import correction
from emission.codes.faults import CodeError
from emission.model import Fault

Level = Literal["L", "M", "Q", "H"]

LEVELS: dict[Level, int] = {
    "L": constants.ERROR_CORRECT_L,
    "M": constants.ERROR_CORRECT_M,
    "Q": constants.ERROR_CORRECT_Q,
    "H": constants.ERROR_CORRECT_H,
}
# Bytes that version 40 holds in byte mode (ISO/IEC 18004 table 7).
MOST_BYTES: dict[Level, int] = {"L": 2953, "M": 2331, "Q": 1663, "H": 1273}
# Symbols worked on together: enough to hide numpy's overhead, few enough for the processor's cache.
_CHUNK = 20
# A code that was checked is drawn soon after: texts whose segments are known until then.
_REMEMBERED = 512


class QrSymbol(msgspec.Struct, frozen=True):
    """A symbol without its quiet zone, ``size`` modules square.

    ``rows``: one bit a module, 1 = dark, leftmost in the highest bit, each row in whole bytes,
    ready for a 1-bit image mask.
    """

    text: str
    version: int
    size: int
    mask: int
    rows: bytes

    def runs(self) -> Iterable[tuple[int, int, int]]:
        """Horizontal runs of dark modules: (row from the top, first column, length)."""
        # One light module before the first and after each row: changes are starts and ends by turns.
        line = np.zeros(self.size * (self.size + 1) + 1, dtype=np.uint8)
        line[1:].reshape(self.size, -1)[:, :-1] = self._modules()
        changes = np.flatnonzero(line[1:] != line[:-1])
        rows, columns = np.divmod(changes[::2], self.size + 1)
        lengths = changes[1::2] - changes[::2]
        return zip(rows.tolist(), columns.tolist(), lengths.tolist(), strict=True)

    def _modules(self) -> npt.NDArray[np.uint8]:
        packed = np.frombuffer(self.rows, dtype=np.uint8).reshape(self.size, -1)
        return np.unpackbits(packed, axis=1, count=self.size)


def encode(text: str, level: Level = "M") -> QrSymbol:
    """The symbol of one text; :func:`encode_many` is the fast way.

    Raises:
        CodeError: as :func:`encode_many`.
    """
    return encode_many([text], level)[0]


def version_of(text: str, level: Level = "M") -> int:
    """The version (1 to 40) that ``text`` takes.

    Raises:
        CodeError: ``qr-empty``, ``qr-characters`` or ``qr-too-long``.
    """
    return _fitted(text, level)[1]


def encode_many(texts: Sequence[str], level: Level = "M") -> list[QrSymbol]:
    """The symbols of ``texts``, in their order: smallest version, best mask.

    Raises:
        CodeError: ``qr-empty``, ``qr-characters`` (half of a surrogate pair), ``qr-too-long``: no
            version holds a text at this level, or ``qr-unfaithful`` if a symbol did not read back as its text.
    """
    by_version: dict[int, list[int]] = defaultdict(list)
    fitted = [_fitted(text, level) for text in texts]
    for at, (_, version) in enumerate(fitted):
        by_version[version].append(at)
    symbols: dict[int, QrSymbol] = {}
    for version, members in by_version.items():
        plan = layout(version, LEVELS[level])
        for first in range(0, len(members), _CHUNK):
            chunk = members[first : first + _CHUNK]
            data = b"".join([segments.codewords(fitted[at][0], version, plan.data) for at in chunk])
            made = [
                QrSymbol(texts[at], version, plan.size, mask, rows)
                for at, (mask, rows) in zip(chunk, _chunk(data, len(chunk), plan), strict=True)
            ]
            prove(made, level)
            symbols.update(zip(chunk, made, strict=True))
    return [symbols[at] for at in range(len(texts))]


def prove(symbols: Sequence[QrSymbol], level: Level = "M") -> None:
    """Reads symbols of one version back from the rows that are drawn.

    Raises:
        CodeError: ``qr-unfaithful`` of the first that does not say its text, or is wrong in any module.
    """
    rows, texts = [symbol.rows for symbol in symbols], [symbol.text.encode() for symbol in symbols]
    for symbol, right in zip(symbols, faithful(rows, texts, symbols[0].version, level), strict=True):
        if not right:
            raise CodeError(Fault("qr-unfaithful", field="qr", value=symbol.text))


def decode_grid(symbol: QrSymbol) -> str:
    """What the modules say; the symbol's ``text`` is not looked at. :func:`prove` is the fast way.

    Raises:
        CodeError: ``qr-unfaithful``: a function pattern, format or version information, a
            Reed-Solomon syndrome or the bit stream is not as it must be.
    """
    try:
        return text_of(symbol._modules().astype(np.bool_))  # noqa: SLF001 -- the struct's own module
    except (ValueError, IndexError):
        raise CodeError(Fault("qr-unfaithful", field="qr", value=symbol.text)) from None


@functools.lru_cache(maxsize=_REMEMBERED)
def _fitted(text: str, level: Level) -> tuple[list[segments.Segment], int]:
    """The segments of a text, and the version that they take."""
    if not text:
        raise CodeError(Fault("qr-empty", field="qr"))
    try:
        pieces = segments.split(text.encode())
    except UnicodeEncodeError:
        raise CodeError(Fault("qr-characters", field="qr", value=ascii(text))) from None
    version = segments.fit(pieces, LEVELS[level])
    if version > 40:
        params = {"bytes": str(len(text.encode())), "level": level, "largest": str(MOST_BYTES[level])}
        raise CodeError(Fault("qr-too-long", field="qr", value=text, params=params))
    return pieces, version


def _chunk(codewords: bytes, count: int, plan: Layout) -> list[tuple[int, bytes]]:
    """Mask and rows of ``count`` symbols of one layout."""
    stream = np.zeros((count, plan.data + 1), dtype=np.uint8)
    stream[:, :-1] = np.frombuffer(codewords, dtype=np.uint8).reshape(count, plan.data)
    check = correction(stream[:, plan.blocks], plan.ec).reshape(count, -1)
    bits = np.unpackbits(np.concatenate([stream, check], axis=1), axis=1)
    placed = np.packbits(bits.take(plan.gather, axis=1), axis=1).view(">u8").astype(np.uint64)
    rows = np.ascontiguousarray(placed.T).reshape(plan.size, -1, 1, count)

    candidates = (rows | plan.fixed) ^ plan.masks
    best = penalties(candidates, plan.size).argmin(axis=0)
    chosen = candidates[:, :, best, np.arange(count)] | plan.marks[:, :, best, 0]
    packed = chosen.transpose(2, 0, 1).astype(">u8").view(np.uint8)[:, :, : -(-plan.size // 8)]
    return [(mask, symbol.tobytes()) for mask, symbol in zip(best.tolist(), packed, strict=True)]
