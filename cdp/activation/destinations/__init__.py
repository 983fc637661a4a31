"""The destinations by name: those that come with the platform, and those of installed packages."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import cast

from cdp.activation.destinations.base import Destination

ENTRY_POINT_GROUP = "customer_data_platform.destinations"

# Name in `destination:` of a sync -> module that holds `DESTINATION`.
BUILT_IN = {
    "braze": "cdp.activation.destinations.braze",
    "customerio": "cdp.activation.destinations.customerio",
    "fcm": "cdp.activation.destinations.fcm",
    "files": "cdp.activation.destinations.files",
    "google_data_manager": "cdp.activation.destinations.google_data_manager",
    "hubspot": "cdp.activation.destinations.hubspot",
    "iterable": "cdp.activation.destinations.iterable",
    "klaviyo": "cdp.activation.destinations.klaviyo",
    "mailchimp": "cdp.activation.destinations.mailchimp",
    "meta": "cdp.activation.destinations.meta",
    "onesignal": "cdp.activation.destinations.onesignal",
    "postgres": "cdp.activation.destinations.postgres",
    "salesforce": "cdp.activation.destinations.salesforce",
    "slack": "cdp.activation.destinations.slack",
    "webhook": "cdp.activation.destinations.webhook",
}


class UnknownDestinationError(LookupError):
    """No destination of that name is installed."""


def destination_names() -> list[str]:
    """Names that a sync may use, sorted."""
    return sorted(set(BUILT_IN) | {point.name for point in entry_points(group=ENTRY_POINT_GROUP)})


@cache
def find_destination(name: str) -> Destination:
    """The destination of that name, raising `UnknownDestinationError`."""
    if name in BUILT_IN:
        return cast(Destination, import_module(BUILT_IN[name]).DESTINATION)
    for point in entry_points(group=ENTRY_POINT_GROUP, name=name):
        return cast(Destination, point.load())
    raise UnknownDestinationError(
        f"destination {name!r} is not installed: use one of {', '.join(destination_names())}, "
        f"or install the package that offers it in the entry point group {ENTRY_POINT_GROUP!r}."
    )
