"""The addresses on the paper and those that providers post to, and what is answered there.

To look at a link opens nothing, whoever looks: a mail scanner, a crawler, a preview. Only a button does.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from emission import links
from emission.config import Settings
from emission.errors import Stopped
from emission.providers.living import Opener
from emission.reconcile.desk import books_of
from emission.serve.desk import Desk
from emission.serve.guard import Headers, body_within
from emission.serve.letterbox import Letterbox
from emission.serve.limits import Limit, visitor
from emission.serve.pages import Pages
from emission.serve.till import Answer, Go, Later, Preparing, Till

# A minute, of one visitor: who mistypes does not need more, and who guesses gets no further.
STRAY_VISITS = 60

_log = logging.getLogger("emission.serve")


class Front:
    """What visitors meet."""

    def __init__(self, settings: Settings, till: Till, pages: Pages) -> None:
        self._till = till
        self._visits = Limit(settings.links.visits)
        self._openings = Limit(settings.links.openings)
        self._strays = Limit(STRAY_VISITS)
        self._pages = pages

    def routes(self) -> list[BaseRoute]:
        """A link, a bank's own, and the two ways back."""
        return [
            Route("/{token}", self.look, methods=["GET"]),
            Route("/{token}", self.open, methods=["POST"]),
            Route("/{token}/volver", self.done, methods=["GET"]),
            Route("/{token}/cancelado", self.cancelled, methods=["GET"]),
            Route("/{token}/{bank}", self.look, methods=["GET"]),
            Route("/{token}/{bank}", self.open, methods=["POST"]),
        ]

    async def look(self, request: Request) -> Response:
        """The bill as it stands; nothing is opened."""
        if (wait := self._visits.wait(_who(request))) > 0:
            return self._pages.too_often(wait)
        token, bank = _asked(request)
        view = await self._till.look(token)
        if view is None or (bank and bank not in self._till.banks):
            return self._stray(request)
        return self._pages.bill(view, token, bank)

    async def open(self, request: Request) -> Response:
        """Somebody touched a button."""
        if await body_within(request) is None:
            return self._pages.too_large()
        token, bank = _asked(request)
        wait = self._visits.wait(_who(request)) or self._openings.wait(links.digest(token))
        if wait > 0:
            return self._pages.too_often(wait)
        answer = await self._till.open(token, bank, _address(request))
        return self._stray(request) if answer is None else self._answered(answer, token, bank)

    async def done(self, request: Request) -> Response:
        """Back from the provider. Whatever comes with the address is not even read."""
        return await self._back(request, done=True)

    async def cancelled(self, request: Request) -> Response:
        """Back from the provider without having paid, as it says."""
        return await self._back(request, done=False)

    async def _back(self, request: Request, *, done: bool) -> Response:
        if (wait := self._visits.wait(_who(request))) > 0:
            return self._pages.too_often(wait)
        token, _ = _asked(request)
        view = await self._till.look(token)
        return self._stray(request) if view is None else self._pages.back(view, done=done, way_back=f"../{token}")

    def _answered(self, answer: Answer, token: str, bank: str) -> Response:
        match answer:
            case Go(url=url, form=None):
                return RedirectResponse(url, status_code=303)
            case Go(url=url, form=form):
                return self._pages.onward(url, form or {})
            case Preparing():
                return self._pages.preparing()
            case Later(seconds=seconds):
                return self._pages.later(seconds, way_back=f"../{token}" if bank else token)
            case _:
                return self._pages.bill(answer, token, bank)

    def _stray(self, request: Request) -> Response:
        wait = self._strays.wait(_who(request))
        return self._pages.too_often(wait) if wait > 0 else self._pages.unknown()


def application(
    settings: Settings,
    desk: Desk,
    opener: Opener | None,
    arrived: Callable[[str], None],
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """The application of one town; whoever made the desk and the opener closes them. ``clock``: see :class:`Till`.

    Without an opener the paper bears no living links, and only notices are taken in; ``arrived`` is told of each.
    """
    pages = Pages(settings, opener.way.banks if opener else {})
    letterbox = Letterbox(books_of(settings), [settings.provider.kind], desk.write, arrived)
    address = urlsplit(settings.links.address)
    routes: list[BaseRoute] = [
        Route("/robots.txt", _robots),
        Route("/salud", _nothing),
        Route("/favicon.ico", _nothing),
        *letterbox.routes(),
    ]
    if opener is not None:
        routes += Front(settings, Till(desk, opener, settings, clock), pages).routes()
    if address.path.strip("/"):
        # A proxy may hand over the whole path of the address, or what follows it.
        routes = [Mount(address.path, routes=routes), *routes]

    async def refused(_request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        headers = error.headers if isinstance(error, HTTPException) else None
        answer = pages.unknown() if status == 404 else pages.failed(status)
        answer.headers.update(headers or {})
        return answer

    async def stopped(_request: Request, error: Exception) -> Response:
        _log.error("%s", error)
        return pages.later(60)

    async def failed(_request: Request, _error: Exception) -> Response:
        return pages.failed(500)

    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(Headers, pages.style, _forms(settings, opener), https=address.scheme == "https"),
        ],
        exception_handlers={HTTPException: refused, Stopped: stopped, Exception: failed},
    )
    # A redirection of its own would be made of whatever host a visitor names.
    app.router.redirect_slashes = False
    return app


def _forms(settings: Settings, opener: Opener | None) -> list[str]:
    """Where a browser lets our forms end: a redirection after a button is held against the policy too."""
    if opener is None:
        return []
    schemes = ("https", "http") if settings.environment == "sandbox" else ("https",)
    named = [*opener.way.hosts, *settings.links.hosts, *(f"*.{host}" for host in settings.links.hosts)]
    return [f"{scheme}://{host}" for host in named for scheme in schemes]


def _asked(request: Request) -> tuple[str, str]:
    values: Mapping[str, str] = request.path_params
    return values["token"], values.get("bank", "")


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _who(request: Request) -> str:
    return visitor(_address(request))


async def _robots(_request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


async def _nothing(_request: Request) -> Response:
    return Response(status_code=204)
