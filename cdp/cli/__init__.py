"""The command line: `cdp`, or `python -m cdp`."""

from cdp.cli.commands import app

__all__ = ["app"]
