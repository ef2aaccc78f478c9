"""``--faults``: what goes wrong from the start, as rates on the command line or as a script in a file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from emission.errors import UsageError
from emission.sandbox.faults import Arming, Faults, Kind


class Script(msgspec.Struct, forbid_unknown_fields=True):
    """A TOML or JSON file: ``seed = 7`` and any number of ``[[fault]]``."""

    seed: int = 0
    fault: list[Arming] = []


def faults_of(text: str) -> Faults:
    """From ``NAME=RATE,…`` (``throttle=5%,latency=0.1,seed=7``) or the name of a file.

    Raises:
        UsageError: ``faults-unreadable``: neither.
    """
    script = _rates(text) if "=" in text and not Path(text).is_file() else _file(Path(text))
    return Faults(script.fault, script.seed)


def _rates(text: str) -> Script:
    script = Script()
    for pair in text.split(","):
        name, _, value = (part.strip() for part in pair.partition("="))
        try:
            if name == "seed":
                script.seed = int(value)
            else:
                rate = float(value[:-1]) / 100 if value.endswith("%") else float(value)
                script.fault.append(Arming(Kind(name), rate=rate))
        except ValueError as error:
            raise _unreadable(text, error) from None
    return script


def _file(path: Path) -> Script:
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            return msgspec.json.decode(text, type=Script)
        return msgspec.convert(tomllib.loads(text), Script)
    except (OSError, ValueError) as error:
        raise _unreadable(str(path), error) from None


def _unreadable(found: str, error: Exception) -> UsageError:
    return UsageError("faults-unreadable", found=found, detail=error, known=", ".join(Kind))
