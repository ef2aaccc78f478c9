"""``python -m emission``: the same program as ``emission``."""

from emission.cli import main

main()
