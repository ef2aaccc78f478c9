"""Any code or voucher, explained to a person: what it is, its fields, its check digits, what is wrong."""

from emission.inspect.pages import Seen, look_at
from emission.inspect.texts import Part, Reading, readings

__all__ = ["Part", "Reading", "Seen", "look_at", "readings"]
