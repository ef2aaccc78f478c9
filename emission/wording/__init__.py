"""Every sentence that an office reads, in Spanish and English, beside each other.

One TOML file a room; one table a sentence, named by its stable code, with ``es`` and ``en``.
Placeholders in braces are filled from the parameters of the fault, error or event.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Literal

from emission.errors import ConfigurationError, EmissionError, FileError
from emission.model import Fault
from emission.wording.visible import visible

Language = Literal["es", "en"]
SHOWN = 50  # problems of one error


@functools.cache
def catalogue() -> dict[str, dict[str, str]]:
    """All sentences: code → language → text.

    Raises:
        ValueError: two rooms use one code.
    """
    sentences: dict[str, dict[str, str]] = {}
    for room in sorted(files(__package__).iterdir(), key=lambda entry: entry.name):
        if not room.name.endswith(".toml"):
            continue
        for code, texts in tomllib.loads(room.read_text(encoding="utf-8")).items():
            if code in sentences:
                raise ValueError(f"{room.name}: {code} is already another room's")
            sentences[code] = texts
    return sentences


class _Blanks(dict[str, str]):
    """Leaves an unknown placeholder visible instead of failing while reporting a failure."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def known(code: str) -> bool:
    """Whether somebody wrote a sentence for ``code``."""
    return code in catalogue()


def say(language: Language, code: str, **params: object) -> str:
    """The sentence ``code`` in ``language``; the code itself where nobody wrote one.

    What a terminal would act on never gets there, wherever a parameter comes from.
    """
    texts = catalogue().get(code)
    if texts is None:
        return code
    return texts[language].format_map(
        _Blanks({name: visible(str(value), keep="\n\t") for name, value in params.items()})
    )


def reason(language: Language, fault: Fault) -> str:
    """What is wrong with a row, for the clerk who mends it; a ``cause`` that is a code becomes its own sentence."""
    return say(language, fault.code, field=fault.field, value=_short(fault.value), **_spelt(language, fault.params))


def coded_reasons(language: Language, faults: Iterable[Fault]) -> str:
    """``code: sentence; code: sentence``: for the clerk, and for the program that looks for a code."""
    return "; ".join(f"{fault.code}: {reason(language, fault)}" for fault in faults)


def explain(language: Language, error: EmissionError) -> str:
    """What stopped a command, a line a problem; of a file of payments, the first :data:`SHOWN`."""
    sentence = say(language, error.code, **_spelt(language, error.params))
    if isinstance(error, (ConfigurationError, FileError)):
        shown = [f"  {explain(language, problem)}" for problem in error.problems[:SHOWN]]
        left = len(error.problems) - len(shown)
        return "\n".join([sentence, *shown, *([f"  {say(language, 'problems-more', more=left)}"] if left else [])])
    return sentence


def _spelt(language: Language, params: Mapping[str, str]) -> dict[str, str]:
    """Parameters that are codes themselves become their sentences."""
    return {
        name: say(language, text) if name in ("cause", "allowed", "problem") else text for name, text in params.items()
    }


def _short(value: str, longest: int = 60) -> str:
    return value if len(value) <= longest else value[: longest - 1] + "…"
