"""What destinations that hold audiences of hashed addresses and numbers share.

Members are known by what identifies them, not by the sync's key. So the identifiers that were sent
for a key are kept as its `receiver_id`, hashed: a delete takes them away, and so does an update
those that the row no longer has. A delete of a row whose answer was lost has no receiver_id yet:
where the key is itself an identifier column it is used, else the row is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from pydantic import Field

from cdp.activation.destinations.api import TimedOptions, no_column
from cdp.activation.destinations.base import Change, Problem, RowResult
from cdp.activation.destinations.hashing import hashed_email, hashed_phone
from cdp.activation.spec import SyncSpec

Kind = Literal["email", "phone"]
_SAVED = re.compile(r"(email|phone):([0-9a-f]{64})")

UNIDENTIFIED = RowResult("rejected", "no usable email or phone")


class Identifier(NamedTuple):
    """A hashed address or number."""

    kind: Kind
    sha256: str


class AudienceOptions(TimedOptions):
    """Keys of a sync to an audience beside the common ones; `object` is the audience's id.

    Attributes:
        email: Payload column with email addresses, or their hashes.
        phone: Payload column with telephone numbers, or their hashes.
        country_code: Digits, such as 49, for numbers without one that begin with a single 0; by
            default such a number is left out.
    """

    email: str | None = None
    phone: str | None = None
    country_code: str = Field("", pattern=r"^[1-9]\d{0,2}$|^$")


class Rules(NamedTuple):
    """How a receiver wants values normalised before they are hashed; see `hashing`."""

    without_google_tags: bool
    phone_with_plus: bool
    country_code: str

    def identifier(self, kind: Kind, value: object) -> Identifier | None:
        """The hashed value; None for one that is missing or unusable."""
        if value is None:
            return None
        if kind == "email":
            digest = hashed_email(str(value), without_google_tags=self.without_google_tags)
        else:
            digest = hashed_phone(
                str(value), with_plus=self.phone_with_plus, country_code=self.country_code
            )
        return Identifier(kind, digest) if digest else None


class Members:
    """Reads a sync's changes as members of an audience."""

    def __init__(self, spec: SyncSpec, options: AudienceOptions, rules: Rules) -> None:
        columns: dict[Kind, str | None] = {"email": options.email, "phone": options.phone}
        self._columns = {kind: column for kind, column in columns.items() if column}
        self._key = spec.key
        self._rules = rules

    def added(self, change: Change) -> list[Identifier]:
        """What a row is to be a member by; nothing for a delete."""
        if change.operation == "delete":
            return []
        values = change.values
        found = [self._rules.identifier(k, values.get(c)) for k, c in self._columns.items()]
        return [identifier for identifier in found if identifier]

    def removed(self, change: Change) -> list[Identifier]:
        """What was sent for the key and is not to be a member any more."""
        if change.operation == "delete":
            return _saved(change) or self._by_key(change)
        if change.operation == "insert":
            # The receiver has no row with this key; the identifiers of a deleted row may belong to
            # another row by now.
            return []
        added = self.added(change)
        return [identifier for identifier in _saved(change) if identifier not in added]

    def weight(self, change: Change) -> tuple[int, int]:
        """Members that a change adds, and identifiers that it takes away, at least one together."""
        is_delete = change.operation == "delete"
        return (0 if is_delete else 1, len(self.removed(change)))

    def removals(self, changes: Sequence[Change]) -> list[tuple[Change, list[Identifier]]]:
        """Changes that take something away, with what; not what another of them adds."""
        kept = {identifier for change in changes for identifier in self.added(change)}
        found = [
            (change, [gone for gone in self.removed(change) if gone not in kept])
            for change in changes
        ]
        return [(change, gone) for change, gone in found if gone]

    def additions(self, changes: Sequence[Change]) -> list[tuple[Change, list[Identifier]]]:
        """Changes that add a member, with by what."""
        found = [(change, self.added(change)) for change in changes]
        return [(change, added) for change, added in found if added]

    def results(self, changes: Sequence[Change]) -> list[RowResult]:
        """The results of changes that were sent; a member is remembered by its identifiers."""
        return [self._result(change) for change in changes]

    def _result(self, change: Change) -> RowResult:
        if change.operation == "delete":
            return RowResult("accepted") if self.removed(change) else UNIDENTIFIED
        added = self.added(change)
        if not added:
            return UNIDENTIFIED
        return RowResult("accepted", None, ",".join(f"{kind}:{digest}" for kind, digest in added))

    def _by_key(self, change: Change) -> list[Identifier]:
        found = [
            self._rules.identifier(kind, change.key)
            for kind, column in self._columns.items()
            if column == self._key
        ]
        return [identifier for identifier in found if identifier]


def _saved(change: Change) -> list[Identifier]:
    return [
        Identifier("email" if kind == "email" else "phone", digest)
        for kind, digest in _SAVED.findall(change.receiver_id or "")
    ]


def audience_problems(spec: SyncSpec, options: AudienceOptions) -> Iterable[Problem]:
    """Identifier columns that are missing or no text."""
    if not options.email and not options.phone:
        yield Problem("email", "and phone are missing: name the payload's column of one or both.")
    for key, name in (("email", options.email), ("phone", options.phone)):
        column = spec.payload.column(name) if name else None
        if name and column is None:
            yield no_column(spec, key, name)
        elif column and column.kind != "text":
            yield Problem(
                key, f"is {name!r}, which is {column.kind}: cast it to text in the model."
            )
