"""Waits for a plan to end and, where it was killed, removes its copy of the warehouse."""

from __future__ import annotations

import sys

from cdp.identity.plan.scratch import sweep
from cdp.settings import Settings


def main() -> None:
    """Read until every process of the plan has closed the pipe; a plan that ended well says so."""
    if sys.stdin.buffer.read() != b"done":
        sweep(Settings.from_environment())


if __name__ == "__main__":
    main()
