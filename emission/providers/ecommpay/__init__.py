"""ecommpay: its adapter (``adapter.py``), what it is told (``request.py``), signatures, and notices (``notice.py``)."""

from emission.providers.ecommpay.adapter import KIND

__all__ = ["KIND"]
