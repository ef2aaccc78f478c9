"""The providers' wire contracts as local HTTP servers: rehearsals without credentials, tests without mocks.

Each provider has a room of its own: a folder that speaks its contract and knows what an operation answers.
``rooms.py`` lists them. They share ``memory.py``, which keeps what was created, ``faults.py``, which breaks things on
demand, ``control.py``, by which a test looks in and pays, ``serve.py``, the server, and ``child.py``, which runs it
beside a pipeline.
"""

READY = "ready "  # what the line on a server's standard output begins with; its address follows
