"""The command line `cdp` in this process."""

from __future__ import annotations

from cdp.cli import app


def cdp(*arguments: str) -> int:
    """Run a command; returns its exit status."""
    status = app(list(arguments), prog_name="cdp", standalone_mode=False)
    return int(status or 0)
