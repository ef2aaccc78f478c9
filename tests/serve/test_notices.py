"""What the sandboxes post is believed, with the keys that the ledger kept when the session or sale was opened."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from emission.ledger import Ledger, sessions
from emission.ledger.sessions import Session
from emission.providers.ecommpay import notice as callback
from emission.providers.etpay import notice as etpay
from tests.serve.office import Office


def test_etpays_notice_is_of_the_session_that_was_opened(tmp_path: Path) -> None:
    with Office(tmp_path, "etpay", 1) as office:
        for bank in ("cl_bci", "cl_itau"):
            office.http.post(f"{office.path()}/{bank}")
        token = etpay.token_of(json.dumps({"jwt": office.pay()}).encode())
        with closing(Ledger(office.settings.ledger_path)) as ledger:
            found = sessions.by_token(ledger, etpay.names(token))
            other, mine = sessions.by_reference(ledger, office.external_id())
            assert sessions.by_token(ledger, "nobody's") is None
        assert found == mine
        told = etpay.read(token, known(mine))
        assert isinstance(told, etpay.Told)
        assert (told.paid, told.agrees, told.amount) == (True, True, 1000)
        # The key of the other bank's session says nothing of this one.
        assert other.signing != mine.signing


def test_ecommpays_callback_is_of_the_sale_that_was_opened(tmp_path: Path) -> None:
    with Office(tmp_path, "ecommpay", 1, table='way = "gate"') as office:
        office.http.post(office.path())
        told = callback.hear(json.dumps(office.pay()).encode(), "sandbox-secret", 1)
        with closing(Ledger(office.settings.ledger_path)) as ledger:
            (sale,) = sessions.by_reference(ledger, told.payment_id)
        assert (told.paid, told.amount, told.currency) == (True, sale.amount, "ARS")


def known(session: Session) -> etpay.Session:
    return etpay.Session(session.token, session.signing, session.reference, session.amount, "CLP")
