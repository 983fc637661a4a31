"""Look-ups: reads what a page shows and records who looked before it is shown."""

from __future__ import annotations

from typing import Any

from cdp.customer_page.audit import AuditLog
from cdp.customer_page.person import Customers
from cdp.customer_page.search import MAX_FOUND, Found, search
from cdp.customer_page.users import User
from cdp.customer_page.warehouse import Readers

VIEWS = {
    "overview": "Overview",
    "timeline": "Timeline",
    "identity": "Identity",
    "traits": "Traits",
}
_OVERVIEW = (
    "golden_record", "devices", "lifecycle", "consents", "suppressions", "audiences", "offers",
    "outcomes",
)  # fmt: skip


class AuditFailedError(RuntimeError):
    """A look-up could not be recorded, so nothing is shown."""


class Lookups:
    """Answers look-ups of users.

    Args:
        readers: Opens the warehouse.
        audit: Records look-ups.
    """

    def __init__(self, readers: Readers, audit: AuditLog) -> None:
        self._readers = readers
        self._audit = audit

    def search(self, user: User, term: str) -> list[Found]:
        """People that a term may mean, at most `MAX_FOUND` and one more."""
        with self._readers.open() as reader:
            people = Customers(reader, user.role.sees_identifiers)
            found = search(reader, people.masker, list(people.types), term)
        self._record(user, "search", [each.profile_id for each in found[:MAX_FOUND]], term)
        return found

    def person(
        self, user: User, requested_id: str, view: str, channel: str, page: int
    ) -> dict[str, Any] | None:
        """Values of a template; None for an unknown id.

        For the id of a merged profile the values are the current id alone, and nothing is recorded.
        """
        with self._readers.open() as reader:
            people = Customers(reader, user.role.sees_identifiers)
            profile_id = people.living_profile(requested_id)
            if profile_id is None or profile_id != requested_id:
                return {"profile_id": profile_id} if profile_id else None
            self._record(user, view, [profile_id])
            values: dict[str, Any] = {
                "profile_id": profile_id,
                "view": view,
                "head": people.head(profile_id),
                "read_at": reader.read_at,
                "is_masked": not user.role.sees_identifiers,
            }
            if view == "overview":
                return values | {part: getattr(people, part)(profile_id) for part in _OVERVIEW}
            if view == "timeline":
                return values | {"timeline": people.timeline(profile_id, channel, page)}
            return values | {view: getattr(people, view)(profile_id)}

    def _record(
        self, user: User, view: str, profile_ids: list[str], searched: str | None = None
    ) -> None:
        try:
            self._audit.record(user, view, profile_ids, searched)
        except Exception as error:
            raise AuditFailedError from error
