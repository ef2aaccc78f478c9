"""``emission serve``: what answers the living links on the paper.

``standing.py`` says what a bill behind a link is worth today, ``till.py`` opens a payment for it, never two,
``desk.py`` keeps the ledger off the event loop, ``limits.py`` and ``guard.py`` keep visitors within bounds,
``pages.py`` writes what they read, ``app.py`` joins these and ``server.py`` serves them.
"""
