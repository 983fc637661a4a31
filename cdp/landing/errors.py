"""Errors of landing; their messages never contain a value of a row."""

from __future__ import annotations


class LandingError(RuntimeError):
    """Landing as a whole cannot continue; the message says what to do."""


class LandingBusyError(LandingError):
    """Another landing is running and did not finish in time."""


BEING_WRITTEN = "it was written to while it was read: the next landing reads it"


class UnreadableFileError(Exception):
    """One file cannot be read at all; the other files still land."""


class DamagedTextError(Exception):
    """DuckDB's reader gave up on a text file that the recovery parser can still read."""
