"""A payload row as one of Klaviyo's profiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdp.activation.types import Value

_IDENTIFIERS = frozenset({"email", "phone_number", "external_id"})
_ATTRIBUTES = _IDENTIFIERS | {
    *("first_name", "last_name", "organization", "locale", "title", "image"),
}
_LOCATION = frozenset(
    {
        *("address1", "address2", "city", "country", "latitude", "longitude", "region", "zip"),
        *("timezone", "ip"),
    }
)


def profile_document(identifier: str, key: str, fields: Mapping[str, Value]) -> dict[str, Any]:
    """The profile that has `key` as its `identifier`, such as `email`, with the other fields.

    Columns that Klaviyo knows are attributes, `location_…` its location, and others properties.
    """
    attributes: dict[str, Any] = {}
    location: dict[str, Value] = {}
    properties: dict[str, Value] = {}
    unset: list[str] = []
    for name, value in fields.items():
        place = name.removeprefix("location_")
        if name in _ATTRIBUTES:
            # A null identifier does not remove one that Klaviyo has.
            if value is not None or name not in _IDENTIFIERS:
                attributes[name] = value
        elif place != name and place in _LOCATION:
            location[place] = value
        elif value is None:
            unset.append(name)
        else:
            properties[name] = value
    attributes[identifier] = key
    parts = {"location": location, "properties": properties}
    attributes |= {name: part for name, part in parts.items() if part}
    profile: dict[str, Any] = {"type": "profile", "attributes": attributes}
    if unset:
        profile["meta"] = {"patch_properties": {"unset": unset}}
    return profile
