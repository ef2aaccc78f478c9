"""What a SOAP server makes of a request, and of an answer that a test gives as REST's: owing nothing to our client."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"

# Where REST has what a SOAP method is called.
PLACES = {
    "obtener_token": ("PUT", "/token"),
    "solicitud_pago": ("PUT", "/transaccion"),
    "solicitud_pago_lote": ("PUT", "/transaccionLote"),
    "obtener_pagos": ("GET", "/transaccion"),
    "obtener_rendiciones": ("GET", "/rendicion"),
    "obtener_contracargos": ("GET", "/contracargo"),
    "obtener_pagos_adicionales": ("GET", "/pagoAdicional"),
    "obtener_entidades_pago": ("GET", "/entidadPago"),
    "generar_qr_vinculado": ("PUT", "/qrVinculado"),
}
_KINDS: dict[str, Callable[[str], Any]] = {"int": int, "long": int, "decimal": float, "boolean": "true".__eq__}
_ILLEGAL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def asked(envelope: bytes) -> tuple[str, dict[str, Any]]:
    """The method, and its parts as REST's body has them."""
    (method,) = etree.fromstring(envelope).find(f"{{{SOAP}}}Body")
    parts = _value(method)
    return etree.QName(method).localname, {**parts, **parts.pop("credenciales")}


def answered(method: str, answer: object, *, code: str = "") -> bytes:
    """The envelope that tells it; a fault of ``code`` where there is one."""
    inside = "".join(_written(name, value) for name, value in answer.items()) if isinstance(answer, dict) else ""
    told = f"<ns1:{method}Response>{inside}</ns1:{method}Response>"
    if code:
        told = f"<e:Fault><faultcode>e:{code}</faultcode><faultstring>{answer}</faultstring></e:Fault>"
    return (
        f'<?xml version="1.0"?><e:Envelope xmlns:e="{SOAP}" xmlns:i="{INSTANCE}" xmlns:c="{ENCODING}" '
        f'xmlns:ns1="https://sandbox.epagos.net/"><e:Body>{told}</e:Body></e:Envelope>'
    ).encode()


def _value(element: etree._Element) -> Any:
    if f"{{{ENCODING}}}arrayType" in element.attrib:
        return [_value(child) for child in element]
    if len(element):
        return {child.tag: _value(child) for child in element}
    kind = element.get(f"{{{INSTANCE}}}type", "").rpartition(":")[2]
    return _KINDS.get(kind, str)(element.text or "")


def _written(name: str, value: object) -> str:
    if value is None:
        return f'<{name} i:nil="true"/>'
    if isinstance(value, dict):
        return f"<{name}>{''.join(_written(member, held) for member, held in value.items())}</{name}>"
    if isinstance(value, list):
        items = "".join(_written("item", held) for held in value)
        return f'<{name} c:arrayType="ns1:Algo[{len(value)}]" i:type="c:Array">{items}</{name}>'
    return f"<{name}>{escape(_ILLEGAL.sub('', str(value)))}</{name}>"
