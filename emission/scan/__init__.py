"""Finished pages as a scanner reads them, and what the ledger says must be on them."""
