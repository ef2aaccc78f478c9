"""``python -m emission.sandbox [--provider NAME] [--port N] [--state FILE] [--die-with-stdin]``, no command line."""

from __future__ import annotations

import argparse
from pathlib import Path

from emission.leaving import leaving_at_once
from emission.sandbox.rooms import ROOMS
from emission.sandbox.serve import serve


def main() -> None:
    """Serves until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m emission.sandbox", description=__doc__)
    parser.add_argument("--provider", default="epagos", choices=[*ROOMS])
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--state", type=Path, help="SQLite file of its memory; without it everything is forgotten")
    parser.add_argument("--die-with-stdin", action="store_true", help="stop when standard input ends")
    options = parser.parse_args()
    serve(options.provider, options.port, options.state, die_with_stdin=options.die_with_stdin)


if __name__ == "__main__":
    with leaving_at_once():
        main()
