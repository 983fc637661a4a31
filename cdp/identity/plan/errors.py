"""What keeps a plan from being made."""

from __future__ import annotations


class IdentityPlanError(RuntimeError):
    """A plan that cannot be made; the message says why and how to mend it."""
