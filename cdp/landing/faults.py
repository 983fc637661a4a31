"""Faults of the disk and of the drivers, without the data that their own messages may quote."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import psycopg

from cdp.landing.errors import LandingError, UnreadableFileError

# The disk, not the file, is to be mended.
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
# Mistakes in this program's own SQL, whose messages quote no row.
_MISTAKES = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    psycopg.errors.SyntaxErrorOrAccessRuleViolation,
)
# Values that a warehouse refuses: out of range, or more than a row can hold.
_REFUSED = (
    duckdb.ConversionException,
    duckdb.InvalidInputException,
    duckdb.OutOfMemoryException,
    duckdb.OutOfRangeException,
    psycopg.DataError,
    psycopg.errors.ProgramLimitExceeded,
)


@contextmanager
def named_faults(*, is_writing: bool = False) -> Iterator[None]:
    """Raise `UnreadableFileError` for a fault of one file, `LandingError` for one of the machine.

    Args:
        is_writing: Whether a fault of the disk is one of the warehouse, not of the file.
    """
    try:
        yield
    except _MISTAKES:
        raise
    except (OSError, duckdb.Error, psycopg.Error) as error:
        fault = _named(error, is_writing=is_writing)
        # The error stays the context of this one, which tools may print with its traceback.
        error.args = ()
        raise fault from None


def _named(error: Exception, *, is_writing: bool) -> Exception:
    text = str(error).lower()
    code = error.errno if isinstance(error, OSError) else None
    code = next((each for each in _DISK if os.strerror(each).lower() in text), code)
    if code in _DISK or isinstance(error, psycopg.errors.DiskFull):
        return LandingError(
            f"The disk cannot be written ({os.strerror(code or errno.ENOSPC)}): free some space "
            "for CDP_DATA_DIR and the warehouse, or make them writable. The next landing goes on."
        )
    kind = type(error).__name__
    if isinstance(error, _REFUSED):
        return UnreadableFileError(f"the warehouse cannot hold its rows ({kind})")
    if is_writing:
        reason = os.strerror(code) if code else kind
        return LandingError(f"The disk or the warehouse failed ({reason}): mend it and land again.")
    if code:
        return UnreadableFileError(f"the file cannot be opened: {os.strerror(code)}")
    return UnreadableFileError(f"DuckDB cannot read the file ({kind})")
