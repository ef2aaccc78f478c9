"""The steps of a run, one a file; :mod:`emission.pipeline` knows their order."""
