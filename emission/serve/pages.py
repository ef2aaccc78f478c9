"""What visitors read: Argentine Spanish, a single column, no script, nothing that the paper does not show."""

from __future__ import annotations

import base64
import functools
import hashlib
import math
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files

import jinja2
from starlette.responses import HTMLResponse

from emission import money
from emission.config import Settings
from emission.render.dates import written_period
from emission.serve.standing import State, View

NAMES = {"etpay": "ETpay", "ecommpay": "ecommpay y Rapipago"}
# Title and words of a bill that is not to be paid here.
_CLOSED: dict[State, tuple[str, tuple[str, ...]]] = {
    State.PAID: ("Esta boleta está pagada", ("No hace falta que hagas nada más. ¡Gracias!",)),
    State.CHECKING: (
        "Hay un pago en verificación",
        ("Recibimos un pago por otro importe. No vuelvas a pagar: consultá en la oficina.",),
    ),
    State.EXPIRED: (
        "Esta boleta está vencida",
        ("Ya no se puede pagar con este enlace. Pedí una boleta actualizada en la oficina.",),
    ),
    State.REPLACED: (
        "Esta boleta fue reemplazada",
        ("Hay otra boleta por esta obligación, y esta ya no se puede pagar. Pedí la nueva en la oficina.",),
    ),
    State.WITHDRAWN: (
        "Esta boleta fue anulada",
        ("Ya no se puede pagar. Si tenés dudas, consultá en la oficina.",),
    ),
}
_WHITE, _BLACK = "#ffffff", "#000000"


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("emission.serve", "pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class Pages:
    """The pages of one town, with its name and its colour."""

    def __init__(self, settings: Settings, banks: Mapping[str, str]) -> None:
        self._settings = settings
        self._banks = banks
        accent = settings.issuer.accent
        colours = f":root {{ --accent: {accent}; --on-accent: {ink_on(accent)}; }}\n"
        self._style = colours + files("emission.serve").joinpath("pages/style.css").read_text(encoding="utf-8")

    @property
    def style(self) -> str:
        """What the policy of every answer knows the style sheet by."""
        digest = hashlib.sha256(self._style.encode()).digest()
        return f"sha256-{base64.b64encode(digest).decode()}"

    def bill(self, view: View, token: str, bank: str = "") -> HTMLResponse:
        """The bill, with a button for each way to pay it if it is to be paid; at ``bank`` that bank's alone."""
        record, due = view.bill.record, view.due
        payable = view.state is State.PAYABLE
        title, texts = ("", ()) if payable else _CLOSED[view.state]
        amount = money.local(due.amount, record.currency) if record and due else ""
        actions: list[tuple[str, str]] = []
        banks: list[tuple[str, str]] = []
        if payable and bank:
            actions = [(f"Pagar {amount} con {self._banks[bank]}", "")]
        elif payable:
            actions = [(f"Pagar {amount}", "")]
            # Relative to the page, wherever a proxy has put it.
            banks = [(name, f"{token}/{code}") for code, name in self._banks.items()]
        return self._page(
            "bill.html",
            payable=payable,
            title=title,
            texts=texts,
            record=record,
            amount=amount,
            due=_date(due.date) if due else "",
            actions=actions,
            banks=banks,
            facts=_facts(view),
            way_back=f"../{token}" if bank else "",
            provider=NAMES[self._settings.provider.kind],
        )

    def preparing(self) -> HTMLResponse:
        """It is open; the visitor asks again where to go."""
        texts = ("Estamos preparando tu cupón: puede tardar unos segundos.", "No se genera otro si volvés a tocar.")
        return self._message("Ya casi está", texts, again="Continuar")

    def onward(self, url: str, form: Mapping[str, str]) -> HTMLResponse:
        """A provider that wants its own form posted."""
        return self._message(
            "Seguí en el sitio de pago", ("Tu cupón está listo.",), again="Continuar", action=url, fields=form
        )

    def later(self, seconds: float, way_back: str = "") -> HTMLResponse:
        """Nothing was opened, or nobody knows whether it was."""
        minutes = max(1, math.ceil(seconds / 60))
        wait = "un minuto" if minutes == 1 else f"{minutes} minutos"
        texts = (
            f"El sitio de pago no contestó. Por seguridad no abrimos otro pago ahora: probá de nuevo en {wait}.",
            "Si ya pagaste, no vuelvas a hacerlo.",
        )
        title = "Por ahora no se puede pagar"
        answer = self._message(title, texts, again="Probar de nuevo", way_back=way_back, status=503)
        answer.headers["Retry-After"] = str(minutes * 60)
        return answer

    def back(self, view: View, *, done: bool, way_back: str) -> HTMLResponse:
        """Where payers come back to: it informs, and what it says of the bill is what is known of it already."""
        if view.state is State.PAID:
            title, texts = _CLOSED[State.PAID]
        elif done:
            title = "Volviste del sitio de pago"
            texts = (
                "Si completaste el pago, lo vamos a confirmar cuando nos avise el banco.",
                "Puede tardar unos minutos, o hasta dos días hábiles si pagás en efectivo.",
                "Esta página no es un comprobante: guardá el que te dio el sitio de pago.",
            )
        else:
            title = "El pago no se completó"
            texts = ("No se te cobró nada por esta boleta. Podés volver a intentarlo cuando quieras.",)
        return self._message(title, texts, way_back=way_back)

    def unknown(self) -> HTMLResponse:
        """The same for a token that never was and for one that is made up."""
        texts = (
            "Revisá que la dirección esté completa, tal como figura en tu boleta.",
            "Si la copiaste a mano, fijate en cada letra y cada número.",
        )
        return self._message("No encontramos esa boleta", texts, status=404)

    def too_often(self, seconds: float) -> HTMLResponse:
        """Somebody who asked too often."""
        answer = self._message(
            "Demasiados intentos", ("Esperá un momento y volvé a probar.",), again="Probar de nuevo", status=429
        )
        answer.headers["Retry-After"] = str(max(1, math.ceil(seconds)))
        return answer

    def too_large(self) -> HTMLResponse:
        """More than any button sends; the connection ends, so that the rest is not listened to."""
        answer = self.failed(413)
        answer.headers["Connection"] = "close"
        return answer

    def failed(self, status: int) -> HTMLResponse:
        """What went wrong on our side, or a request that no button of ours makes."""
        title = "Algo salió mal" if status >= 500 else "Pedido no válido"
        return self._message(title, ("No se cobró nada. Probá de nuevo en unos minutos.",), status=status)

    def _message(
        self,
        title: str,
        texts: Sequence[str],
        *,
        again: str = "",
        action: str = "",
        fields: Mapping[str, str] | None = None,
        way_back: str = "",
        status: int = 200,
    ) -> HTMLResponse:
        return self._page(
            "message.html",
            title=title,
            texts=texts,
            again=again,
            action=action,
            fields=fields or {},
            way_back=way_back,
            status=status,
        )

    def _page(self, name: str, *, status: int = 200, **values: object) -> HTMLResponse:
        settings = self._settings
        content = (
            _environment()
            .get_template(name)
            .render(
                **values,
                issuer=settings.issuer,
                style=jinja2.filters.do_mark_safe(self._style),
                rehearsal=settings.environment != "production",
            )
        )
        return HTMLResponse(content, status_code=status)


def ink_on(colour: str) -> str:
    """White or black, whichever is easier to read on ``#rrggbb``: at least 4.5 to 1 (WCAG 2.2, contrast ratio)."""
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return _WHITE if 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 else _BLACK


def _facts(view: View) -> list[tuple[str, str]]:
    """What the paper says of the bill, and not who its payer is."""
    record = view.bill.record
    if record is None:
        return []
    dues = (due for due in record.due_dates if view.due is None or due.date > view.due.date)
    until = "Después, hasta el" if view.due else "Hasta el"
    facts = [
        ("Período", written_period(record.period)),
        ("Cuenta", record.account),
        ("Boleta", record.obligation_id),
        *((f"{until} {_date(due.date)}", money.local(due.amount, record.currency)) for due in dues),
    ]
    return [(name, text) for name, text in facts if text]


def _date(day: date) -> str:
    return f"{day:%d/%m/%Y}"
