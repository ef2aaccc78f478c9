"""The looks that papers were made with, kept whole in the ledger: no reprint is possible without them."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from emission.audit.case import Case
from emission.audit.finding import Difference, Where
from emission.ledger import assets, evidence

# The order in which a fingerprint goes through the files of a look.
_ORDER = ("renderer", "look.json", "template", "shared", "faces", "logo", "digital")


def looks(case: Case) -> Iterator[Difference]:
    """Every look whose files are not those that its fingerprint was made of."""
    for look in sorted({case.run.look, *evidence.looks(case.ledger, case.run.id)} - {""}):
        where = Where(case.book, column="asset")
        try:
            found = _fingerprint(assets.kept(case.ledger, look))
        except (zipfile.BadZipFile, zlib.error, ValueError) as error:
            yield Difference("look-lost", where, look, str(error))
            continue
        if found != look:
            yield Difference("look-lost", where, look, found)


def _fingerprint(files: dict[str, bytes]) -> str:
    """As :func:`emission.render.fingerprint` has it, of files that came out of the ledger in another order.

    Raises:
        ValueError: a file that no look has.
    """
    total = hashlib.sha256()
    for name in sorted(files, key=lambda name: (_ORDER.index(name.partition("/")[0]), PurePosixPath(name).parts)):
        total.update(f"{name}\0{len(files[name])}\0".encode())
        total.update(files[name])
    return total.hexdigest()
