"""A finished run read back as a scanner would, all of it or a sample."""

from emission.verify.reading import Verification, verify

__all__ = ["Verification", "verify"]
