"""A patient portal that a clinic hosts itself."""

__version__ = "0.1.0"
