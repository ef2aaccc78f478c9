"""Bulk payment vouchers: a municipality's obligations in, payable PDFs and a full account out."""

__version__ = "0.1.0"
