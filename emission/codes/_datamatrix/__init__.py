"""Data Matrix symbols from within: how they are made, and how they are read."""
