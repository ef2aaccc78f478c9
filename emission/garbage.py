"""How often Python looks for garbage in cycles. Ours is hardly ever in one: values go when nobody names them."""

from __future__ import annotations

import gc

# Containers made and not yet gone before one looks; Python's own 700 look through what is being loaded, again and
# again, for a third of the time that loading takes.
_MANY = 50_000


def look_seldom() -> None:
    """From now on; some tens of megabytes may wait for it."""
    gc.set_threshold(_MANY)
