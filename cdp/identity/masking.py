"""Masks identifiers that are personal data."""

from __future__ import annotations


def mask(value: str) -> str:
    """Enough of a value to recognise it: `a***@example.com`, `+49***42`."""
    name, at, domain = value.rpartition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    return f"{value[:3]}***{value[-2:]}" if len(value) > 8 else "***"
