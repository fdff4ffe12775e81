"""`version`: which portal this is."""

from portal import __version__


def version() -> None:
    """Print the version."""
    print(__version__)
