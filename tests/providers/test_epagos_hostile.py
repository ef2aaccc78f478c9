"""Answers that were made to harm, over both transports: what is printed is what was asked, or nothing is."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.responses import Response

from emission.errors import ProviderError
from emission.model import Role
from emission.providers.base import Created
from tests.providers import soap
from tests.providers.conftest import Stranger
from tests.providers.orders import issue, lookup, order

RIGHT = {"convenio": "31047", "importe_fp": "1234.56", "fechavenc_fp": "2026-12-10"}
ODD: dict[str, list[Any]] = {
    "id_transaccion": ["042", "-1", "", None, ["41"]],
    "numero_operacion": ["A", "B", "C", "a", "", None, ["A"]],
    "convenio": ["31047", "31048", "", None],
    "codigo_barras_fp": ["1001", None, ["1001"], {"a": "1"}],
    "importe_fp": ["1234.560", "1234.57", "0", "-1234.56", "1e3", "uno", None],
    "fechavenc_fp": ["2026-12-10 00:00:00", "-0001-11-30", "2026-12-11", "x", None],
    "respuesta_forma_pago_array": [[], None, {}, ["x"], [None]],
}
OF_FORM = ("codigo_barras_fp", "importe_fp", "fechavenc_fp")
CHANGE = st.sampled_from(sorted(ODD)).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(ODD[name])))


def item(name: str, number: str, changes: list[tuple[str, Any]]) -> dict[str, Any]:
    """A sound item with what was done to it."""
    form = {"codigo_barras_fp": f"99{number}", "importe_fp": "1234.56", "fechavenc_fp": "2026-12-10"}
    form |= {key: value for key, value in changes if key in OF_FORM}
    sound = {"id_transaccion": number, "numero_operacion": name, "convenio": "31047"}
    return {**sound, "respuesta_forma_pago_array": [form], **{k: v for k, v in changes if k not in OF_FORM}}


ITEMS = st.builds(item, st.sampled_from("AB"), st.sampled_from(["41", "42"]), st.lists(CHANGE, max_size=2))
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.mark.parametrize("over", ["rest", "soap"])
@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
@given(items=st.lists(ITEMS | st.none() | st.just("x"), max_size=4))
def test_a_created_operation_is_the_only_item_of_its_order_and_agrees_with_it(
    stranger: Stranger, over: str, items: list[Any]
) -> None:
    answer = {"id_resp": "08001", "lote": items}
    url = stranger(lambda _method, path, _body: None if path == "/token" else answer)
    wanted = [order("A"), order("B")]
    outcomes = issue(url, wanted, transport=over, codes={"qr": "optional"}, concurrency=1)
    for one, outcome in zip(wanted, outcomes, strict=True):
        if not isinstance(outcome, Created):
            continue
        (mine,) = (item for item in items if isinstance(item, dict) and item.get("numero_operacion") == one.external_id)
        form = (mine["respuesta_forma_pago_array"] or [{}])[0]
        for name, right in RIGHT.items():
            told = (mine if name == "convenio" else form).get(name) or right
            assert told.startswith((right, "-0001"))
        assert outcome.operation.number == str(int(mine["id_transaccion"]))
        assert outcome.operation.text(Role.BARCODE) == (form.get("codigo_barras_fp") or "")


SOUND = soap.answered(
    "solicitud_pago_lote",
    {
        "id_resp": "08001",
        "lote": [
            {
                "id_transaccion": number,
                "numero_operacion": name,
                "respuesta_forma_pago_array": [{"codigo_barras_fp": f"99{number}", "importe_fp": "1234.56"}],
            }
            for number, name in ((41, "A"), (42, "B"))
        ],
    },
)
CUTS = st.lists(st.tuples(st.integers(0, len(SOUND)), st.integers(0, 40), st.binary(max_size=8)), max_size=3)


@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(cuts=CUTS, status=st.sampled_from([200, 200, 200, 400, 500]))
def test_an_envelope_that_was_cut_and_patched_gives_no_order_anothers_barcode(
    stranger: Stranger, cuts: list[tuple[int, int, bytes]], status: int
) -> None:
    body = bytearray(SOUND)
    for at, length, patch in cuts:
        body[at : at + length] = patch
    url = stranger(lambda _method, path, _body: None if path == "/token" else Response(bytes(body), status))
    with contextlib.suppress(ProviderError):
        outcomes = issue(url, [order("A"), order("B")], transport="soap", codes={"qr": "optional"}, concurrency=1)
        for outcome, other in zip(outcomes, ("9942", "9941"), strict=True):
            assert not (isinstance(outcome, Created) and outcome.operation.text(Role.BARCODE) == other)


@pytest.mark.parametrize("over", ["rest", "soap"])
@settings(max_examples=25, deadline=None, suppress_health_check=QUIET)
@given(
    changes=st.dictionaries(
        st.sampled_from(["CodigoUnicoTransaccion", "Externa", "Convenio", "Importe", "Estado", "FormaPago"]),
        st.sampled_from(["1", "A", "B", "31047", "1234.56", "C", "P", "", None, [], ["A"], {"a": None}]),
        max_size=3,
    )
)
def test_a_lookup_gives_what_agrees_or_an_error(stranger: Stranger, over: str, changes: dict[str, Any]) -> None:
    sound = {"CodigoUnicoTransaccion": "41", "Externa": "A", "Convenio": "31047", "Importe": "1234.56", "Estado": "P"}
    pago = sound | changes
    answer = {"id_resp": "04001", "cantidadTotal": "1", "pago": [pago]}
    url = stranger(lambda _method, path, _body: None if path == "/token" else answer)
    with contextlib.suppress(ProviderError):
        for found in lookup(url, order("A"), transport=over, concurrency=1):
            assert found.number == str(int(pago["CodigoUnicoTransaccion"]))
            assert (pago["Convenio"] or "31047", pago["Importe"] or "1234.56") == ("31047", "1234.56")
            assert (pago["Estado"] or "P") not in {"C", "R", "V", "D"}
            assert (pago["Externa"] or "A") == "A"
