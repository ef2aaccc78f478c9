"""``itertools.batched``, which Python has from 3.12 on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of ``size``, the last one as long as it comes; none is read before it is asked for."""
    some = iter(items)
    while batch := list(islice(some, size)):
        yield batch
