"""``emission provider check``: a few real questions to a provider, and what they tell of those left open.

``trial.py`` asks, ``coming.py`` makes the forecast of a run from the answers, ``telling.py`` says both.
"""
