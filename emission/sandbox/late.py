"""The worst that a provider does: it carries out what was asked when nobody listens any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.responses import Response

from emission.sandbox.faults import CutAnswer


def commit_late(commit: Callable[[], object], seconds: float) -> Response:
    """Closes the connection now, and commits so many seconds later."""
    asyncio.get_running_loop().call_later(seconds, commit)
    return CutAnswer(b"")
