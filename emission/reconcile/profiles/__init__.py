"""How files of payments are written: what each of their lines is, and where in it what stands."""

from emission.reconcile.profiles.profile import Field, Meaning, Profile, Record
from emission.reconcile.profiles.shelf import load, shipped

__all__ = ["Field", "Meaning", "Profile", "Record", "load", "shipped"]
