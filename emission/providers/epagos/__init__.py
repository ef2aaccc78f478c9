"""ePagos (Argentina): what the rest of the house asks for."""

from emission.providers.epagos.adapter import KIND, Epagos

__all__ = ["KIND", "Epagos"]
