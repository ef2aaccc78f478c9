"""How words find room: full size on one line, shrunk to 80 %, then wrapped, then refused; never clipped."""

from __future__ import annotations

from collections.abc import Sequence

from emission.render.faces import Face, Shape

SMALLEST = 0.8
_STEPS = (1.0, 0.93, 0.86, SMALLEST)


def fit(face: Face, text: str, width: float, size: float, lines: int) -> tuple[float, Sequence[Shape]] | None:
    """The size (points) and lines in which ``text`` fits ``width`` (points).

    ``None`` where it does not, or where the face lacks a character of it.
    """
    try:
        if "\n" not in text:
            shape = face.shape(text)
            natural = shape.width * size / 1000
            if natural <= width:
                return size, (shape,)
            if natural * SMALLEST <= width:
                # Cut, not rounded: a hundredth too much would stand out of the box.
                return int(size * width / natural * 100) / 100, (shape,)
        return _wrapped(face, text, width, size, lines) if lines > 1 else None
    except KeyError:
        return None


def _wrapped(face: Face, text: str, width: float, size: float, lines: int) -> tuple[float, Sequence[Shape]] | None:
    for step in _STEPS:
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
        rest = word
        while len(rest) > 1 and face.width(rest) > units:
            at = len(rest) - 1
            while at > 1 and face.width(rest[:at]) > units:
                at -= 1
            pieces.append(rest[:at])
            rest = rest[at:]
        pieces.append(rest)
    return pieces
