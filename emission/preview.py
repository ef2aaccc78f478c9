"""One voucher as it would look, marked as a specimen, before anybody is asked for anything."""

from __future__ import annotations

from pathlib import Path

from emission import store
from emission.config import Settings
from emission.errors import UsageError
from emission.filenames import safe_name
from emission.model import Fault
from emission.pipeline import bill_of
from emission.render import proved_program, stamp
from emission.specimen import pictures
from emission.stages.look import look_of
from emission.wording import reason

DPI = 150


def preview(settings: Settings, batch: Path, wanted: str, folder: Path) -> list[Path]:
    """Writes ``ID-specimen.pdf``, and a PNG a page, into ``folder``; no payable code stands on them.

    Raises:
        UsageError: the batch has no such voucher, it cannot be printed, or the template is not right.
    """
    bill = bill_of(settings, batch, wanted)
    stamped = stamp(proved_program(look_of(settings, specimen=True), settings.profile), [bill])[0]
    if isinstance(stamped, Fault):
        raise UsageError("voucher-faulty", id=wanted, reasons=reason(settings.language, stamped))
    name = safe_name(bill.voucher.voucher_id)
    paths = [folder / f"{name}-specimen.pdf"]
    store.write(paths[0], stamped.digital)
    return [*paths, *pictures(stamped.digital, folder / f"{name}-specimen", DPI)]
