"""What only SOAP has: faults of the server's machinery, its own address, namespace and SOAPAction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from starlette.responses import Response

from emission.errors import ProviderError
from emission.providers.base import Outcome, Unknown
from emission.providers.epagos.access import endpoint
from emission.wording import explain
from tests.providers import soap
from tests.providers.conftest import Stranger
from tests.providers.orders import ask, issue, order
from tests.providers.test_http import Bare

NO = "Contraseña sandbox incorrecta"


def faulted(stranger: Stranger, code: str, *, status: int = 500, at: str = "/transaccionLote") -> Sequence[Outcome]:
    body = soap.answered("", NO, code=code)
    url = stranger(lambda _method, path, _body: Response(body, status) if path == at else None)
    return issue(url, [order("A"), order("B")], transport="soap")


@pytest.mark.parametrize("status", [200, 500])
def test_a_fault_of_the_server_leaves_every_order_unknown(stranger: Stranger, status: int) -> None:
    assert faulted(stranger, "Server", status=status) == [Unknown("answer-soap-fault")] * 2


@pytest.mark.parametrize("status", [200, 400, 500])
def test_a_message_that_was_not_understood_created_nothing(stranger: Stranger, status: int) -> None:
    with pytest.raises(ProviderError) as caught:
        faulted(stranger, "Client", status=status)
    assert caught.value.code == "provider-soap-refused"
    assert "Contraseña *** incorrecta" in explain("es", caught.value)


def test_a_fault_instead_of_a_token_stops_before_anything_was_asked(stranger: Stranger) -> None:
    with pytest.raises(ProviderError) as caught:
        faulted(stranger, "Server", at="/token")
    assert caught.value.code == "provider-token-unanswered"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://api.epagos.net/wsdl/2.1/index.php?wsdl", ("https://api.epagos.net", "/wsdl/2.1/index.php")),
        ("https://api.epagos.net/a.php", ("https://api.epagos.net", "/a.php")),
        ("https://api.epagos.net", ("https://api.epagos.net", "/wsdl/2.5/index.php")),
        ("http://127.0.0.1:8700/epagos", ("http://127.0.0.1:8700/epagos", "/wsdl/2.5/index.php")),
    ],
)
def test_an_address_may_be_the_host_the_endpoint_or_the_wsdl(address: str, expected: tuple[str, str]) -> None:
    assert endpoint(address) == expected


@pytest.mark.parametrize(
    ("own", "namespace", "action"),
    [
        ({}, "https://sandbox.epagos.net/", "https://sandbox.epagos.net/obtener_token"),
        ({"soap_namespace": "urn:otro"}, "urn:otro", "urn:otro/obtener_token"),
        ({"soap_action": "urn:x#"}, "https://sandbox.epagos.net/", "urn:x#obtener_token"),
    ],
)
def test_namespace_and_action_are_the_configured_ones(own: dict[str, str], namespace: str, action: str) -> None:
    async def conversation() -> bytes:
        bare = Bare(b"HTTP/1.1 503 no\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        async with bare.serving() as url:
            with pytest.raises(ProviderError):
                await asyncio.to_thread(
                    ask, url, lambda provider: provider.issue([order("A")]), transport="soap", epagos=own
                )
        return bare.received

    received = asyncio.run(conversation())
    assert received.startswith(b"POST /v1.0/wsdl/2.5/index.php HTTP/1.1\r\n")
    assert f'SOAPAction: "{action}"'.lower().encode() in received.lower()
    assert b"content-type: text/xml; charset=utf-8\r\n" in received.lower()
    assert f'xmlns:ns1="{namespace}"'.encode() in received
