"""Who an obligation is, whatever file it came in.

Identity is environment, issuer, tax, period and obligation id. What is payable (amounts, due
dates, payer's id, payability) and how it reads are hashed apart: new words are a new rendering,
new money is a new revision.
"""

from __future__ import annotations

import base64
import hashlib

import msgspec

from emission.model import Obligation


def identity(environment: str, issuer: str, obligation: Obligation) -> str:
    """32 hexadecimal digits, the same for the same debt in any batch."""
    parts = (environment, issuer, obligation.tax, obligation.period, obligation.obligation_id)
    return _digest(parts, 16).hex()


def external_id(
    environment: str, issuer: str, provider: str, agreement: str, obligation: Obligation, revision: int
) -> str:
    """32 characters A-Z and 2-7: fits the tightest provider's rule (≤ 50, alphanumeric)."""
    parts = (environment, issuer, provider, agreement, obligation.tax, obligation.period, obligation.obligation_id)
    return base64.b32encode(_digest((*parts, str(revision)), 20)).decode("ascii")


def payable_hash(obligation: Obligation) -> bytes:
    """16 bytes over what a payment depends on, codes that the office brought included."""
    due = tuple((due_date.date.isoformat(), due_date.amount) for due_date in obligation.due_dates)
    return _digest((due, obligation.currency, obligation.payer.id, obligation.payable, obligation.supplied), 16)


def presentation_hash(obligation: Obligation) -> bytes:
    """16 bytes over the whole record: equal only where the paper reads the same."""
    return _digest(obligation, 16)


def _digest(value: object, size: int) -> bytes:
    return hashlib.blake2b(msgspec.msgpack.encode(value), digest_size=size).digest()
