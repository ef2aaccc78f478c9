"""SOAP envelopes as they are written, and as they come back from servers of every humour."""

from __future__ import annotations

import contextlib
import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from emission.provider_settings import Provider
from emission.providers.epagos import envelope
from emission.providers.epagos.request import pedido
from emission.providers.epagos.wire import FaultError
from emission.providers.reading import UnusableError
from tests.providers import soap
from tests.providers.orders import order

NAMESPACE = "https://sandbox.epagos.net/"


def written(**parts: Any) -> etree._Element:
    (method,) = etree.fromstring(envelope.write("metodo", NAMESPACE, parts)).find(f"{{{soap.SOAP}}}Body")
    return method


def told(inside: str) -> Any:
    """What is read of a method's answer."""
    return json.loads(envelope.read(soap.answered("metodo", {}).replace(b"></ns1:", f">{inside}</ns1:".encode())))


def kind(element: etree._Element) -> str:
    found: str = element.get(f"{{{soap.INSTANCE}}}type", "")
    return found


def test_parts_stand_in_their_order_under_the_methods_own_namespace() -> None:
    method = written(version="2.0", credenciales={"id_organismo": 1, "token": "t"}, pago={})
    assert method.tag == f"{{{NAMESPACE}}}metodo"
    assert [child.tag for child in method] == ["version", "credenciales", "pago"]
    assert [kind(child) for child in method] == ["xsd:string", "ns1:DatosCredencialesPago", "ns1:DatosPago"]


def test_arrays_say_what_they_hold_and_how_many() -> None:
    orders = [pedido(order(name), Provider()) for name in ("A", "B")]
    (lote,) = written(lote=orders)
    assert lote.get(f"{{{soap.ENCODING}}}arrayType") == "ns1:TipoLote[2]"
    assert [(child.tag, kind(child)) for child in lote] == [("item", "ns1:TipoLote")] * 2
    (fp,) = lote[0].findall("fp")
    assert fp.get(f"{{{soap.ENCODING}}}arrayType") == "ns1:DatosFormaPago[1]"
    (numbers,) = written(fp=[4, 34])
    assert numbers.get(f"{{{soap.ENCODING}}}arrayType") == "xsd:int[2]"


def test_an_order_arrives_over_soap_as_over_rest() -> None:
    wanted = pedido(order("A", 10**10 - 1, second=10**10), Provider())
    rest = json.loads(json.dumps(msgspec.to_builtins(wanted, builtin_types=(Decimal,)), default=float))
    _, parts = soap.asked(
        envelope.write("solicitud_pago_lote", NAMESPACE, {"credenciales": {"token": ""}, "lote": [wanted]})
    )
    assert parts["lote"] == [rest]


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1))
def test_any_printable_text_travels_unchanged(text: str) -> None:
    (part,) = written(respuesta=text)
    assert part.text == text


def test_amounts_are_exact_and_flags_are_xsds() -> None:
    amount, large, flag = written(monto=Decimal("1234.50"), numero=30_999_999_995, opc=False)
    assert (amount.text, kind(amount)) == ("1234.50", "xsd:decimal")
    assert (large.text, kind(large)) == ("30999999995", "xsd:long")
    assert (flag.text, kind(flag)) == ("false", "xsd:boolean")


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<id_resp>02002</id_resp>", {"id_resp": "02002"}),
        ("<return><id_resp>1</id_resp></return>", {"id_resp": "1"}),
        ("<id_resp>1</id_resp><fp/>", {"id_resp": "1", "fp": None}),
        ("<id_resp>1</id_resp><fp> \n </fp>", {"id_resp": "1", "fp": None}),
        ('<id_resp>1</id_resp><fp i:nil="1">x</fp>', {"id_resp": "1", "fp": None}),
        ('<id_resp>1</id_resp><fp i:type="c:Array"/>', {"id_resp": "1", "fp": []}),
        ('<id_resp>1</id_resp><fp c:arrayType="x[0]"/>', {"id_resp": "1", "fp": []}),
        ("<id_resp>1</id_resp><fp>\n<item>a</item>\n<item>b</item>\n</fp>", {"id_resp": "1", "fp": ["a", "b"]}),
        ("<id_resp>1</id_resp><t>a<![CDATA[<&]]>b</t>", {"id_resp": "1", "t": "a<&b"}),
        ("<id_resp>1</id_resp><!-- c --><?p i?><t>0<!-- c -->7</t>", {"id_resp": "1", "t": "07"}),
        ("<id_resp>1</id_resp><t>1</t><t>2</t>", {"id_resp": "1", "t": ["1", "2"]}),
        ("<id_resp>1</id_resp><fp><item/></fp><fp><item/></fp>", {"id_resp": "1", "fp": [[None], [None]]}),
    ],
)
def test_an_answer_becomes_what_rest_would_have_sent(inside: str, expected: object) -> None:
    assert told(inside) == expected


def test_other_encodings_are_read() -> None:
    body = soap.answered("m", {"id_resp": 1, "respuesta": "Operación"}).decode()
    head = '<?xml version="1.0" encoding="ISO-8859-1"?>'
    assert json.loads(envelope.read(body.replace('<?xml version="1.0"?>', head).encode("latin-1")))["respuesta"] == (
        "Operación"
    )


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
SOUND = soap.answered("m", {"id_resp": 2002, "fp": [{"codigo_barras_fp": "99"}]})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xef\xbb\xbf",
        b"<html><body>ok</body></html>",
        b'{"id_resp": 2002}',
        SOUND[:-1],
        SOUND.replace(b"99", b"&undefined;"),
        SOUND.replace(b"?>", f"?>{BOMB}".encode(), 1).replace(b"99", b"&b;"),
        SOUND.replace(b"?>", b'?><!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">', 1),
        SOUND.replace(b"99", b"<x>9</x>9"),
        SOUND.replace(b"<codigo_barras_fp>", b'<codigo_barras_fp href="#1">'),
        SOUND.replace(b"</e:Body>", b"<multiRef>99</multiRef></e:Body>"),
        SOUND.replace(b"e:Body", b"e:Header"),
        SOUND.replace(b"99", b"9\x009"),
        SOUND.replace(b"99", b"9\xff9"),
        SOUND.replace(b"99", b"<a>" * 100 + b"</a>" * 100),
        SOUND.replace(b"99", b"<a>" * 5000 + b"</a>" * 5000),
        SOUND.replace(b"99", b"<a/>" * 1_100_000),
        SOUND.decode().encode("utf-16"),
        soap.answered("m", {}),
        soap.answered("m", {"id_resp": {"x": {"y": 1}}}).replace(b"id_resp", b"item"),
    ],
    ids=range(20),
)
def test_what_is_no_answer_is_unreadable_and_nothing_else(body: bytes) -> None:
    with pytest.raises(UnusableError):
        envelope.read(body)


@pytest.mark.parametrize(
    ("code", "ours"),
    [
        ("Client", True),
        ("Client.Authentication", True),
        ("VersionMismatch", True),
        ("MustUnderstand", True),
        ("Server", False),
        ("WSDL", False),
        ("", False),
    ],
)
def test_a_fault_says_whose_it_is(code: str, ours: bool) -> None:  # noqa: FBT001 - what the test is about
    with pytest.raises(FaultError) as caught:
        envelope.read(soap.answered("m", "no me gusta", code=code or " "))
    assert (caught.value.ours, caught.value.words) == (ours, "no me gusta")


@settings(max_examples=200)
@given(st.data())
def test_a_mutated_answer_is_read_or_refused(data: st.DataObject) -> None:
    body = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body)))
        body[at : at + data.draw(st.integers(0, 12))] = data.draw(st.binary(max_size=6))
    with contextlib.suppress(UnusableError, FaultError):
        assert isinstance(json.loads(envelope.read(bytes(body))), dict)
