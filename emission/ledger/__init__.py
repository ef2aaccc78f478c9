"""The memory of the house: what was asked, what came back, what was made of it."""

from emission.ledger.store import Ledger

__all__ = ["Ledger"]
