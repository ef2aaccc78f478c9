"""What BIND says was paid is read in the spellings of its pages; a word that nobody knows is no payment."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emission.errors import NoticeError
from emission.payment import Happening, Notice, Sighting
from emission.providers.bind_answer import Deuda
from emission.providers.bind_paid import hear, sightings
from emission.providers.reading import UnusableError

STATES = {"2": "alive", "3": "paid", "4": "dead"}
# BIND's page on the webhook of QRs, with its sample's names.
NOTICE: dict[str, Any] = {
    "When": "2026-12-01T10:00:00-03:00",
    "Type": "PAGO",
    "Payload": {
        "TipoEvento": "PAGO",
        "IdentificadorOrigen": "77",
        "DestinoPrincipal": "",
        "IdMensaje": "3f0c0a4e-0000-5000-8000-000000000000",
        "MensajePago": {"IdentificadorProcesador": 41, "ImporteBruto": 10.5, "EstadoTransaccion": "ACREDITADO"},
    },
}


def said(*pagos: object, **changes: object) -> list[Sighting]:
    debt = {"id": 41, "codigoExterno": {"codigoDeuda": "A1"}, "montoTotal": 10.5, "estado": 3, "pagos": list(pagos)}
    decoded = msgspec.json.decode(json.dumps({**debt, **changes}), type=Deuda)
    return list(sightings(decoded, STATES))  # type: ignore[arg-type] # words of the configuration


@pytest.mark.parametrize(
    "pago",
    [
        {"importe": 10.5, "estado": "ACREDITADO", "fecha": "2026-12-01T10:00:00-03:00"},
        {"Importe": "10.50", "EstadoTransaccion": "ACEDITADA", "FechaNegocio": "2026-12-01"},
        {"ImporteBruto": 10.5, "fechaProceso": "2026-12-01 13:00:00"},
        {"monto": "10.5", "estado": "Acreditada", "fechaPago": "2026-12-01T00:00:00Z"},
        {"estado": "aprobada", "fecha": "2026-12-01"},
    ],
)
def test_a_payment_is_read_in_every_spelling(pago: dict[str, object]) -> None:
    (one,) = said(pago)
    assert (one.happening, one.amount, one.number, one.external_id) == (Happening.CREDITED, 1050, "41", "A1")
    assert (one.reference, one.paid_on) == ("41", dt.date(2026, 12, 1))


def test_a_debt_that_is_paid_as_its_state_says_is_paid_with_its_amount() -> None:
    (one,) = said()
    assert (one.happening, one.amount, one.paid_on) == (Happening.CREDITED, 1050, None)
    assert said(estado=2) == said(estado=4) == said(estado=99) == []


def test_what_was_refused_is_no_payment_and_what_was_given_back_is_a_return() -> None:
    assert said({"importe": 10.5, "estado": "RECHAZADA"}) == []
    came, went = said({"importe": 10.5, "id": 9}, {"importe": 10.5, "estado": "DEVUELTA", "id": 9})
    assert (came.happening, went.happening) == (Happening.CREDITED, Happening.RETURNED)
    assert came.reference == went.reference == "9"


def test_the_same_payment_has_the_same_name_when_another_is_listed_too() -> None:
    alone, (first, second) = said({"importe": 1}), said({"importe": 1}, {"importe": 2})
    assert alone == [first]
    assert second.reference == "41/2"


@pytest.mark.parametrize(
    ("pagos", "changes"),
    [
        ([{"importe": 10.5, "estado": "EN REVISION"}], {}),
        ([{"importe": "mucho"}], {}),
        ([{"importe": -1}], {}),
        ([{"importe": 0}], {}),
        ([{"importe": 1e30}], {}),
        ([{"importe": 10.505}], {}),
        ([{"importe": True}], {}),
        ([{"importe": [1]}], {}),
        ([{"importe": 1, "estado": ["ACREDITADO"]}], {}),
        ([{"importe": 1, "fecha": "ayer"}], {}),
        ([{"importe": 1, "id": "\x00"}], {}),
        ([{}], {"montoTotal": None}),
        ([{"importe": 1}], {"moneda": 2}),
        ([{}, {}], {}),
        ([7], {}),
    ],
)
def test_what_cannot_be_read_is_an_error_and_no_payment(pagos: list[object], changes: dict[str, object]) -> None:
    with pytest.raises(UnusableError):
        said(*pagos, **changes)


def test_every_name_in_a_notice_is_tried() -> None:
    heard = hear(Notice(json.dumps(NOTICE).encode()))
    assert (heard.how, heard.sightings) == ("", ())
    assert heard.operations == (("77", ""), ("", "77"), ("41", ""), ("", "41"))


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"Payload": 1}', b'{"Payload": {}}', b"[" * 90_000, b"a=1"])
def test_a_notice_without_a_name_is_none(body: bytes) -> None:
    with pytest.raises(NoticeError):
        hear(Notice(body))


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists)


@given(st.dictionaries(st.sampled_from(["importe", "estado", "fecha", "id", "monto", "x"]), JSON))
def test_nothing_in_a_payment_breaks_the_reader(pago: dict[str, object]) -> None:
    try:
        told = said(pago)
    except (UnusableError, msgspec.MsgspecError):
        return
    assert all(0 < one.amount < 10**15 for one in told)
