"""How every answer begins."""

from __future__ import annotations

from emission.sandbox.control import Fields


def told(id_resp: int, respuesta: str, **fields: object) -> Fields:
    """A code of ePagos', its words, and what the method tells."""
    return {"id_resp": id_resp, "respuesta": respuesta, **fields}
