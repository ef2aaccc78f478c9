"""The command line: parse, call the library, print. No logic lives here; one file a command.

``--help`` lists the commands in the order in which they are imported here.
"""

from emission.cli import init, validate, run, amend, held, release, reprint, preview, proof, template, status  # noqa: I001 - the order of the help
from emission.cli import find, reconcile, export, inspect, verify, backup, audit
from emission.cli import report_payments, provider, serve, sandbox
from emission.cli.program import app, main

__all__ = [
    "amend",
    "app",
    "audit",
    "backup",
    "export",
    "find",
    "held",
    "init",
    "inspect",
    "main",
    "preview",
    "proof",
    "provider",
    "reconcile",
    "release",
    "report_payments",
    "reprint",
    "run",
    "sandbox",
    "serve",
    "status",
    "template",
    "validate",
    "verify",
]
