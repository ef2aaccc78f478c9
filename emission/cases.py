"""The worst cases of a batch as specimens: what a designer looks at, and what an office signs."""

from __future__ import annotations

from pathlib import Path

import msgspec

from emission.config import Settings
from emission.errors import UsageError
from emission.model import Bill, Fault, Voucher
from emission.pipeline import examined
from emission.render import Stamped, proved_template, specimens
from emission.stages.examine import reject_siblings
from emission.stages.extremes import Extreme, Extremes, find_extremes, voucher_at
from emission.stages.look import look_of


class Cases(msgspec.Struct, frozen=True):
    """A batch by its worst cases: each voucher once, in the order in which the cases name them."""

    batch: str
    issue_date: str
    currency: str
    extremes: Extremes
    vouchers: tuple[Voucher, ...]

    def of(self, voucher: Voucher) -> list[Extreme]:
        """The cases that ``voucher`` shows."""
        return [extreme for extreme in self.extremes.cases if extreme.voucher_id == voucher.voucher_id]


def cases_of(settings: Settings, batch: Path) -> Cases:
    """Reads and examines ``batch`` once; its memory does not grow with the batch.

    Raises:
        UsageError: the batch cannot be read, or has no sound row.
        Refused: the file is cut short.
    """
    with examined(settings, batch) as (stage, run):
        reject_siblings(stage, run.id)
        extremes = find_extremes(stage, run.id)
        if not extremes.cases:
            raise UsageError("cases-none", path=batch)
        bundles = dict.fromkeys(extreme.bundle for extreme in extremes.cases)
        vouchers = tuple(voucher_at(stage, run.id, bundle) for bundle in bundles)
        return Cases(run.batch, run.issue_date, run.currency, extremes, vouchers)


def drawn(settings: Settings, cases: Cases) -> list[tuple[Stamped, ...] | Fault]:
    """Each voucher of ``cases`` as its specimens, or why it cannot be drawn: a run would reject its rows.

    Raises:
        UsageError: the template is not right.
    """
    template = proved_template(look_of(settings, specimen=True), settings.profile)
    return specimens(template, [Bill(voucher, (None,) * len(voucher.obligations)) for voucher in cases.vouchers])
