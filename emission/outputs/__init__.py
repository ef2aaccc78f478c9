"""Bytes for whoever waits for them: manifest, rejected rows, report."""
