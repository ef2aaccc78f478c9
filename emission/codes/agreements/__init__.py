"""Agreements (convenios): the form of a collector's barcode, and what its digits say.

The form belongs to the agreement, so it is data: one TOML file a profile, those beside this one shipped, others an
office's own. A code is held against its profile and against its own record; nothing here rebuilds a code that a
provider gave.
"""

from emission.codes.agreements.profile import Field, Profile, Values
from emission.codes.agreements.record import differences, spoken
from emission.codes.agreements.shelf import SANDBOX, load, shipped

__all__ = ["SANDBOX", "Field", "Profile", "Values", "differences", "load", "shipped", "spoken"]
