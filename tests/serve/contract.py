"""The endpoints of `emission serve` as an OpenAPI document, for whoever asks them what nobody thought of."""

from __future__ import annotations

from typing import Any

_TEXT: dict[str, Any] = {"type": "string"}
_SCALAR: dict[str, Any] = {"type": ["string", "integer", "number", "boolean", "null"]}
# What each provider's notice looks like, as far as its reader looks: the values are anything.
NOTICES: dict[str, dict[str, Any]] = {
    "epagos": {"id_transaccion": _SCALAR, "numero_operacion": _SCALAR, "fp": _SCALAR},
    "bind": {
        "Type": _SCALAR,
        "Payload": {
            "type": "object",
            "properties": {
                "IdentificadorOrigen": _SCALAR,
                "DestinoPrincipal": _SCALAR,
                "MensajePago": {"type": "object", "properties": {"IdentificadorProcesador": _SCALAR}},
            },
        },
    },
    "etpay": {"jwt": {"type": "string", "pattern": r"^[A-Za-z0-9_-]{1,40}\.[A-Za-z0-9_-]{1,80}\.[A-Za-z0-9_-]{1,40}$"}},
    "ecommpay": {
        "signature": _SCALAR,
        "payment": {"type": "object", "properties": {"id": _SCALAR, "status": _SCALAR}},
        "general": {"type": "object", "properties": {"signature": _SCALAR}},
    },
}


def document(channel: str, tokens: list[str]) -> dict[str, Any]:
    """All of a town's endpoints; those of links where it has ``tokens``, which are tried beside any other text."""
    paths: dict[str, Any] = {
        "/salud": {"get": _answers(204)},
        "/favicon.ico": {"get": _answers(204)},
        "/robots.txt": {"get": _answers(200)},
        "/avisos/{channel}": {
            "parameters": [_in_path("channel", [channel])],
            "post": {**_answers(200, 400, 404, 405, 413), "requestBody": _notice(NOTICES[channel])},
        },
    }
    if tokens:
        token, bank = _in_path("token", tokens), _in_path("bank", ["cl_bci"])
        look, touch = _answers(200, 404, 405, 429), _answers(200, 303, 404, 405, 413, 429, 503)
        paths |= {
            "/{token}": {"parameters": [token], "get": look, "post": touch},
            "/{token}/volver": {"parameters": [token], "get": look},
            "/{token}/cancelado": {"parameters": [token], "get": look},
            "/{token}/{bank}": {"parameters": [token, bank], "get": look, "post": touch},
        }
    return {"openapi": "3.1.0", "info": {"title": "emission serve", "version": "1"}, "paths": paths}


def _answers(*statuses: int) -> dict[str, Any]:
    return {"responses": {str(status): {"description": ""} for status in statuses}}


def _in_path(name: str, known: list[str]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"anyOf": [{"enum": known}, _TEXT]}}


def _notice(fields: dict[str, Any]) -> dict[str, Any]:
    shape = {"anyOf": [{"type": "object", "properties": fields}, {}]}
    form = {"type": "object", "properties": fields}
    return {
        "content": {
            "application/json": {"schema": shape},
            "application/x-www-form-urlencoded": {"schema": form},
            "text/plain": {"schema": _TEXT},
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        }
    }
