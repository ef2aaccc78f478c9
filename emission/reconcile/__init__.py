"""Payments come in: told by notices, queries and files, put together, matched to what was issued."""
