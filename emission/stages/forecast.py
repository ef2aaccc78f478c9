"""What a batch will ask of the provider, the printer and the disk, before anybody is asked for anything."""

from __future__ import annotations

import msgspec

from emission import money
from emission.config import Settings
from emission.ledger import Ledger, accounts, staging
from emission.providers.base import Capabilities

# Measured on the shipped template; a batch with long details needs more.
DIGITAL_BYTES = 20_000
PRINT_PAGE_BYTES = 4_000
# What one call takes at a provider is not known beforehand; half a second is common for fifty operations.
SECONDS_A_CALL = 0.5
VOUCHERS_A_SECOND = 300


class Forecast(msgspec.Struct, frozen=True):
    """Figures of a batch. ``amount`` is decimal text over its sound rows; ``seconds`` and ``disk_bytes`` are rough."""

    batch: str
    environment: str
    provider: str
    rows: int
    rejected: int
    warnings: int
    vouchers: int
    obligations: int
    provider_calls: int
    sheets: int
    disk_bytes: int
    seconds: int
    amount: str
    currency: str


def forecast(stage: Ledger, run_id: int, settings: Settings, batch: str, capabilities: Capabilities) -> Forecast:
    """Counts the staged rows of a run."""
    sums, tally = staging.sums(stage, run_id), staging.tally(stage, run_id)
    vouchers, sheets = sums.vouchers, sums.printed_pages
    batches = -(-sums.payable // capabilities.batch_size)
    calls = batches * capabilities.calls_a_batch if capabilities.calls else 0
    seconds = calls * SECONDS_A_CALL / settings.provider.concurrency + vouchers / VOUCHERS_A_SECOND
    return Forecast(
        batch=batch,
        environment=settings.environment,
        provider=settings.provider.kind,
        rows=tally.rows,
        rejected=tally.faulty,
        warnings=accounts.warnings_staged(stage, run_id),
        vouchers=vouchers,
        obligations=sums.obligations,
        provider_calls=calls,
        sheets=sheets,
        disk_bytes=vouchers * DIGITAL_BYTES + sheets * PRINT_PAGE_BYTES,
        seconds=round(seconds),
        amount=money.plain(sums.amount, settings.batch.currency),
        currency=settings.batch.currency,
    )
