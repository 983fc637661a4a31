"""Checks of a sync's keys against its payload model and its destination."""

from __future__ import annotations

from collections.abc import Iterator

from cdp.activation.destinations.base import Destination
from cdp.activation.spec import PROFILE_COLUMN, PayloadModel, SyncMeta

# The key of the sync that is wrong, or an empty text for the sync as a whole, and what is wrong.
Problem = tuple[str, str]


def column_problems(payload: PayloadModel, meta: SyncMeta) -> Iterator[Problem]:
    """Keys that name columns which the payload does not have or which cannot be used."""
    names = ", ".join(column.name for column in payload.columns)
    for key in ("key", "order_by", "send_until"):
        name = getattr(meta, key)
        if name is not None and payload.column(name) is None:
            yield (
                key,
                f"{key} is {name!r}, which {payload.name} does not have: use one of {names}.",
            )
    key_column = payload.column(meta.key)
    if key_column and key_column.kind == "double":
        yield (
            "key",
            f"key {meta.key!r} is double precision, which has no exact text: cast it.",
        )
    until = payload.column(meta.send_until) if meta.send_until else None
    if until and until.kind != "timestamp":
        yield (
            "send_until",
            f"send_until is {until.name!r}, which is {until.kind}: "
            "cast it to timestamp in the model.",
        )
    if meta.consent == "required" and payload.column(PROFILE_COLUMN) is None:
        yield (
            "",
            f"{payload.name} has no column {PROFILE_COLUMN}, by which consent is looked up: "
            "add it, or say `consent: not_required` with a `consent_reason`.",
        )


def limit_problems(meta: SyncMeta, destination: Destination) -> Iterator[Problem]:
    """Keys that ask for more than the destination can do."""
    if meta.mode not in destination.modes:
        yield (
            "mode",
            f"destination {meta.destination!r} cannot {meta.mode!r}: "
            f"use one of {', '.join(sorted(destination.modes))}.",
        )
    limits = destination.limits
    if meta.batch_size and meta.batch_size > limits.largest_batch:
        yield (
            "batch_size",
            f"batch_size is {meta.batch_size}: {meta.destination} takes at most "
            f"{limits.largest_batch}.",
        )
    fastest = limits.rate_per_second
    if meta.rate_per_second and fastest and meta.rate_per_second > fastest:
        yield (
            "rate_per_second",
            f"rate_per_second is {meta.rate_per_second:g}: {meta.destination} allows at most "
            f"{fastest:g}.",
        )
    most = limits.most_in_flight
    if meta.max_in_flight and most and meta.max_in_flight > most:
        yield (
            "max_in_flight",
            f"max_in_flight is {meta.max_in_flight}: {meta.destination} allows at most {most}.",
        )
