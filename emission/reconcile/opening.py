"""A file of payments → its bytes: as it is, or the one that counts in a ZIP. Nothing of it is trusted."""

from __future__ import annotations

import fnmatch
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from emission.errors import Refused, UsageError

LARGEST = 256 << 20  # bytes of a file, once unpacked: three million payments
MOST_MEMBERS = 100
MOST_TIMES = 200  # what text is ever packed by; beyond, a ZIP was made to burst
_CHUNK = 1 << 20
_ZIP = b"PK\x03\x04"


def content_of(path: Path, member: str) -> bytes:
    """The bytes that are to be read; ``member`` names them (``*.csv``) where they are in a ZIP.

    Raises:
        UsageError: there is no such file.
        Refused: it is empty or too large; or a ZIP that is damaged, encrypted, made to burst, with paths that lead out
            of it, or without exactly one file of that name.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise Refused("payments-file-large", path=path, most=LARGEST >> 20)
        content = path.read_bytes()
    except FileNotFoundError:
        raise UsageError("payments-file-missing", path=path) from None
    except OSError as error:
        raise UsageError("payments-file-unreadable", path=path, detail=error.strerror or error) from None
    if content.startswith(_ZIP):
        content = _unpacked(path, member)
    if not content.strip():
        raise Refused("payments-file-empty", path=path)
    return content


def _unpacked(path: Path, pattern: str) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(path, archive, _chosen(path, archive, pattern))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError) as error:
        raise Refused("payments-zip-damaged", path=path, detail=error) from error


def _chosen(path: Path, archive: zipfile.ZipFile, pattern: str) -> zipfile.ZipInfo:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise Refused("payments-zip-members", path=path, found=len(members), most=MOST_MEMBERS)
    for member in members:
        place = PurePosixPath(member.filename.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts or ":" in member.filename or not member.filename.isprintable():
            raise Refused("payments-zip-path", path=path, member=member.filename[:100])
    found = [member for member in members if not member.is_dir() and _matches(member.filename, pattern)]
    if len(found) != 1:
        names = ", ".join(member.filename for member in members[:10]) or "-"
        code = "payments-zip-several" if found else "payments-zip-none"
        raise Refused(code, path=path, member=pattern, found=names)
    if found[0].flag_bits & 1:
        raise Refused("payments-zip-encrypted", path=path, member=found[0].filename)
    return found[0]


def _matches(name: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(PurePosixPath(name.replace("\\", "/")).name.casefold(), pattern.casefold())


def _read(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The member's bytes, counted as they come: what the ZIP says of its size is only what it says."""
    most = min(LARGEST, max(path.stat().st_size * MOST_TIMES, _CHUNK))
    content = bytearray()
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            content += chunk
            if len(content) > most:
                raise Refused("payments-zip-bursts", path=path, member=member.filename)
    if content.startswith(_ZIP):
        raise Refused("payments-zip-nested", path=path, member=member.filename)
    return bytes(content)
