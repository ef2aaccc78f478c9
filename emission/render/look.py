"""What shapes a page apart from the voucher: one value that crosses process borders, and its fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Literal

import deflate
import fontTools
import msgspec

from emission import store
from emission.codes.symbology import Symbology
from emission.render.declared import Reading
from emission.render.faces import curves_path, face_path, is_file_name
from emission.render.settings import read_settings
from emission.render.shared import shared_files

# Raised whenever the same look would give other bytes, so that a resumed run notices; libraries that have a say in them
# tell theirs themselves.
RENDERER = f"10 deflate {deflate.__version__} fonttools {fontTools.version}"
# What a look did not have when the first of them were kept.
_LATER = frozenset(("decimal", "date_format", "digital", "linked_qr"))
# Beneath it stand the files of a template that is for the digital files alone.
_DIGITAL = "digital"


class Look(msgspec.Struct, frozen=True):
    """The design of a run: template, issuer, banner and how codes are drawn.

    ``template`` is the absolute path of a template folder, ``digital`` that of another for the digital files or ``""``;
    ``logo`` an absolute path or ``""``;
    ``accent`` ``#rrggbb``; ``decimal`` and ``date_format`` how columns are written whose type a template declares;
    ``banner`` what stands across every page (``""`` in production);
    ``bearers`` whether an ITF has bars along its top and bottom; ``qr`` whether a specimen shows the place of a QR;
    ``linked_qr`` whether that of the one QR for all obligations of a voucher.
    """

    template: str
    name: str
    tax_id: str = ""
    office: str = ""
    address: str = ""
    website: str = ""
    logo: str = ""
    accent: str = "#1F5C8B"
    banner: str = ""
    symbology: Symbology = "code128"
    bearers: Literal["yes", "no"] = "yes"
    qr: Literal["required", "optional"] = "required"
    decimal: Literal[".", ","] = "."
    date_format: str = ""
    digital: str = ""
    linked_qr: Literal["yes", "no"] = "no"

    @property
    def reading(self) -> Reading:
        return Reading(self.decimal, self.date_format)


def files_of(look: Look) -> dict[str, bytes]:
    """All that shapes the page, by name: template files, parts that it shares, logo, faces, look and renderer.

    The same files in another folder give the same answer.

    Raises:
        TemplateError: the template has no readable settings or shared parts, or a face is not installed.
        OSError: a file cannot be read.
    """
    files = {"renderer": RENDERER.encode(), "look.json": _portable(look), **_files_of_template(Path(look.template))}
    if look.logo:
        files["logo"] = Path(look.logo).read_bytes()
    if look.digital:
        others = _files_of_template(Path(look.digital))
        files |= {
            f"{_DIGITAL}/{name}": others[name] for name in sorted(others, key=lambda name: PurePosixPath(name).parts)
        }
    return files


def _files_of_template(folder: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        files[f"template/{path.relative_to(folder).as_posix()}"] = path.read_bytes()
    for name, path in shared_files(folder).items():
        files[name] = path.read_bytes()
    for weight, name in sorted(read_settings(folder).faces.items()):
        # A file of the template's is among its files already.
        if not is_file_name(name):
            path = face_path(name)
            files[f"faces/{weight}.otf"] = curves_path(path).read_bytes()
            files[f"faces/{weight}.ttf"] = path.read_bytes()
    return files


def _portable(look: Look) -> bytes:
    """The look without the places of its files. What came later is only said where it is not as it always was."""
    values = msgspec.to_builtins(msgspec.structs.replace(look, template="", logo="", digital=""))
    usual = msgspec.to_builtins(Look(template="", name=""))
    for key in _LATER:
        if values[key] == usual[key]:
            del values[key]
    return msgspec.json.encode(values)


def restore(files: Mapping[str, bytes], folder: Path) -> Look:
    """The look that :func:`files_of` took apart, its template, shared parts and logo put into ``folder``.

    Faces are those that are installed, the renderer is this one: :func:`fingerprint` tells whether they are the same.

    Raises:
        ValueError: these are no files of a look.
        Stopped: the disk refuses.
    """
    for name, content in files.items():
        parts = PurePosixPath(name).parts
        if ".." in parts or parts[:1] == ("/",):
            raise ValueError(name)
        place = parts[1:] if parts[:1] == (_DIGITAL,) else parts
        if place[:1] in (("template",), ("shared",), ("logo",)):
            store.write(folder / name, content)
    try:
        look = msgspec.json.decode(files["look.json"], type=Look)
    except (KeyError, msgspec.MsgspecError) as error:
        raise ValueError("look.json") from error
    logo = str(folder / "logo") if "logo" in files else ""
    apart = any(name.startswith(f"{_DIGITAL}/") for name in files)
    digital = str(folder / _DIGITAL / "template") if apart else ""
    return msgspec.structs.replace(look, template=str(folder / "template"), logo=logo, digital=digital)


def fingerprint(look: Look) -> str:
    """SHA-256 (hex) of :func:`files_of`, whose errors it raises."""
    total = hashlib.sha256()
    for name, content in files_of(look).items():
        # Lengths stand before the bytes, so that no two sets of files run into the same stream.
        total.update(f"{name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()
