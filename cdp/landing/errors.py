"""Errors of landing; their messages never repeat a value of a row."""

from __future__ import annotations


class LandingError(RuntimeError):
    """Landing as a whole cannot go on; the message says what to do."""


class LandingBusyError(LandingError):
    """Another landing is under way and did not finish within the wait."""


BEING_WRITTEN = "it was written to while it was read: the next landing takes it"


class UnreadableFileError(Exception):
    """One file cannot be read at all; the other files still land."""


class DamagedTextError(Exception):
    """DuckDB's reader gave up on a text file that reading it line by line can still save."""
