"""Replaces what a role may not see when rows are read, before any template gets them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from cdp.identity.masking import mask

HIDDEN = "hidden"
# Seed identifier_types does not call these direct, but each one reaches a person.
ALSO_DIRECT = frozenset({"push_token", "social_handle"})
# Properties of events that describe goods, not people. All others are hidden, because a source may
# write anything into them.
HARMLESS_PROPERTIES = frozenset(
    {
        *("brand", "campaign_id", "category", "color", "colour", "currency", "discount"),
        *("discount_amount", "order_id", "price", "product_id", "products", "quantity", "size"),
        *("store_id", "total"),
    }
)
_EMAIL = re.compile(r"[^\s@<>\"',;:/?&=]+(?:@|%40)[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w-])(?:\+|00?)\d[\d\s()/.-]{5,}\d")
_IP_ADDRESS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
_MIN_KNOWN_LENGTH = 3


class Masker:
    """Masks direct identifiers, unless the role may see them.

    Args:
        sees_identifiers: Whether everything is passed on as it is.
        indirect_types: Identifier types that are not direct; unknown types count as direct.
    """

    def __init__(self, *, sees_identifiers: bool, indirect_types: Collection[str]) -> None:
        self.sees_identifiers = sees_identifiers
        self._indirect = frozenset(indirect_types) - ALSO_DIRECT
        self._known: re.Pattern[str] | None = None

    def learn(self, values: Iterable[str | None]) -> None:
        """Remember direct identifiers of the person, to mask them in free text too."""
        known = {value.strip() for value in values if value}
        parts = sorted((re.escape(v) for v in known if len(v) >= _MIN_KNOWN_LENGTH), reverse=True)
        if parts:
            self._known = re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)

    def identifier(self, identifier_type: str, value: str) -> str:
        """An identifier, masked if its type is direct."""
        if self.sees_identifiers:
            return value
        return self.text(value) if identifier_type in self._indirect else mask(value)

    def text(self, value: str) -> str:
        """Free text, with recognisable identifiers replaced."""
        if self.sees_identifiers:
            return value
        if self._known:
            value = self._known.sub(HIDDEN, value)
        for pattern in (_EMAIL, _PHONE, _IP_ADDRESS):
            value = pattern.sub(HIDDEN, value)
        return value

    def optional(self, value: str | None) -> str | None:
        """`text`, for a value that may be None."""
        return None if value is None else self.text(value)

    def name(self, value: str) -> str:
        """The first letter of a name."""
        return value if self.sees_identifiers else f"{value[:1]}***"

    def hidden(self, value: str) -> str:
        """The value, or a placeholder."""
        return value if self.sees_identifiers else HIDDEN

    def properties(self, source: str | None) -> dict[str, str]:
        """Properties of an event as text by name; text that is not JSON is one property."""
        if not source:
            return {}
        try:
            found = json.loads(source)
        except ValueError:
            found = {"text": source}
        if not isinstance(found, Mapping):
            found = {"value": found}
        return {
            self.text(str(name)): self._property(str(name), value)
            for name, value in found.items()
            if value not in (None, "", {}, [])
        }

    def _property(self, name: str, value: Any) -> str:
        if not self.sees_identifiers:
            if name not in HARMLESS_PROPERTIES:
                return HIDDEN
            value = self._harmless(value)
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def _harmless(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._harmless(each) for each in value]
        if isinstance(value, Mapping):
            return {k: self._harmless(v) for k, v in value.items() if k in HARMLESS_PROPERTIES}
        return self.text(value) if isinstance(value, str) else value
