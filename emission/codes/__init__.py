"""Barcodes and QR: right digits, right geometry, read back before anybody pays for paper.

:mod:`.received` holds what a provider gave against the record; :mod:`.linear`, :mod:`.qr` and
:mod:`.geometry` make symbols of it; :mod:`.emv`, :mod:`.checkdigits` and :mod:`.agreements`
know what texts and digits mean.
"""
