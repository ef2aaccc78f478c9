"""One tree of errors. Each carries an exit code, a stable code and what its sentence needs.

EmissionError                 1
├── UsageError                2   nothing started: a command, a file or a key is wrong
│   ├── ConfigurationError        emission.toml, with every key that is wrong
│   ├── BatchError                the batch cannot be read as a table at all
│   └── TemplateError             a template that cannot be compiled
├── Refused                   3   stopped before the first call, or finished with rows left out
│   ├── FileError                 a file of payments, with every line that is wrong
│   └── NoticeError               a notice that is forged, cut, or of nobody that we know
└── Stopped                   4   the provider, the machine or ``--limit``; the same command continues
    └── ProviderError             the provider cannot be used now (credentials, network, its own words)
        ├── UnavailableError      it could not be asked this time; the next call may succeed
        └── DisagreementError     it holds an operation under our id that differs from what was asked

Sentences are not written here: :mod:`emission.wording` makes them from ``code`` and ``params``,
in the language of the office.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar


class EmissionError(Exception):
    """Anything that stops a command in a way its user can understand."""

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, **params: object) -> None:
        """``folder`` is set where the command left an account of what it did."""
        super().__init__(code)
        self.code = code
        self.folder: Path | None = None
        self.params = {name: str(value) for name, value in params.items()}

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross from worker processes: without this, pickle would lose the parameters.
        return _rebuild, (type(self), self.code, self.params)

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code} ({details})" if details else self.code


def _rebuild(kind: type[EmissionError], code: str, params: dict[str, str]) -> EmissionError:
    error = kind.__new__(kind)
    EmissionError.__init__(error, code, **params)
    return error


class UsageError(EmissionError):
    """Nothing was started."""

    exit_code = 2


class ConfigurationError(UsageError):
    """Every key of the configuration that is wrong, at once; or, under another code, every row of a file."""

    def __init__(self, problems: Sequence[UsageError], path: str = "", code: str = "configuration") -> None:
        super().__init__(code, path=path)
        self.problems = tuple(problems)


class BatchError(UsageError):
    """The batch, or its detail file, cannot be read as the table it should be."""


class TemplateError(UsageError):
    """A voucher design that cannot be compiled; ``params`` names file, line and element."""


class Refused(EmissionError):
    """The batch as a whole was refused before the first call."""

    exit_code = 3


class FileError(Refused):
    """A file of payments of which nothing was taken: every line that is wrong, at once."""

    def __init__(self, problems: Sequence[UsageError], path: Path) -> None:
        super().__init__("payments-file-wrong", path=path, count=len(problems))
        self.problems = tuple(problems)


class NoticeError(Refused):
    """A notice that says nothing that could be believed."""


class Stopped(EmissionError):
    """The run stopped and the same command continues it."""

    exit_code = 4


class ProviderError(Stopped):
    """The provider cannot be used now."""


class UnavailableError(ProviderError):
    """The provider could not be asked this time, and nothing of this call was created; the next one may succeed."""


class DisagreementError(ProviderError):
    """The provider holds an operation under our external id that is not the one we asked for."""
