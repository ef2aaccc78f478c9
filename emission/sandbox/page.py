"""The pages that a payer would see at a provider: plain, marked as a rehearsal, with a button for each end."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from starlette.responses import HTMLResponse, Response

_STYLE = (
    "body { font: 1.1rem/1.5 sans-serif; max-width: 30rem; margin: 2rem auto; padding: 0 1rem }"
    " button { font: inherit; padding: .7rem; margin: .3rem 0 }"
)


def page(title: str, facts: Mapping[str, str], buttons: Mapping[str, str]) -> Response:
    """``facts`` by their names, and a button for each address that is posted to."""
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts.items())
    forms = "".join(
        f'<form method="post" action="{escape(address)}"><button>{escape(name)}</button></form>'
        for name, address in buttons.items()
    )
    return HTMLResponse(
        f'<!doctype html><html lang="es"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><h1>{escape(title)}</h1>"
        f"<p>Sandbox: nadie cobra nada.</p><dl>{rows}</dl>{forms}</html>"
    )
