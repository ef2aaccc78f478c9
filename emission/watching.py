"""Files that somebody works on: looked at now and again, and what depends on them made anew after a save.

Looking at some twenty files twice a second costs nothing that anybody would notice, and needs no
notifications, which network drives do not give.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from emission.errors import EmissionError

SECONDS = 0.5

State = dict[str, tuple[int, int]]


def state_of(paths: Iterable[Path]) -> State:
    """When each file, or each in a folder, was last written (nanoseconds), and its size; absent ones are left out."""
    state: State = {}
    for path in paths:
        for file in path.rglob("*") if path.is_dir() else (path,):
            # Between being listed and being looked at an editor may have put another one in its place.
            with suppress(OSError):
                found = file.stat()
                state[str(file)] = found.st_mtime_ns, found.st_size
    return state


class Watcher:
    """Makes something again whenever what it is made from was saved."""

    def __init__(
        self,
        sources: Callable[[], Iterable[Path]],
        make: Callable[[], None],
        complain: Callable[[EmissionError], None],
    ) -> None:
        """``sources`` are asked anew before each making: what is made may come from other files than before."""
        self._sources = sources
        self._make = make
        self._complain = complain
        self._paths: tuple[Path, ...] = ()
        self._state: State | None = None

    def cycle(self) -> bool:
        """Looks once; where something changed since, or at first, makes it and tells what is wrong; whether it did."""
        if self._state is not None and state_of(self._paths) == self._state:
            return False
        try:
            # Taken before anything is made: what is saved meanwhile is another change.
            self._paths = tuple(self._sources())
            self._state = state_of(self._paths)
            self._make()
        except EmissionError as error:
            self._complain(error)
        except FileNotFoundError:
            # An editor is about to put another file in its place: the next look finds it.
            self._state = None
        return True

    def watch(self, pause: Callable[[float], bool]) -> None:
        """Goes on until ``pause`` (seconds) says that it is over, or somebody interrupts."""
        with suppress(KeyboardInterrupt):
            self.cycle()
            while not pause(SECONDS):
                self.cycle()
