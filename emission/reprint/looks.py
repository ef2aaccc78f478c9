"""The look of an old paper, put together again from what the ledger kept, and held to be the same in every file."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emission import __version__
from emission.errors import Refused, TemplateError
from emission.ledger import Ledger, assets
from emission.ledger.runs import Run
from emission.render import RENDERER, Look, files_of, fingerprint, restore


@contextmanager
def kept_look(ledger: Ledger, run: Run, wanted: str) -> Iterator[Look]:
    """The look of that fingerprint, in a folder that goes with the block.

    Raises:
        Refused: it was not kept, is damaged, or this release or its typefaces would draw other bytes.
    """
    try:
        files = assets.kept(ledger, wanted) if wanted else {}
    except (zipfile.BadZipFile, zlib.error) as error:
        raise Refused("reprint-look-damaged", names="ZIP") from error
    if not files:
        raise Refused("reprint-look-not-kept", batch=run.batch)
    renderer = files.get("renderer", b"?").decode("ascii", "replace")
    if renderer != RENDERER:
        # What the run wrote down of itself is true of the look that it has now, and of no earlier one.
        release = run.setup.get("release", "") if run.look == wanted else ""
        raise Refused("reprint-renderer", found=renderer, here=RENDERER, release=release or "?", ours=__version__)
    with tempfile.TemporaryDirectory(prefix="emission-") as folder:
        try:
            look = restore(files, Path(folder))
            same = fingerprint(look) == wanted
            now = {} if same else files_of(look)
        except (ValueError, TemplateError) as error:
            raise Refused("reprint-look-damaged", names=error) from error
        if not same:
            others = sorted(name for name in {*files, *now} if files.get(name) != now.get(name))
            faces = [name for name in others if name.startswith("faces/")]
            code = "reprint-faces" if faces and faces == others else "reprint-look-damaged"
            raise Refused(code, names=", ".join(others) or "-")
        yield look
