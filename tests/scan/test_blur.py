"""The blur that pages are read through is the one that it is called."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image, ImageFilter

from emission.scan.blur import blurred


def point(size: int = 61) -> np.ndarray:
    picture = np.zeros((size, size), dtype=np.uint8)
    picture[size // 2, size // 2] = 255
    return picture


@pytest.mark.parametrize("deviation", [0.3, 0.6, 1.0, 2.5])
def test_a_point_becomes_a_bell(deviation: float) -> None:
    seen = blurred(point(), deviation)
    away = np.arange(-30, 31)
    bell = np.exp(-((away / deviation) ** 2) / 2)
    bell /= bell.sum()
    assert np.abs(seen - 255 * np.outer(bell, bell)).max() <= 3


@pytest.mark.parametrize("deviation", [0.3, 0.6, 1.0, 3.0])
@pytest.mark.parametrize("grey", [0, 1, 128, 255])
def test_an_even_grey_stays_itself_to_the_edges(deviation: float, grey: int) -> None:
    # More rows than a strip has, and not a whole number of them.
    picture = np.full((217, 33), grey, dtype=np.uint8)
    assert (blurred(picture, deviation) == grey).all()


def test_it_is_pillows_to_a_few_greys() -> None:
    picture = np.where(np.random.default_rng(1).random((230, 190)) < 0.5, 0, 255).astype(np.uint8)
    theirs = np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(1.5)))
    difference = np.abs(blurred(picture, 1.5).astype(int) - theirs)[8:-8, 8:-8]
    assert math.sqrt((difference**2).mean()) < 4
