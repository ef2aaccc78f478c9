"""How words find room: full size on one line, shrunk to 80 %, then wrapped, then refused; never clipped.

``wrap`` never shrinks, ``reject`` does neither, and ``ellipsis`` cuts with … what a designer said may be cut.
"""

from __future__ import annotations

from collections.abc import Sequence

from emission.render.faces import Face, Shape

SMALLEST = 0.8
HOW = ("shrink", "wrap", "ellipsis", "reject")
STEPS = (1.0, 0.93, 0.86, SMALLEST)
_MOST = 2_000  # characters that a box may show of a text that is cut


def natural(face: Face, text: str, width: float, size: float) -> Shape | None:
    """``text`` in one line of ``width`` at its full ``size`` (points); nothing where it takes more than that."""
    try:
        shape = face.shape(text)
    except KeyError:  # a line break among it, or what the face lacks
        return None
    return shape if shape.width * size <= width * 1000 else None


def fit(
    face: Face, text: str, width: float, size: float, lines: int, how: str = "shrink"
) -> tuple[float, Sequence[Shape]] | None:
    """The size (points) and lines in which ``text`` fits ``width`` (points), ``how`` being one of :data:`HOW`.

    ``None`` where it does not, or where the face lacks a character of it.
    """
    try:
        if "\n" not in text:
            shape = face.shape(text)
            natural = shape.width * size / 1000
            if natural <= width:
                return size, (shape,)
            if how == "shrink" and natural * SMALLEST <= width:
                # Cut, not rounded: a hundredth too much would stand out of the box.
                return int(size * width / natural * 100) / 100, (shape,)
        if how != "shrink":
            return _unshrunk(face, text, width, size, lines, how)
        return _wrapped(face, text, width, size, lines) if lines > 1 else None
    except KeyError:
        return None


def _unshrunk(
    face: Face, text: str, width: float, size: float, lines: int, how: str
) -> tuple[float, Sequence[Shape]] | None:
    """At full size: lines as they are, wrapped, or cut."""
    units = width / size * 1000
    if how == "reject":
        parts = text.split("\n")
        fits = len(parts) <= lines and all(face.width(part) <= units for part in parts)
        return (size, [face.shape(part) for part in parts]) if fits else None
    wrapped = wrap(face, text, units, lines)
    if wrapped is None and how == "ellipsis":
        wrapped = _cut(face, text, units, lines)
    return None if wrapped is None else (size, [face.shape(line) for line in wrapped])


def _cut(face: Face, text: str, units: float, lines: int) -> list[str] | None:
    """As much of the beginning as ``lines`` hold with … after it; ``None`` where not even a letter has room."""
    low, high = 0, min(len(text), _MOST)
    while low < high:
        middle = (low + high + 1) // 2
        if wrap(face, f"{text[:middle].rstrip()}…", units, lines) is None:
            high = middle - 1
        else:
            low = middle
    return wrap(face, f"{text[:low].rstrip()}…", units, lines) if low else None


def _wrapped(face: Face, text: str, width: float, size: float, lines: int) -> tuple[float, Sequence[Shape]] | None:
    for step in STEPS:
        wrapped = wrap(face, text, width / (size * step) * 1000, lines)
        if wrapped is not None:
            return round(size * step, 2), [face.shape(line) for line in wrapped]
    return None


def wrap(face: Face, text: str, units: float, lines: int) -> list[str] | None:
    """``text`` in at most ``lines`` lines of ``units`` (thousandths of the size) each, or ``None``."""
    space = face.width(" ")
    wrapped: list[str] = []
    for paragraph in text.split("\n"):
        line, filled = "", 0
        for word in _pieces(face, paragraph, units):
            width = face.width(word)
            if width > units:
                return None  # not even a letter has room
            if line and filled + space + width <= units:
                line, filled = f"{line} {word}", filled + space + width
                continue
            if line:
                wrapped.append(line)
            line, filled = word, width
        wrapped.append(line)
        if len(wrapped) > lines:
            return None
    return wrapped


def _pieces(face: Face, paragraph: str, units: float) -> list[str]:
    """The words of a paragraph; one that is wider than the line is cut where the line ends."""
    pieces: list[str] = []
    for word in paragraph.split():
        if face.width(word) <= units:
            pieces.append(word)
            continue
        start, filled = 0, 0
        # A letter at a time: a text of ten thousand must cost no more than ten thousand steps.
        for at, letter in enumerate(word):
            width = face.width(letter)
            if filled + width > units and at > start:
                pieces.append(word[start:at])
                start, filled = at, 0
            filled += width
        pieces.append(word[start:])
    return pieces
