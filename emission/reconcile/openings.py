"""What was opened behind living links, for whoever holds a notice against it, and what a provider says became of it."""

from __future__ import annotations

from collections.abc import Iterable

from emission.ledger import Ledger, sessions
from emission.ledger import links as linked
from emission.ledger.payments import Books
from emission.ledger.sessions import ALIVE, Owned, Session
from emission.providers.living import Found, Standing
from emission.providers.noticing import Opening


class Register:
    """What a provider opened for one town: :class:`emission.providers.noticing.Openings`."""

    def __init__(self, ledger: Ledger, books: Books, channel: str) -> None:
        self._ledger = ledger
        self._books = books
        self._channel = channel

    def by_token(self, token: str) -> Opening | None:
        """The one that the provider calls so."""
        return self._opening(sessions.by_token(self._ledger, self._books, self._channel, token))

    def by_reference(self, reference: str) -> Opening | None:
        """The newest under that id of ours."""
        return self._opening(sessions.by_reference(self._ledger, self._books, self._channel, reference))

    def _opening(self, found: Owned | None) -> Opening | None:
        if found is None:
            return None
        one, bill = found.session, linked.record_of(self._ledger, found.session.effect)
        return Opening(
            key=one.id,
            reference=one.reference,
            external_id=found.external_id,
            token=one.token,
            signing=one.signing,
            amount=one.amount,
            currency=bill.currency if bill else "",
        )


def write_down(ledger: Ledger, told: Iterable[tuple[Session, Found]]) -> None:
    """What the provider says of these, once its word was verified. What came late or twice moves nothing back."""
    with ledger.transaction():
        for one, answer in told:
            alive = one.state in ALIVE
            if answer.standing is Standing.PAID:
                sessions.end(ledger, [one.id], "paid")
            elif answer.standing is Standing.OVER and alive:
                sessions.end(ledger, [one.id], "over")
            elif answer.standing is Standing.ABSENT and one.state == "unknown":
                sessions.looked_up(ledger, one)
            elif answer.standing is Standing.ALIVE and alive and (answer.url or one.state == "unknown") and not one.url:
                sessions.opened(ledger, one, url=answer.url, form=answer.form, token=one.token, signing=one.signing)
