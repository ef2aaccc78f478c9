"""The sandbox's own controls: what went wrong on demand, who paid, and a fresh start."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import msgspec
import pytest

from emission.sandbox.child import Sandbox
from tests.sandbox.caller import Caller, wanted


@pytest.fixture
def http(tmp_path: Path) -> Iterator[httpx.Client]:
    with Sandbox(tmp_path / "sandbox.db") as child, httpx.Client(base_url=child.url, trust_env=False) as client:
        yield client


@pytest.fixture
def caller(http: httpx.Client) -> Caller:
    return Caller(http)


def arm(http: httpx.Client, **arming: object) -> None:
    http.post("/_sandbox/faults", json=arming).raise_for_status()


def test_each_so_manieth_call_is_hit_so_many_times(http: httpx.Client, caller: Caller) -> None:
    arm(http, fault="error-after-commit", times=2, every=3)
    statuses = [
        http.put("/transaccion", json={**caller.signed, **wanted(f"EVERY-{number}")}).status_code for number in range(9)
    ]
    assert statuses == [200, 200, 500, 200, 200, 500, 200, 200, 200]


def test_faults_do_not_share_their_seconds(http: httpx.Client, caller: Caller) -> None:
    arm(http, fault="late", seconds=600)
    arm(http, fault="slow", seconds=0)
    with pytest.raises(httpx.RemoteProtocolError):
        caller.single(wanted("MUCH-LATER"))
    assert caller.single(wanted("AT-ONCE"))["id_resp"] == 2002
    assert [one["external_id"] for one in caller.listed()["operations"]] == ["AT-ONCE"]


def test_disarmed_everything_goes_well(http: httpx.Client, caller: Caller) -> None:
    arm(http, fault="down", times=99)
    http.delete("/_sandbox/faults").raise_for_status()
    assert caller.single(wanted("WELL"))["id_resp"] == 2002


def test_an_unknown_fault_is_refused(http: httpx.Client) -> None:
    assert http.post("/_sandbox/faults", json={"fault": "earthquake"}).status_code == 400


def test_a_body_is_cut_in_the_middle(http: httpx.Client, caller: Caller) -> None:
    arm(http, fault="cut-body")
    pieces: list[bytes] = []
    call = http.stream("PUT", "/transaccion", json={**caller.signed, **wanted("CUT")})
    with call as answer, pytest.raises(httpx.RemoteProtocolError):
        pieces.extend(answer.iter_bytes())
    received = b"".join(pieces)
    assert received.startswith(b'{"id_resp"')
    assert not received.endswith(b"}")
    assert caller.listed()["count"] == 1


def test_a_provider_may_create_everything_twice(http: httpx.Client, caller: Caller) -> None:
    arm(http, fault="twice")
    caller.lote(wanted("A"), wanted("B"))
    assert [len(caller.held(name)) for name in ("A", "B")] == [2, 2]
    assert len({one["number"] for one in caller.listed()["operations"]}) == 4


def test_one_wrong_item_and_nothing_of_the_lote_is_created(caller: Caller) -> None:
    answer = caller.lote(wanted("GOOD-1"), wanted("BAD", monto_operacion=-1), wanted("GOOD-2"))
    assert answer["id_resp"] != 8001
    assert caller.listed()["count"] == 0


def test_payments_and_cancellations_show_in_a_look_up(http: httpx.Client, caller: Caller) -> None:
    for name in ("PAID", "CANCELLED", "PENDING"):
        caller.single(wanted(name))
    numbers = {one["external_id"]: one["number"] for one in caller.listed()["operations"]}
    http.post("/_sandbox/pay", json={"number": numbers["PAID"]}).raise_for_status()
    http.post("/_sandbox/cancel", json={"number": numbers["CANCELLED"]}).raise_for_status()
    assert [caller.held(name)[0]["Estado"] for name in ("PAID", "CANCELLED", "PENDING")] == ["A", "C", "P"]
    assert caller.held("PAID")[0]["FechaPago"] == "2027-05-20 10:00:00"
    assert http.post("/_sandbox/pay", json={"number": "1"}).status_code == 404
    assert http.post("/_sandbox/pay", json={"number": "one"}).status_code == 400


def test_everything_can_be_forgotten(http: httpx.Client, caller: Caller) -> None:
    caller.single(wanted("FORGOTTEN"))
    http.delete("/_sandbox/operations").raise_for_status()
    assert caller.listed()["count"] == 0
    assert caller.held("FORGOTTEN") == []


def test_the_memory_of_an_older_sandbox_opens(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    older = ("OLD", 10**13, 31047, 34, 10050, "2027-05-20", 0, "", "99", "qr")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE operation (sequence INTEGER PRIMARY KEY, external_id TEXT NOT NULL,"
            " repetition INTEGER NOT NULL, number INTEGER NOT NULL, kept BLOB NOT NULL)"
        )
        packed = msgspec.msgpack.encode(older)
        connection.execute("INSERT INTO operation VALUES (1, ?, 0, ?, ?)", ("OLD", 10**13, packed))
        connection.commit()
    with Sandbox(path) as child, httpx.Client(base_url=child.url, trust_env=False) as client:
        (found,) = Caller(client).listed()["operations"]
    assert (found["external_id"], found["state"]) == ("OLD", "P")


def test_half_of_a_lote_is_created_and_answered_as_if_that_were_all(http: httpx.Client, caller: Caller) -> None:
    arm(http, fault="partial")
    answer = caller.lote(wanted("A"), wanted("B"), wanted("C"))
    assert answer["id_resp"] == 8001
    assert [item["numero_operacion"] for item in answer["lote"]] == ["A"]
    assert caller.listed()["count"] == 1


def test_who_calls_too_often_is_told_when_to_come_again(http: httpx.Client, caller: Caller) -> None:
    arm(http, fault="throttle", seconds=2)
    refused = http.put("/transaccion", json={**caller.signed, **wanted("TOO-OFTEN")})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")
    assert caller.listed()["count"] == 0


def test_tokens_expire_in_the_middle(http: httpx.Client, caller: Caller) -> None:
    arm(http, fault="expire-token", after=1)
    assert caller.single(wanted("BEFORE"))["id_resp"] == 2002
    assert caller.single(wanted("AFTER"))["id_resp"] == 2003
    assert Caller(http).single(wanted("AFTER"))["id_resp"] == 2002


def test_malformed_and_unanswered_calls_are_done_all_the_same(http: httpx.Client, caller: Caller) -> None:
    arm(http, fault="malformed")
    with pytest.raises(ValueError, match="Expecting"):
        caller.single(wanted("MALFORMED"))
    arm(http, fault="timeout", seconds=0)
    with pytest.raises(httpx.RemoteProtocolError):
        caller.single(wanted("UNANSWERED"))
    assert caller.listed()["count"] == 2


def test_a_payment_is_noticed_in_the_very_words_that_are_answered(http: httpx.Client, caller: Caller) -> None:
    caller.single(wanted("PAID-IN-PART"))
    heard: queue.Queue[bytes] = queue.Queue()

    class Town(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Town) as town:
        threading.Thread(target=town.handle_request, daemon=True).start()
        http.post("/_sandbox/notices", json={"url": f"http://127.0.0.1:{town.server_port}/"}).raise_for_status()
        answer = http.post("/_sandbox/pay/PAID-IN-PART", json={"amount": "50.25"}).raise_for_status().json()
        posted = dict(parse_qsl(heard.get(timeout=10).decode()))
    assert posted == {name: str(value) for name, value in answer["notice"].items()}
    assert (posted["numero_operacion"], posted["monto_pagado"], posted["tipo"]) == ("PAID-IN-PART", "50.25", "P")
    (found,) = caller.held("PAID-IN-PART")
    assert (found["Estado"], found["Importe"], found["FormaPago"][0]["Importe"]) == ("A", 50.25, 50.25)


def test_a_payment_that_cannot_be_is_refused(http: httpx.Client, caller: Caller) -> None:
    caller.single(wanted("ONE"))
    assert http.post("/_sandbox/pay/OTHER").status_code == 404
    for body in ({"state": "paid"}, {"amount": "-1"}, {"amount": "x"}, {"amount": "1.005"}):
        assert http.post("/_sandbox/pay/ONE", json=body).status_code == 400
    assert caller.held("ONE")[0]["Estado"] == "P"
    assert http.post("/_sandbox/pay/ONE").json()["notice"]["monto_pagado"] == "100.50"
