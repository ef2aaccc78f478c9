"""What an amendment would do, told before it does anything: kinds of change by how far the old bill has gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from emission.batched import batched
from emission.ledger import Ledger, effects
from emission.ledger.comparison import Change, Kind, Reach, compare, effects_of
from emission.model import Obligation
from emission.provider_settings import Pace
from emission.providers.base import OperationState, Order, Provider
from emission.stages.calling import Turns, call_all
from emission.stages.succession import state_of
from emission.stages.window import Hours

PAGE = 1000

_obligation = msgspec.msgpack.Decoder(Obligation)


class Cell(msgspec.Struct):
    """Rows of one kind and reach; amounts (minor units, first due date) as they were and as they would be."""

    rows: int = 0
    before: int = 0
    after: int = 0


class Amendment(msgspec.Struct, frozen=True):
    """The table of an amendment: kind → reach → cell."""

    batch: str
    currency: str
    on_change: str
    cells: dict[Kind, dict[Reach, Cell]]

    def total(self, kind: Kind) -> Cell:
        """All rows of a kind."""
        return _sum(self.cells[kind].values())

    @property
    def whole(self) -> Cell:
        """All rows of both sides."""
        return _sum(cell for reaches in self.cells.values() for cell in reaches.values())

    @property
    def changes_money(self) -> bool:
        """Whether ``on_change`` has anything to say."""
        return self.total(Kind.MONEY).rows > 0

    @property
    def changes_nothing(self) -> bool:
        """Whether everything stands as it is in the new file."""
        return all(self.total(kind).rows == 0 for kind in Kind if kind is not Kind.UNCHANGED)


def survey(ledger: Ledger, run_id: int, batch: str, currency: str, on_change: str) -> Amendment:
    """Counts what the staged file would change."""
    cells = {kind: {reach: Cell() for reach in Reach} for kind in Kind}
    for change in compare(ledger, run_id):
        cell = cells[change.kind][change.reach]
        cell.rows += 1
        cell.before += change.before or 0
        cell.after += change.after or 0
    return Amendment(batch, currency, on_change, cells)


async def ask_what_is_paid(ledger: Ledger, run_id: int, provider: Provider, concurrency: int) -> None:
    """Asks for the state of every operation whose money changed or that nobody names any more. Only reads.

    Raises:
        ProviderError: the provider could not be asked.
    """
    if not provider.capabilities.lookup:
        return
    turns = Turns(concurrency, Hours(Pace()))  # somebody waits for the answer: at any hour

    async def is_paid(change: Change, strays: Sequence[str]) -> bool:
        order = Order(change.external_id, _obligation.decode(change.record))
        async with turns.turn() as mine:
            return mine and await state_of(provider, order, change.number, strays) is OperationState.PAID

    for page in batched(_doubtful(ledger, run_id), PAGE):
        strays = effects.beside(ledger, effects_of(page))
        paid = await call_all([is_paid(change, strays.get(change.effect or 0, ())) for change in page])
        effects.seen_paid(ledger, effects_of([change for change, yes in zip(page, paid, strict=True) if yes]))


def let_go(ledger: Ledger, run_id: int) -> None:
    """Notes of every bill that nobody names any more that its operation lives on, or that it was paid."""
    for page in batched((change for change in compare(ledger, run_id) if change.kind is Kind.GONE), PAGE):
        ledger.record("effect", effects_of(page), "gone")
        for change in page:
            if change.reach is Reach.PAID and change.effect is not None:
                effects.owe(ledger, change.effect, -(change.before or 0), effects.PAID_AND_GONE)


def _doubtful(ledger: Ledger, run_id: int) -> Iterator[Change]:
    for change in compare(ledger, run_id):
        asked = change.effect is not None and change.reach is not Reach.PAID
        if asked and change.record and change.kind in (Kind.MONEY, Kind.GONE):
            yield change


def _sum(cells: Iterable[Cell]) -> Cell:
    total = Cell()
    for cell in cells:
        total.rows += cell.rows
        total.before += cell.before
        total.after += cell.after
    return total
