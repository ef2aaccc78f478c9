"""``emission provider check``: a few real questions to a provider, and what they tell of those left open.

``trial.py`` begins; ``issuing.py`` asks those that make operations in a run, ``opening.py`` those behind living links;
``answers.py`` says what came over the wire; ``coming.py`` makes the forecast of a run, ``telling.py`` says it all.
"""
