"""ETpay: its adapter (``adapter.py``), and what its notices are worth (``notice.py``)."""

from emission.providers.etpay.adapter import KIND

__all__ = ["KIND"]
