"""The error of identity plans."""

from __future__ import annotations


class IdentityPlanError(RuntimeError):
    """A plan that cannot be made; the message gives the reason and the remedy."""
