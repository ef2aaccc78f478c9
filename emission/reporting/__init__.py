"""``emission report-payments``: payments of a closed ecosystem are told to BIND PSP, each once.

``payments.py`` reads the file, ``report.py`` tells each payment, ``telling.py`` says what came of it. The words on the
wire are :mod:`emission.providers.bind_report`'s.
"""
