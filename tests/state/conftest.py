"""Databases and the cast."""

from tests.support.bases import *  # noqa: F403
