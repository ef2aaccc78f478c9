"""SOAP 1.1 envelopes, rpc/encoded as nusoap and PHP's SoapServer speak it: written by hand, parsed with distrust.

An answer becomes the JSON that REST would have sent, so that one reader judges both. Struct members become names,
arrays lists, simple values their text exactly as it stands; what stands twice where once is meant becomes a list, which
none of the reader's fields is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

import msgspec
from lxml import etree

from emission.providers.epagos.wire import Content, FaultError
from emission.providers.reading import UnusableError

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
SCHEMA = "http://www.w3.org/2001/XMLSchema"
INSTANCE = f"{SCHEMA}-instance"

MOST_ELEMENTS = 500_000
DEEPEST = 24  # elements within each other; ePagos' own answers have eight

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}" xmlns:SOAP-ENC="{ENCODING}" xmlns:xsd="{SCHEMA}" '
    f'xmlns:xsi="{INSTANCE}" xmlns:ns1=%s SOAP-ENV:encodingStyle="{ENCODING}"><SOAP-ENV:Body>'
)
_TAIL = "</SOAP-ENV:Body></SOAP-ENV:Envelope>\n"

# Types of ePagos' WSDL, by the member that has them (ePagos' Python SDK, client.py); members that are not here go
# without a type of their own, and the server takes its schema's.
_STRUCTS = {
    "operacion": "DatosOperacionPago",
    "pago": "DatosPago",
    "rendicion": "DatosRendicion",
    "contracargos": "DatosContracargo",
    "pagos": "DatosPagosAdicionales",
}
_ITEMS = {"lote": "ns1:TipoLote", "fp": "ns1:DatosFormaPago", "operaciones_qr": "ns1:OperacionQR"}
_KNOWN_ITEMS = frozenset(_ITEMS.values())
_SIMPLE: dict[type, str] = {str: "string", int: "int", bool: "boolean", Decimal: "decimal", dt.date: "date"}
_LARGEST_INT = 2**31 - 1

_NIL, _TYPE, _ARRAY_TYPE = f"{{{INSTANCE}}}nil", f"{{{INSTANCE}}}type", f"{{{ENCODING}}}arrayType"
_BODY, _FAULT = f"{{{SOAP}}}Body", f"{{{SOAP}}}Fault"
_OURS = ("Client", "VersionMismatch", "MustUnderstand")  # SOAP 1.1, 4.4.1

Tree = dict[str, "Tree"] | list["Tree"] | str | None


def write(method: str, namespace: str, parts: Content) -> bytes:
    """The request: ``parts`` in their order, which positional servers go by. Nothing is written for ``None``."""
    told: list[str] = [_HEAD % quoteattr(namespace), f"<ns1:{method}>"]
    for name, value in msgspec.to_builtins(parts, builtin_types=(Decimal, dt.date)).items():
        _write(told, name, value)
    told += [f"</ns1:{method}>", _TAIL]
    return "".join(told).encode("utf-8")


def read(body: bytes) -> bytes:
    """What the method returned, as JSON.

    Raises:
        UnusableError: ``answer-unreadable``: no SOAP 1.1 answer, or one that no provider sends.
        FaultError: it is a SOAP fault.
    """
    methods = list(_body(body))
    if len(methods) != 1:
        raise UnusableError("answer-unreadable")
    (method,) = methods
    if method.tag == _FAULT:
        raise _fault(method)
    told = _tree(method, 0)
    if isinstance(told, dict) and "id_resp" not in told and len(told) == 1:
        (told,) = told.values()  # one part that holds the others, as some servers have it
    if not isinstance(told, dict):
        raise UnusableError("answer-unreadable")
    return msgspec.json.encode(told)


def _write(told: list[str], name: str, value: object, kind: str = "") -> None:
    """``value`` as it travels; what ``msgspec`` gave us is a mapping, a list, something simple or ``None``."""
    if isinstance(value, Mapping):
        kind = kind or _struct(name, value)
        told.append(f'<{name} xsi:type="{kind}">' if kind else f"<{name}>")
        for member, held in value.items():
            _write(told, member, held)
        told.append(f"</{name}>")
    elif isinstance(value, list):
        item = _ITEMS.get(name, "SOAP-ENC:Struct")
        if value and not isinstance(value[0], Mapping):
            item = f"xsd:{_simple(value[0])}"
        told.append(f'<{name} SOAP-ENC:arrayType="{item}[{len(value)}]" xsi:type="SOAP-ENC:Array">')
        for held in value:
            _write(told, "item", held, item if item in _KNOWN_ITEMS else "")
        told.append(f"</{name}>")
    elif value is not None:
        written = str(value).lower() if isinstance(value, bool) else str(value)
        text = escape(written).replace("\r", "&#13;")  # which a parser would else make a line feed of
        told.append(f'<{name} xsi:type="xsd:{_simple(value)}">{text}</{name}>')


def _struct(name: str, value: Mapping[str, object]) -> str:
    if name == "credenciales":
        return "ns1:DatosCredencialesPago" if "token" in value else "ns1:DatosCredenciales"
    return f"ns1:{_STRUCTS[name]}" if name in _STRUCTS else ""


def _simple(value: object) -> str:
    if type(value) is int and abs(value) > _LARGEST_INT:
        return "long"
    return _SIMPLE[type(value)]


def _body(body: bytes) -> etree._Element:
    # What a document type declares (entities above all) is no part of SOAP (1.1, section 3), and a bomb.
    if b"<!DOCTYPE" in body or b"\0" in body or body.count(b"<") > 2 * MOST_ELEMENTS:
        raise UnusableError("answer-unreadable")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        envelope = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        # Not chained: the parser's words may quote what it read.
        raise UnusableError("answer-unreadable") from None
    found = envelope.find(_BODY)
    if envelope.getroottree().docinfo.internalDTD is not None or found is None:
        raise UnusableError("answer-unreadable")
    return found


def _fault(element: etree._Element) -> FaultError:
    code = (element.findtext("faultcode") or "").strip().rpartition(":")[2].partition(".")[0]
    return FaultError(element.findtext("faultstring") or code, ours=code in _OURS)


def _tree(element: etree._Element, depth: int) -> Tree:
    attributes = element.attrib
    is_array = bool(attributes) and _is_array(attributes)
    if depth > DEEPEST or (attributes and "href" in attributes):
        raise UnusableError("answer-unreadable")
    if attributes and attributes.get(_NIL) in ("true", "1"):
        return None
    text, children = element.text, list(element)
    if not children:
        return [] if is_array else text if text and not text.isspace() else None
    if (text and not text.isspace()) or any(child.tail and not child.tail.isspace() for child in children):
        raise UnusableError("answer-unreadable")
    names = [child.tag.rpartition("}")[2] for child in children]
    if is_array or all(name == "item" for name in names):
        return [_tree(child, depth + 1) for child in children]
    told: dict[str, Tree] = {}
    for name, child in zip(names, children, strict=True):
        value = _tree(child, depth + 1)
        told[name] = [told[name], value] if name in told else value
    return told


def _is_array(attributes: Mapping[str, str]) -> bool:
    return _ARRAY_TYPE in attributes or attributes.get(_TYPE, "").rpartition(":")[2] == "Array"
