"""The provider's wire contract as a local HTTP server: rehearsals without credentials, tests without mocks.

``app.py`` speaks the contract, ``operations.py`` knows what an operation answers, ``memory.py`` keeps it,
``faults.py`` breaks things on demand, ``serve.py`` is the server and ``child.py`` runs it beside a pipeline.
"""

READY = "ready "  # what the line on a server's standard output begins with; its address follows
