"""The client against the sandbox, over a real socket: what works, and what goes wrong in between."""

from __future__ import annotations

import socket
import urllib.request
from collections import Counter
from collections.abc import Sequence

import httpx
import pytest

from emission.codes import emv
from emission.errors import DisagreementError, ProviderError, UsageError
from emission.model import DueDate, Role
from emission.providers.base import Created, OperationState, Outcome, Provider, Refusal, Unknown
from emission.wording import explain
from tests.providers.conftest import Arm
from tests.providers.orders import FIRST, SECOND, ask, issue, lookup, order, orders


@pytest.fixture(autouse=True)
def fresh(sandbox: str, transport: str) -> None:
    """Each test over each transport begins where nothing was ever created."""
    urllib.request.urlopen(
        urllib.request.Request(f"{sandbox}/_sandbox/operations", method="DELETE"), timeout=10
    ).close()


PASSWORD, HASH = "c0ntraseña-secreta", "ha5h-secreto"
ENVIRON = {
    "EPAGOS_ID_ORGANISMO": "1", "EPAGOS_ID_USUARIO": "1", "EPAGOS_PASSWORD": PASSWORD, "EPAGOS_HASH": HASH,
}  # fmt: skip


def created_ever(url: str, prefix: str) -> Counter[str]:
    listing = httpx.get(f"{url}/_sandbox/operations", trust_env=False).json()
    names = [one["external_id"] for one in listing["operations"] if one["external_id"].startswith(prefix)]
    return Counter(names)


def kinds(outcomes: Sequence[Outcome]) -> list[type]:
    return [type(outcome) for outcome in outcomes]


def operation_of(outcome: Outcome) -> Created:
    assert isinstance(outcome, Created), outcome
    return outcome


def test_a_lote_gives_each_order_its_own_codes(sandbox: str) -> None:
    wanted = orders("LOTE", 50)
    outcomes = [operation_of(outcome) for outcome in issue(sandbox, wanted)]
    assert [outcome.operation.external_id for outcome in outcomes] == [one.external_id for one in wanted]
    assert not any(outcome.warnings for outcome in outcomes)
    for one, outcome in zip(wanted, outcomes, strict=True):
        fields = dict(emv.parse(outcome.operation.text(Role.QR)))
        assert (fields["58"], fields["53"]) == ("AR", "032")
        assert fields["54"] == f"{one.obligation.amount / 100:.2f}"
    for role in (Role.BARCODE, Role.PAYMENT_CODE, Role.LINK_CODE, Role.PMC_CODE, Role.PAYMENT_URL):
        assert len({outcome.operation.text(role) for outcome in outcomes}) == 50


def test_single_calls_give_the_same_codes_as_a_lote(sandbox: str) -> None:
    (alone,) = issue(sandbox, [order("ALONE", second=133456)], batch_size=1)
    operation = operation_of(alone).operation
    (held,) = lookup(sandbox, order("ALONE", second=133456), batch_size=1)
    assert held.number == operation.number
    assert held.text(Role.BARCODE) == operation.text(Role.BARCODE)
    assert emv.classify(operation.text(Role.QR)) == "emv"


@pytest.mark.parametrize(("source", "kind"), [("auto", "emv"), ("t30", "emv"), ("url", "url")])
def test_the_qr_is_the_configured_one(sandbox: str, source: str, kind: str) -> None:
    (outcome,) = issue(sandbox, [order(f"SOURCE{source}")], codes={"qr_source": source})
    assert emv.classify(operation_of(outcome).operation.text(Role.QR)) == kind


def test_hostile_ids_and_names_travel(sandbox: str) -> None:
    wanted = order("HOSTILE", obligation_id="../../x\r\n=cmd()\x00\u202e" + "ñ" * 200)
    (outcome,) = issue(sandbox, [wanted])
    assert operation_of(outcome).operation.external_id == "HOSTILE"


def test_what_epagos_cannot_carry_is_refused_without_a_call(sandbox: str) -> None:
    three = (DueDate(FIRST, 100), DueDate(SECOND, 200), DueDate(SECOND.replace(day=30), 300))
    wanted = [order("CARRY1", due_dates=three), order("CARRY2", currency="USD"), order("CARRY3")]
    refused, foreign, carried = issue(sandbox, wanted)
    assert isinstance(refused, Refusal)
    assert isinstance(foreign, Refusal)
    assert (refused.code, foreign.code, type(carried)) == ("provider-due-dates", "provider-currency", Created)
    assert created_ever(sandbox, "CARRY") == {"CARRY3": 1}


def test_the_guilty_order_of_a_refused_lote_is_named(sandbox: str) -> None:
    wanted = [order("GUILT0"), order("GUILT1", 10**10), order("GUILT2")]  # more than the sandbox's barcode can say
    outcomes = issue(sandbox, wanted)
    assert [(one.code, one.transient) for one in outcomes if isinstance(one, Refusal)] == [
        ("provider-refused-lote", True), ("provider-refused", False), ("provider-refused-lote", True)
    ]  # fmt: skip
    assert not created_ever(sandbox, "GUILT")


def test_a_single_order_is_refused_in_the_providers_words(sandbox: str) -> None:
    (outcome,) = issue(sandbox, [order("WORDS", 10**10)], batch_size=1)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "provider-refused"
    assert "monto_operacion" in outcome.message


def test_an_expired_token_is_renewed_without_a_second_creation(sandbox: str) -> None:
    who = {"id_organismo": 1, "id_usuario": 1, "password": "sandbox", "hash": "sandbox"}

    async def question(provider: Provider) -> None:
        await provider.issue([order("RENEW0")])
        async with httpx.AsyncClient(trust_env=False) as other:
            for _ in range(64):  # the sandbox keeps the last 64 tokens alive
                await other.put(f"{sandbox}/token", json=who)
        assert kinds(await provider.issue([order("RENEW1")])) == [Created]
        assert len(await provider.lookup(order("RENEW1"))) == 1

    ask(sandbox, question)
    assert created_ever(sandbox, "RENEW") == {"RENEW0": 1, "RENEW1": 1}


def test_wrong_credentials_are_named_and_not_shown(sandbox: str) -> None:
    with pytest.raises(ProviderError) as caught:
        issue(sandbox, [order("CREDENTIALS")], environment="test", environ=ENVIRON)
    assert caught.value.code == "credentials-refused"
    for text in (str(caught.value), repr(caught.value), explain("es", caught.value), explain("en", caught.value)):
        assert PASSWORD not in text
        assert HASH not in text
        assert "{" not in text or text.startswith("ProviderError")


def test_missing_credentials_name_their_variables() -> None:
    with pytest.raises(UsageError) as caught:
        issue("", [], environment="production", credentials_env="CAJA", environ={"CAJA_HASH": HASH})
    assert "CAJA_ID_ORGANISMO, CAJA_ID_USUARIO, CAJA_PASSWORD" in explain("es", caught.value)
    assert HASH not in explain("es", caught.value)


def test_credentials_do_not_travel_in_the_open() -> None:
    with pytest.raises(UsageError) as caught:
        issue("http://api.example.com", [], environment="production", environ=ENVIRON)
    assert caught.value.code == "provider-not-https"


@pytest.mark.parametrize("address", ["https://[", "http://", "https://host:port/"])
def test_an_address_that_is_none_is_named(address: str) -> None:
    with pytest.raises(UsageError) as caught:
        issue(address, [], environment="production", environ=ENVIRON)
    assert address in explain("es", caught.value)


def test_real_credentials_never_reach_the_embedded_sandbox(sandbox: str) -> None:
    assert kinds(issue(sandbox, [order("EMBEDDED")], environ=ENVIRON)) == [Created]


def test_an_unreachable_host_says_that_nothing_was_sent() -> None:
    with socket.socket() as bound:  # bound and not listening: connections are refused
        bound.bind(("127.0.0.1", 0))
        with pytest.raises(ProviderError) as caught:
            issue(f"http://127.0.0.1:{bound.getsockname()[1]}", [order("NOBODY")])
    assert caught.value.code == "provider-unreachable"


@pytest.mark.parametrize(
    ("fault", "message"),
    [("lose-answer", "answer-cut"), ("cut-body", "answer-cut"), ("error-after-commit", "answer-http-error")],
)
@pytest.mark.parametrize("batch_size", [1, 50])
def test_a_lost_answer_is_unknown_and_a_lookup_settles_it(
    sandbox: str, arm: Arm, fault: str, message: str, batch_size: int
) -> None:
    arm(fault, 1)
    wanted = order(f"LOST{batch_size}{fault}")
    assert issue(sandbox, [wanted], batch_size=batch_size) == [Unknown(message)]
    (held,) = lookup(sandbox, wanted)
    assert held.external_id == wanted.external_id
    assert held.text(Role.BARCODE)
    assert held.text(Role.QR).startswith("https://")


def test_a_late_answer_is_unknown(sandbox: str, arm: Arm) -> None:
    arm("slow", 1, seconds=30)
    assert issue(sandbox, [order("SLOW")], timeout_seconds=2) == [Unknown("answer-late")]
    assert len(lookup(sandbox, order("SLOW"))) == 1


def test_a_missing_item_leaves_only_its_order_unknown(sandbox: str, arm: Arm) -> None:
    arm("drop-item", 1)
    wanted = orders("DROP", 3)
    assert kinds(issue(sandbox, wanted)) == [Unknown, Created, Created]
    assert len(lookup(sandbox, wanted[0])) == 1


def test_a_reordered_answer_is_matched_by_external_id(sandbox: str, arm: Arm) -> None:
    arm("reorder", 1)
    wanted = orders("ORDER", 5)
    outcomes = [operation_of(outcome).operation for outcome in issue(sandbox, wanted)]
    assert [outcome.external_id for outcome in outcomes] == [one.external_id for one in wanted]
    for one, outcome in zip(wanted, outcomes, strict=True):
        assert [held.number for held in lookup(sandbox, one)] == [outcome.number]


def test_a_lote_without_qr_is_asked_for_its_address_and_never_sent_again(sandbox: str, arm: Arm) -> None:
    arm("no-qr", 1)
    outcomes = [operation_of(outcome) for outcome in issue(sandbox, orders("NOQR", 3))]
    assert all(outcome.operation.text(Role.QR).startswith("https://") for outcome in outcomes)
    assert all(outcome.operation.text(Role.LINK_CODE) for outcome in outcomes)
    assert set(created_ever(sandbox, "NOQR").values()) == {1}


@pytest.mark.parametrize(("key", "value"), [("qr", "optional"), ("qr_source", "t30")])
def test_a_qr_that_cannot_come_is_a_warning(sandbox: str, arm: Arm, key: str, value: str) -> None:
    arm("no-qr", 1)
    (outcome,) = issue(sandbox, [order(f"WARN{value}")], codes={key: value})
    assert operation_of(outcome).warnings == ("qr-not-given",)


def test_a_provider_that_is_down_before_the_token_created_nothing(sandbox: str, arm: Arm) -> None:
    arm("down", 1)
    with pytest.raises(ProviderError) as caught:
        issue(sandbox, [order("DOWN")])
    assert caught.value.code == "provider-token-unanswered"
    assert not created_ever(sandbox, "DOWN")


def test_a_repeated_order_shows_up_as_two_operations(sandbox: str) -> None:
    for _ in range(2):
        issue(sandbox, [order("TWICE")])
    held = lookup(sandbox, order("TWICE"))
    assert len({one.number for one in held}) == 2


def test_a_lookup_that_finds_nothing_is_empty(sandbox: str) -> None:
    assert lookup(sandbox, order("NEVER")) == []


def test_a_lookup_that_finds_another_amount_is_a_disagreement(sandbox: str) -> None:
    issue(sandbox, [order("DIFFER", 100)])
    with pytest.raises(DisagreementError) as caught:
        lookup(sandbox, order("DIFFER", 101))
    assert "DIFFER" in explain("es", caught.value)


def test_the_state_of_an_operation_is_told_apart(sandbox: str) -> None:
    wanted = orders("STATE", 3)
    numbers = [operation_of(outcome).operation.number for outcome in issue(sandbox, wanted)]
    for control, number in (("pay", numbers[1]), ("cancel", numbers[2])):
        httpx.post(f"{sandbox}/_sandbox/{control}", json={"number": number}, trust_env=False).raise_for_status()
    found = [
        ask(sandbox, lambda provider, o=one, n=number: provider.state(o, n))  # type: ignore[misc] # bound here
        for one, number in zip(wanted, numbers, strict=True)
    ]
    assert found == [OperationState.ALIVE, OperationState.PAID, OperationState.DEAD]


def test_dates_that_are_none_are_no_hindrance(sandbox: str, arm: Arm) -> None:
    (created,) = issue(sandbox, [order("DATES")])
    arm("odd-dates", 2)
    number = operation_of(created).operation.number
    assert ask(sandbox, lambda provider: provider.state(order("DATES"), number)) is OperationState.ALIVE
    assert [one.number for one in lookup(sandbox, order("DATES"))] == [number]


def test_the_state_does_not_depend_on_the_money_of_today(sandbox: str) -> None:
    (created,) = issue(sandbox, [order("RESTATED", 1000)])
    number = operation_of(created).operation.number
    assert ask(sandbox, lambda provider: provider.state(order("RESTATED", 2000), number)) is OperationState.ALIVE


def test_the_state_of_another_number_is_unknown(sandbox: str) -> None:
    issue(sandbox, [order("ELSEWHERE")])
    assert ask(sandbox, lambda provider: provider.state(order("ELSEWHERE"), "1")) is OperationState.UNKNOWN


def test_codes_of_payment_networks_may_be_missing(sandbox: str, arm: Arm) -> None:
    arm("no-payment-codes", 1)
    (created,) = issue(sandbox, [order("NOCODES")])
    operation = operation_of(created).operation
    assert operation.text(Role.PAYMENT_CODE)
    assert not operation.text(Role.LINK_CODE)
    assert not operation.text(Role.PMC_CODE)


def test_a_creation_that_comes_late_is_unknown_and_found_later(sandbox: str, arm: Arm) -> None:
    arm("late", 1, seconds=0.2)
    wanted = order("LATE")
    assert kinds(issue(sandbox, [wanted])) == [Unknown]
    found: Sequence[object] = []
    while not found:  # the sandbox's clock runs, whatever this machine is doing
        found = lookup(sandbox, wanted)
    assert created_ever(sandbox, "LATE") == {"LATE": 1}
