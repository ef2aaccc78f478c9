"""Payments handed on to the municipality's own system, in the form that it reads."""
