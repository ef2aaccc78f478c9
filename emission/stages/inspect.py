"""Everything that can be wrong with a batch, before anybody is asked for anything."""

from __future__ import annotations

from collections.abc import Callable

from emission.config import Settings
from emission.executors import Workers
from emission.ledger import Ledger, admission, runs
from emission.ledger.runs import Run
from emission.providers import capabilities_of
from emission.render import fingerprint
from emission.stages.agreement import agreement_of
from emission.stages.examine import examine, reject_siblings
from emission.stages.fitting import warm_up
from emission.stages.look import look_of
from emission.stages.preflight import check_layouts
from emission.stages.recognise import OnChange, recognise


def inspect(
    stage: Ledger,
    this: Run,
    ledger: Ledger,
    settings: Settings,
    announce: Callable[[str, int, int], None],
    executor: Workers,
    on_change: OnChange,
) -> int:
    """Everything that can be wrong with the staged rows, said of them; how many another batch issued already."""
    real = this if stage is ledger else runs.find(ledger, this.environment, this.issuer, this.batch)
    examine(stage, this.id, executor, due_dates=capabilities_of(settings).due_dates)
    look, agreement = look_of(settings), agreement_of(settings)
    warm_up(executor, look, agreement)
    elsewhere = recognise(stage, this.id, ledger, real.id if real else None, on_change)
    admission.link(stage, this.id, same_look=this.look == fingerprint(look))
    announce("checking", 0, 0)
    check_layouts(stage, this.id, look, agreement, executor)
    reject_siblings(stage, this.id)
    return elsewhere
