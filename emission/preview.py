"""Vouchers as they would look, marked as specimens, before anybody is asked for anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from emission import store
from emission.cases import Cases, cases_of, drawn
from emission.config import Settings
from emission.errors import UsageError
from emission.filenames import safe_name
from emission.model import Fault
from emission.pipeline import bill_of
from emission.render import Stamped, proved_template, specimens
from emission.specimen import pictures
from emission.stages.look import look_of
from emission.watching import state_of
from emission.wording import reason

DPI = 150


class Preview(msgspec.Struct, frozen=True):
    """A voucher that was drawn into ``paths``, or the fault that keeps it from being drawn."""

    voucher_id: str
    paths: tuple[Path, ...] = ()
    fault: Fault | None = None


def preview(settings: Settings, batch: Path, wanted: str, folder: Path) -> list[Path]:
    """Writes ``ID-specimen.pdf``, and a PNG a page, into ``folder``; no payable code stands on them.

    Where what is printed has a layout of its own there is ``ID-print-specimen.pdf`` as well.

    Raises:
        UsageError: the batch has no such voucher, it cannot be printed, or the template is not right.
    """
    bill = bill_of(settings, batch, wanted)
    made = specimens(proved_template(look_of(settings, specimen=True), settings.profile), [bill])[0]
    if isinstance(made, Fault):
        raise UsageError("voucher-faulty", id=wanted, reasons=reason(settings.language, made))
    return _write(made, bill.voucher.voucher_id, folder)


class Sitting:
    """The worst cases of a batch, drawn as often as asked: the batch is read anew only where that could matter."""

    def __init__(self, batch: Path, folder: Path) -> None:
        """The specimens of ``batch`` go into ``folder``."""
        self._batch = batch
        self._folder = folder
        self._state: object = None
        self._cases: Cases | None = None
        self._written: set[Path] = set()

    def draw(self, settings: Settings) -> tuple[Cases, list[Preview]]:
        """Writes every case, as :func:`preview` does; takes away what an earlier drawing wrote and this one does not.

        Raises:
            UsageError: the batch cannot be read or has no sound row; the template is not right.
            Refused: the file is cut short.
            Stopped: the disk refuses.
        """
        cases = self._read(settings)
        previews = [
            Preview(voucher.voucher_id, fault=result)
            if isinstance(result, Fault)
            else Preview(voucher.voucher_id, tuple(_write(result, voucher.voucher_id, self._folder)))
            for voucher, result in zip(cases.vouchers, drawn(settings, cases), strict=True)
        ]
        self._take_away({path for one in previews for path in one.paths})
        return cases, previews

    def _read(self, settings: Settings) -> Cases:
        files = [self._batch]
        if settings.batch.lines:
            files.append(settings.path(settings.batch.lines))
        state = (state_of(files), settings.batch.model_dump_json(), settings.provider.kind)
        if self._cases is None or state != self._state:
            self._cases, self._state = cases_of(settings, self._batch), state
        return self._cases

    def _take_away(self, written: set[Path]) -> None:
        for path in self._written - written:
            path.unlink(missing_ok=True)
        self._written = written


def sources_of(settings: Settings, batch: Path) -> Sequence[Path]:
    """The files and folders that specimens of ``batch`` are made from, beside the configuration.

    Raises:
        UsageError: no such template or logo.
    """
    look = look_of(settings)
    lines = [settings.path(settings.batch.lines)] if settings.batch.lines else []
    logo = [Path(look.logo)] if look.logo else []
    templates = [Path(folder) for folder in (look.template, look.digital) if folder]
    shared = [folder for folder in (template.parent / "shared" for template in templates) if folder.is_dir()]
    return [batch, *lines, *templates, *shared, *logo]


def _write(made: Sequence[Stamped], voucher_id: str, folder: Path) -> list[Path]:
    paths: list[Path] = []
    for use, one in zip(("", "-print"), made, strict=False):
        stem = folder / f"{safe_name(voucher_id)}{use}-specimen"
        path = stem.with_name(f"{stem.name}.pdf")
        store.write(path, one.digital)
        paths += [path, *pictures(one.digital, stem, DPI)]
    return paths
