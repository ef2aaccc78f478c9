"""What ePagos tells of money, over both transports: from its sandbox, and from strangers."""

from __future__ import annotations

import datetime as dt
import json
import urllib.request
from collections.abc import Iterator
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emission.errors import ProviderError
from emission.model import Role
from emission.payment import Charge, Happening, News, Settlement, Sighting
from emission.providers.base import Created, Provider, Querying
from tests.providers.conftest import Stranger
from tests.providers.orders import ask, issue, lookup, order
from tests.providers.orders import orders as many
from tests.run.hall import Sandbox

pytestmark = pytest.mark.usefixtures("transport")

FIRST, LAST = dt.date(2026, 12, 1), dt.date(2026, 12, 31)


@pytest.fixture
def town() -> Iterator[str]:
    with Sandbox(None) as sandbox:
        yield sandbox.url


def told(url: str, since: dt.date = FIRST, until: dt.date = LAST) -> list[News]:
    async def question(provider: Provider) -> list[News]:
        return [piece async for piece in cast("Querying", provider).news(since, until)]

    return ask(url, question)


def sightings(pieces: list[News], happening: Happening) -> list[Sighting]:
    return [one for piece in pieces for one in piece.sightings if one.happening is happening]


def numbers(url: str, count: int) -> list[str]:
    """So many operations; their numbers."""
    wanted = many("PAID", count)
    outcomes = [outcome for start in range(0, count, 50) for outcome in issue(url, wanted[start : start + 50])]
    return [outcome.operation.number for outcome in outcomes if isinstance(outcome, Created)]


def control(url: str, name: str, **body: object) -> None:
    request = urllib.request.Request(f"{url}/_sandbox/{name}", json.dumps(body).encode())
    urllib.request.urlopen(request, timeout=10).close()


def test_every_payment_is_told_once_however_many_pages(town: str) -> None:
    made = numbers(town, 130)
    for number in made[:120]:
        control(town, "pay", number=number, on="2026-12-09", form=5)
    credited = sightings(told(town), Happening.CREDITED)
    assert sorted(one.number for one in credited) == sorted(made[:120])
    by_number = {one.number: one for one in credited}
    one = by_number[made[7]]
    assert (one.external_id, one.amount, one.currency) == ("PAID007", 10_007, "ARS")
    assert (one.paid_on, one.on, one.means) == (dt.date(2026, 12, 9), dt.date(2026, 12, 9), "5")
    assert one.code == lookup(town, many("PAID", 8)[7])[0].text(Role.BARCODE)
    assert told(town, dt.date(2026, 12, 10)) == []


def test_money_that_came_twice_went_back_or_was_settled_is_told(town: str) -> None:
    paid, twice, returned, lost = numbers(town, 4)
    for number in (paid, twice, twice, returned, lost):
        control(town, "pay", number=number, on="2026-12-09")
    control(town, "return", number=returned, on="2026-12-12")
    control(town, "chargeback", number=lost, on="2026-12-13")
    assert not sightings(told(town), Happening.CHARGED_BACK)  # a dispute is no loss yet
    control(town, "chargeback", number=lost, state="FNF")
    control(town, "settle", on="2026-12-14")
    pieces = told(town)

    again = [one for one in sightings(pieces, Happening.CREDITED) if one.reference not in {"", one.number}]
    assert {(one.number, one.amount) for one in again} == {(twice, 10_001)}
    assert {(one.number, one.amount, one.settlement) for one in sightings(pieces, Happening.RETURNED)} == {
        (returned, 10_002, ""), (returned, 10_002, "1/1")
    }  # fmt: skip
    assert {(one.number, one.settlement) for one in sightings(pieces, Happening.CHARGED_BACK)} == {
        (lost, ""),
        (lost, "1/1"),
    }
    settled = set(sightings(pieces, Happening.SETTLED))
    assert {(one.number, one.occurrence) for one in settled} == {
        (paid, 1),
        (twice, 1),
        (twice, 2),
        (returned, 1),
        (lost, 1),
    }
    (summed,) = {one for piece in pieces for one in piece.settlements}
    gross = 10_000 + 2 * 10_001 + 10_002 + 10_003
    assert (summed.gross, summed.payments, summed.deposited_on) == (gross, 5, dt.date(2026, 12, 16))
    assert gross == sum(one.amount for one in settled)
    assert summed.deposited == gross - sum(charge.amount for charge in summed.charges)
    assert Charge("chargebacks", 20_005) in summed.charges


@pytest.mark.parametrize("by", ["number", "external_id", "both"])
def test_one_operation_may_be_asked_about(town: str, by: str) -> None:
    number, _ = numbers(town, 2)
    control(town, "pay", number=number, on="2026-12-09")
    named = {"number": (number, ""), "external_id": ("", "PAID000"), "both": (number, "PAID000")}[by]
    (one,) = ask(town, lambda provider: cast("Querying", provider).told_of(*named)).sightings
    assert (one.happening, one.number, one.amount) == (Happening.CREDITED, number, 10_000)
    unpaid = ask(town, lambda provider: cast("Querying", provider).told_of("", "PAID001"))
    assert unpaid == News()


COBRO = {
    "CodigoUnicoTransaccion": "00041", "Externa": "A", "Importe": "1234.5600", "Estado": "A",
    "FechaPago": "2026-12-09 23:59:59", "FechaAcreditacion": "-0001-11-30 00:00:00",
    "FechaNovedadAcreditacion": "2026-12-10T01:00:00", "FormaPago": [{"Identificador": 5, "CodigoBarras": "099"}],
}  # fmt: skip
SETTLEMENT = {
    "Numero": 7, "Monto": 100, "Monto_depositado": "98.79", "Monto_comision": 1, "Monto_IVA": "0.21",
    "Fecha_deposito": "0000-00-00", "Cantidad": "2",
    "Detalles": [{"Codigo_unico_transaccion": 41, "Monto": "50.00", "Numero_operacion": "A"}] * 2,
}  # fmt: skip


def strange(stranger: Stranger, **items: Any) -> list[News]:
    """What comes of answers with these items."""
    codes = {"/transaccion": 4001, "/rendicion": 5001, "/contracargo": 6001, "/pagoAdicional": 7001}

    def answering(_method: str, path: str, body: dict[str, Any]) -> object:
        if path == "/token":
            return None
        criteria = {name for one in body.values() if isinstance(one, dict) for name in one}
        dated = criteria & {"FechaNovedadAcreditacionDesde", "Fecha_desde"}
        returns = "Estado" in body.get("pago", {})
        return {"id_resp": codes[path], **(items if dated and not returns else {})}

    return told(stranger(answering), LAST, LAST)


def test_odd_spellings_are_read_exactly(stranger: Stranger) -> None:
    (one,) = sightings(strange(stranger, pago=[COBRO]), Happening.CREDITED)
    assert (one.number, one.amount, one.code) == ("41", 123_456, "099")
    assert (one.paid_on, one.on) == (dt.date(2026, 12, 9), dt.date(2026, 12, 10))
    pieces = strange(stranger, rendicion=[SETTLEMENT])
    assert [one.occurrence for one in sightings(pieces, Happening.SETTLED)] == [1, 2]
    assert pieces[0].settlements == (
        Settlement("7", "ARS", 10_000, 9_879, (Charge("commission", 100), Charge("vat", 21)), 2, None),
    )


@pytest.mark.parametrize(
    "items",
    [
        {"pago": [{**COBRO, "Importe": None}]},
        {"pago": [{**COBRO, "Importe": "-1"}]},
        {"pago": [{**COBRO, "Importe": "1.005"}]},
        {"pago": [{**COBRO, "Importe": ["1"]}]},
        {"pago": [{**COBRO, "CodigoUnicoTransaccion": "x"}]},
        {"pago": [{**COBRO, "FechaAcreditacion": "mañana"}]},
        {"pago": [COBRO], "cantidadTotal": "many"},
        {"pago": {"a": 1}},
        {"pago": ["A"]},
        {"rendicion": [{**SETTLEMENT, "Monto": "cien"}]},
        {"rendicion": [{**SETTLEMENT, "Detalles": [{"Monto": 1}]}]},
        {"contracargos": [{"Numero": 1, "Estado": "FNF"}]},
        {"pagos_adicionales": [{"CodigoUnicoTransaccion": 1, "Monto": 1}]},
        {"id_resp": 4003},
    ],
)
def test_what_cannot_be_read_is_said_and_not_guessed(stranger: Stranger, items: dict[str, Any]) -> None:
    with pytest.raises(ProviderError) as caught:
        strange(stranger, **items)
    assert caught.value.code in {"query-failed", "query-refused"}


def test_a_range_that_is_too_long_is_asked_by_halves(stranger: Stranger) -> None:
    asked: list[int] = []

    def answering(_method: str, path: str, body: dict[str, Any]) -> object:
        if path == "/token":
            return None
        if path != "/pagoAdicional":
            return {"id_resp": {"/transaccion": 4001, "/rendicion": 5001, "/contracargo": 6001}[path]}
        first, last = (dt.date.fromisoformat(body["pagos"][f"Fecha_{end}"]) for end in ("desde", "hasta"))
        days = (last - first).days + 1
        asked.append(days)
        if days > 4:
            return {"id_resp": 7004}
        item = {"CodigoUnicoTransaccion": 1, "IdPago": first.toordinal(), "Monto": days, "FechaPago": str(first)}
        return {"id_resp": 7001, "pagos_adicionales": [item]}

    pieces = told(stranger(answering))
    assert sum(one.amount for piece in pieces for one in piece.sightings) == 100 * 31  # every day once
    assert max(asked) == 15


def test_fewer_payments_than_were_announced_are_not_all(stranger: Stranger) -> None:
    with pytest.raises(ProviderError) as caught:
        strange(stranger, pago=[], cantidadTotal=1)
    assert caught.value.code == "query-short"


ODD: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just([]) | st.just({})
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_mutated_payment_is_read_exactly_or_refused(stranger: Stranger, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(COBRO)))
    value = data.draw(ODD)
    try:
        pieces = strange(stranger, pago=[{**COBRO, name: value}])
    except ProviderError:
        return
    for one in sightings(pieces, Happening.CREDITED):
        assert one.amount == 123_456 or name == "Importe"
        assert one.number == "41" or name == "CodigoUnicoTransaccion"


def test_our_own_orders_are_found_by_what_is_told(town: str) -> None:
    (created,) = issue(town, [order("FOUND", second=133_456)])
    assert isinstance(created, Created)
    control(town, "pay", number=created.operation.number, on="2026-12-15", amount=133_456)
    (one,) = sightings(told(town), Happening.CREDITED)
    assert (one.external_id, one.amount) == ("FOUND", 133_456)
