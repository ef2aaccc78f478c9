"""Long numbers in groups, as people read them aloud."""

from __future__ import annotations

import functools


def grouped(text: str, sizes: int | str = 4) -> str:
    """``1234 5678 90``: groups from the left, of one size (4) or of one after the other (``"4 4 2"``).

    What the sizes leave over is a last group; spaces that stand in the text already go.

    Raises:
        ValueError: a size that is no whole number above 0.
    """
    lengths = _lengths(str(sizes))
    rest = "".join(text.split())
    if len(lengths) == 1:
        length = lengths[0]
        return " ".join([rest[at : at + length] for at in range(0, len(rest), length)])
    groups: list[str] = []
    for length in lengths:
        groups.append(rest[:length])
        rest = rest[length:]
    return " ".join(group for group in (*groups, rest) if group)


@functools.lru_cache(maxsize=64)
def _lengths(sizes: str) -> tuple[int, ...]:
    lengths = tuple(int(size) for size in sizes.split())
    if not lengths or min(lengths) < 1:
        raise ValueError(sizes)
    return lengths
