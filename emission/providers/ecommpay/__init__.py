"""ecommpay: its adapter (``adapter.py``), what it is told (``request.py``), and its notices (``notice.py``)."""

from emission.providers.ecommpay.adapter import KIND

__all__ = ["KIND"]
