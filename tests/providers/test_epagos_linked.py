"""One QR for several operations, from ePagos' SOAP: told, or a reason why not, and never a traceback."""

from __future__ import annotations

import base64
from typing import Any, cast

import pytest

from emission.providers.base import Created, Linked, Linking, Refusal
from emission.sandbox.epagos.linked import picture
from tests.providers.conftest import Stranger
from tests.providers.orders import ask, issue, orders

ADDRESS = "https://pagar.example/v/1"
PICTURE = base64.b64encode(picture(ADDRESS)).decode()


def linked(url: str, *numbers: str, label: str = "Cuota <1> & única") -> str | Refusal:
    wanted = [Linked(number, label) for number in numbers]
    return ask(url, lambda provider: cast("Linking", provider).link(wanted), transport="soap")


def answering(stranger: Stranger, answer: object) -> str:
    return stranger(lambda _method, path, _body: None if path == "/token" else answer)


def test_the_sandbox_links_what_it_made_and_does_so_once(sandbox: str) -> None:
    made = issue(sandbox, orders("LINK", 3), transport="soap")
    numbers = [one.operation.number for one in made if isinstance(one, Created)]
    told = linked(sandbox, *numbers)
    assert isinstance(told, str)
    assert told.startswith("https://pagos.sandbox.invalid/qr/v/")
    for wanted in (numbers, numbers[::-1], [numbers[0]] * 2, ["1"], []):
        refused = linked(sandbox, *wanted)
        assert isinstance(refused, Refusal)
        assert refused.code == "linked-qr-not-given"


def test_labels_are_one_short_line(stranger: Stranger) -> None:
    seen: list[Any] = []

    def told(_method: str, path: str, body: dict[str, Any]) -> object:
        if path == "/token":
            return None
        seen.extend(body["operaciones_qr"])
        return {"id_resp": 14001, "qr": PICTURE}

    assert linked(stranger(told), "41", label="x\ny" + "ñ" * 100) == ADDRESS
    assert seen == [{"id_transaccion": 41, "etiqueta": "x y" + "ñ" * 57}]


@pytest.mark.parametrize(
    "answer",
    [
        {"id_resp": 14001},
        {"id_resp": 14001, "qr": ""},
        {"id_resp": 14001, "qr": "!!!"},
        {"id_resp": 14001, "qr": PICTURE[: len(PICTURE) // 8 * 4]},
        {"id_resp": 14001, "qr": [PICTURE]},
        {"id_resp": 14001, "qr": base64.b64encode(b"GIF89a").decode()},
        {"id_resp": 14003, "respuesta": "La Operación: #41 no pertenece al organismo"},
        {"id_resp": "x"},
        b"<html>",
    ],
    ids=range(9),
)
def test_an_answer_without_a_qr_is_a_reason(stranger: Stranger, answer: object) -> None:
    told = linked(answering(stranger, answer), "41")
    assert isinstance(told, Refusal)
    assert told.code == "linked-qr-not-given"


def test_what_may_be_said_of_the_token_is_asked_again_with_another(stranger: Stranger) -> None:
    answers: list[object] = [{"id_resp": 14002}, {"id_resp": 14001, "qr": PICTURE}]
    url = stranger(lambda _method, path, _body: None if path == "/token" else answers.pop(0))
    assert linked(url, "41") == ADDRESS
    refused = linked(answering(stranger, {"id_resp": 14002, "respuesta": "Error al registrar"}), "41")
    assert refused == Refusal("linked-qr-not-given", "Error al registrar")
