"""``emission preview``: one voucher or the worst cases, once or at every save of what they are made from."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from emission import config
from emission.config import Settings
from emission.console import Console
from emission.errors import EmissionError
from emission.preview import Sitting, preview, sources_of
from emission.render.proof import forget_templates
from emission.telling import tell_previews, tell_redrawn
from emission.watching import Watcher


class Wish(msgspec.Struct, frozen=True):
    """What is to be seen: of ``batch`` the voucher ``id`` (empty: its worst cases), drawn into ``folder``.

    ``config`` is the configuration that was asked for, ``template`` takes the place of the one in it.
    """

    batch: Path
    id: str
    folder: Path
    config: Path | None = None
    template: str | None = None


class Previewing:
    """Draws what is wished for and tells ``console`` of it."""

    def __init__(self, console: Console, wish: Wish) -> None:
        self._console = console
        self._wish = wish
        self._sitting = Sitting(wish.batch, wish.folder)
        self._sources: list[Path] = []

    def draw(self) -> bool:
        """Draws once; whether everything could be drawn.

        Raises:
            EmissionError: as :func:`emission.preview.preview` and :meth:`Sitting.draw`.
        """
        wish, settings = self._wish, self._settings()
        if wish.id:
            self._console.files(preview(settings, wish.batch, wish.id, wish.folder))
            return True
        cases, previews = self._sitting.draw(settings)
        tell_previews(self._console, settings.language, cases, previews)
        return all(one.fault is None for one in previews)

    def watch(self, pause: Callable[[float], bool] | None = None) -> None:
        """Draws, and draws again when the template, the logo, the batch or the configuration is saved.

        Ends when ``pause`` (seconds) says so, or somebody interrupts.
        """
        self.watcher().watch(pause or _asleep)

    def watcher(self) -> Watcher:
        """What :meth:`watch` goes on with, for who drives it by hand."""
        return Watcher(self._watched, self._again, self._console.complain)

    def _again(self) -> None:
        forget_templates()
        self.draw()
        tell_redrawn(self._console)

    def _watched(self) -> Iterable[Path]:
        file = config.file_of(self._wish.config, self._wish.batch)
        # While the configuration is wrong, what it said before is watched on.
        with suppress(EmissionError):
            self._sources = list(sources_of(self._settings(), self._wish.batch))
        return [self._wish.batch, *([file] if file else []), *self._sources]

    def _settings(self) -> Settings:
        wish = self._wish
        instead = {} if wish.template is None else {"template": {"name": wish.template, "digital": ""}}
        return config.load(wish.config, wish.batch, instead)


def _asleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False
