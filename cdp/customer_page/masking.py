"""What a role may not see is replaced where rows are read, before any template has it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from cdp.identity.explain import mask

HIDDEN = "hidden"
# Not direct by seed identifier_types, and yet they reach a person.
ALSO_DIRECT = frozenset({"push_token", "social_handle"})
# Properties of events whose values are about goods, not people. Anything else is hidden: a source
# may write what it likes into the others.
HARMLESS_PROPERTIES = frozenset(
    {
        *("brand", "campaign_id", "category", "color", "colour", "currency", "discount"),
        *("discount_amount", "order_id", "price", "product_id", "products", "quantity", "size"),
        *("store_id", "total"),
    }
)
_EMAIL = re.compile(r"[^\s@<>\"',;:/?&=]+(?:@|%40)[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w-])(?:\+|00?)\d[\d\s()/.-]{5,}\d")
_ADDRESS_OF_MACHINE = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
_SHORTEST_KNOWN = 3


class Masker:
    """Masks direct identifiers, unless the role permits to see them.

    Args:
        sees_identifiers: Whether everything is passed on as it is.
        direct_types: Types of identifiers that are direct, by the seed.
        indirect_types: The other types that are known; one that is not is taken for direct.
    """

    def __init__(self, *, sees_identifiers: bool, indirect_types: Collection[str]) -> None:
        self.sees_identifiers = sees_identifiers
        self._indirect = frozenset(indirect_types) - ALSO_DIRECT
        self._known: re.Pattern[str] | None = None

    def learn(self, values: Iterable[str | None]) -> None:
        """Direct identifiers of the person, to be found in free text as well."""
        known = {value.strip() for value in values if value}
        parts = sorted((re.escape(v) for v in known if len(v) >= _SHORTEST_KNOWN), reverse=True)
        if parts:
            self._known = re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)

    def identifier(self, identifier_type: str, value: str) -> str:
        """An identifier, masked if its type is direct."""
        if self.sees_identifiers:
            return value
        return self.text(value) if identifier_type in self._indirect else mask(value)

    def text(self, value: str) -> str:
        """Free text, without the identifiers that can be told."""
        if self.sees_identifiers:
            return value
        if self._known:
            value = self._known.sub(HIDDEN, value)
        for pattern in (_EMAIL, _PHONE, _ADDRESS_OF_MACHINE):
            value = pattern.sub(HIDDEN, value)
        return value

    def optional(self, value: str | None) -> str | None:
        """`text`, of what may be lacking."""
        return None if value is None else self.text(value)

    def name(self, value: str) -> str:
        """The first letter of a name."""
        return value if self.sees_identifiers else f"{value[:1]}***"

    def hidden(self, value: str) -> str:
        """Nothing of the value."""
        return value if self.sees_identifiers else HIDDEN

    def properties(self, source: str | None) -> dict[str, str]:
        """Properties of an event as text by name; what is not JSON is one property."""
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
