"""ePagos' SOAP: envelopes read and written by the WSDL's own tables, and by nothing of our client.

As the real one does, it tells codes with a zero in front (``02002``), a space in dates that are declared with a ``T``,
and no date as ``-0001-11-30 00:00:00`` (ePagos' Python SDK repairs them) once the fault ``odd-dates`` is armed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

import msgspec
from lxml import etree
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emission.sandbox.control import Fields
from emission.sandbox.epagos.operations import NO_DATE
from emission.sandbox.epagos.service import Service
from emission.sandbox.epagos.wsdl import ARRAYS, ENCODING, METHODS, NAMESPACE, TYPES, Members, document
from emission.sandbox.faults import Faults, Kind

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_SECTION_5 = "http://schemas.xmlsoap.org/soap/encoding/"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<SOAP-ENV:Envelope SOAP-ENV:encodingStyle="{_SECTION_5}" xmlns:SOAP-ENV="{SOAP}" xmlns:SOAP-ENC="{_SECTION_5}" '
    f'xmlns:xsi="{INSTANCE}" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:ns1="{NAMESPACE}">'
    "<SOAP-ENV:Body>%s</SOAP-ENV:Body></SOAP-ENV:Envelope>"
)
# How the text of a simple type becomes what REST would have; any other type is text.
_SIMPLE: dict[str, Callable[[str], object]] = {
    "xsd:int": int,
    "xsd:long": int,
    "xsd:decimal": msgspec.Raw,
    "xsd:boolean": {"true": True, "1": True, "false": False, "0": False}.__getitem__,
}
_ENCODER = msgspec.json.Encoder()


class EnvelopeError(Exception):
    """What came is none of the service's messages."""


class Soap:
    """The service under one address for every version of the WSDL: GET tells it, POST calls."""

    def __init__(self, service: Service, faults: Faults) -> None:
        self._service = service
        self._faults = faults

    def routes(self) -> list[Route]:
        return [
            Route("/wsdl/{version}/index.php", self.tell, methods=["GET"]),
            Route("/wsdl/{version}/encoding.xsd", _encoding, methods=["GET"]),
            Route("/wsdl/{version}/index.php", self._faults.around(self.call), methods=["POST"]),
        ]

    async def tell(self, request: Request) -> Response:
        """The WSDL, with the address that it was asked for at."""
        return Response(document(str(request.url.replace(query=""))), media_type="text/xml")

    async def call(self, request: Request) -> Response:
        """One method; what cannot be understood is a ``Client`` fault with HTTP 500."""
        try:
            method, body = read(await request.body())
        except EnvelopeError as error:
            fault = f"<faultcode>SOAP-ENV:Client</faultcode><faultstring>{escape(str(error))}</faultstring>"
            return _xml(f"<SOAP-ENV:Fault>{fault}</SOAP-ENV:Fault>", status=500)

        def told(fields: Fields) -> Response:
            odd = method == "obtener_pagos" and self._faults.take(Kind.ODD_DATES)
            return _xml(write(method, fields, odd_dates=odd))

        return await self._service.answer(method, body, told)


async def _encoding(_request: Request) -> Response:
    return Response(ENCODING, media_type="text/xml")


def read(envelope: bytes) -> tuple[str, bytes]:
    """The method that is called, and its parts as the body that REST would have sent.

    Raises:
        EnvelopeError: it is no envelope, or calls no method of the WSDL.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(envelope, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise EnvelopeError(str(error)) from error
    calls = root.findall(f"{{{SOAP}}}Body/*")
    name = etree.QName(calls[0]).localname if len(calls) == 1 else ""
    if name not in METHODS:
        raise EnvelopeError(f"Operation '{name}' is not defined in the WSDL for this service")
    taken, _ = METHODS[name]
    parts: dict[str, Any] = _structure(calls[0], taken)
    who = parts.pop("credenciales", None) or {}
    return name, _ENCODER.encode({**parts, **who})


def write(method: str, fields: Fields, *, odd_dates: bool = False) -> str:
    """The body of the answer, part by part."""
    _, told = METHODS[method]
    parts = {**fields, "id_resp": f"{fields['id_resp']:05}"}
    inside = "".join(_written(name, kind, parts.get(name), odd_dates) for name, kind in told.items())
    return f"<ns1:{method}Response>{inside}</ns1:{method}Response>"


def _structure(element: etree._Element, members: Members) -> dict[str, object]:
    """The members that the WSDL knows; others pass, as they do in REST."""
    given = {etree.QName(child).localname: child for child in element}
    return {name: _value(given[name], kind) for name, kind in members.items() if name in given}


def _value(element: etree._Element, kind: str) -> object:
    if element.get(f"{{{INSTANCE}}}nil") in ("true", "1"):
        return None
    if kind in ARRAYS:
        return [_value(item, ARRAYS[kind]) for item in element]
    if kind in TYPES:
        members = _structure(element, TYPES[kind])
        return {name: value for name, value in members.items() if value is not None}
    return _simple(element.text or "", kind)


def _simple(text: str, kind: str) -> object:
    if not text:
        return "" if kind == "xsd:string" else None
    try:
        return _SIMPLE.get(kind, str)(text)
    except (ValueError, LookupError):
        return text  # the contract says what is wrong with it


def _written(name: str, kind: str, value: object, odd_dates: bool) -> str:  # noqa: FBT001 - a fault, not a choice
    if kind in ARRAYS and isinstance(value, list):
        item = ARRAYS[kind]
        items = "".join(_written("item", item, held, odd_dates) for held in value)
        qualified = item if item.startswith("xsd:") else f"ns1:{item}"
        return f'<{name} SOAP-ENC:arrayType="{qualified}[{len(value)}]" xsi:type="ns1:{kind}">{items}</{name}>'
    if kind in TYPES and isinstance(value, Mapping):
        inside = "".join(_written(member, held, value.get(member), odd_dates) for member, held in TYPES[kind].items())
        return f'<{name} xsi:type="ns1:{kind}">{inside}</{name}>'
    if value is None or (value == NO_DATE and not odd_dates):
        return f'<{name} xsi:nil="true"/>'
    return f'<{name} xsi:type="{kind}">{escape(_text(value, kind, odd_dates=odd_dates))}</{name}>'


def _text(value: object, kind: str, *, odd_dates: bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if kind != "xsd:dateTime":
        return str(value)
    if odd_dates:
        return "-0001-11-30 00:00:00" if value == NO_DATE else str(value)
    return str(value).replace(" ", "T")


def _xml(inside: str, *, status: int = 200) -> Response:
    return Response(_ENVELOPE % inside, status_code=status, media_type="text/xml")
