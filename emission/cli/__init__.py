"""The command line: parse, call the library, print. No logic lives here; one file a command.

``--help`` lists the commands in the order in which they are imported here.
"""

from emission.cli import init, validate, run, preview, status, sandbox  # noqa: I001 - the order of the help
from emission.cli.program import app, main

__all__ = ["app", "init", "main", "preview", "run", "sandbox", "status", "validate"]
