"""What a sync is, complete and checked; `cdp.dbt.manifest` reads it from dbt's manifest."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SerializeAsAny

from cdp.activation.statements import Sql
from cdp.activation.types import Frozen, Mode, Options
from cdp.warehouse.connection import quote

ColumnKind = Literal["text", "integer", "boolean", "numeric", "double", "date", "timestamp"]

MergedProfiles = Literal["merge", "delete", "keep"]

# Payload column by which consent is looked up.
PROFILE_COLUMN = "profile_id"


class Relation(Frozen):
    """Where dbt put a model."""

    database: str
    schema_name: str
    identifier: str

    @property
    def sql(self) -> Sql:
        """The relation's name in SQL, without the database."""
        return Sql(f"{quote(self.schema_name)}.{quote(self.identifier)}")


class PayloadColumn(Frozen):
    """One column of a payload's contract.

    `scale` is the digits after the point of a numeric. `is_direct_identifier` is what the column's
    `config.meta.direct_identifier` says; None where it says nothing and the name decides.
    """

    name: str
    kind: ColumnKind
    scale: int = 0
    is_direct_identifier: bool | None = None


class PayloadModel(Frozen):
    """The contracted model whose rows should be at the destination."""

    unique_id: str
    name: str
    relation: Relation
    columns: tuple[PayloadColumn, ...]

    def column(self, name: str) -> PayloadColumn | None:
        """The column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)


class ConsentRelations(Frozen):
    """Where consent is looked up when rows are read."""

    consents: Relation
    suppressions: Relation


class FrequencyCaps(Frozen):
    """Where the limits of messages to a person are, and where merged profiles are looked up."""

    limits: Relation
    redirects: Relation | None


class _SyncKeys(Frozen):
    """The keys that mean the same in a sync's meta and in its spec; see `SyncMeta`."""

    destination: str = Field(min_length=1)
    object: str = Field(min_length=1)
    mode: Mode
    key: str = Field(min_length=1)
    purpose: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    channel: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    order_by: str | None = None
    send_until: str | None = None
    rate_per_second: float | None = Field(None, gt=0)
    consent_reason: str | None = Field(None, min_length=1)
    max_change_share: float | None = Field(None, gt=0, le=1)
    max_delete_share: float | None = Field(None, gt=0, le=1)


class SyncMeta(_SyncKeys):
    """The keys of `config.meta.sync` that every destination has; others are the destination's own.

    Attributes:
        destination: Name of an installed destination.
        object: What the rows are at the receiver.
        mode: `upsert` (insert and update), `update_only`, `mirror` (also delete what left the
            payload), `append` (each key once, never changed) or `full` (all rows whenever one
            changed).
        key: Payload column that identifies a row.
        purpose: Purpose that the person must have consented to.
        channel: Channel that the person must have consented to and is not suppressed on.
        order_by: Payload column that rows are sent in the order of, before the key.
        send_until: Payload column, a UTC timestamp, from which on a row is not sent any more, and
            in a mirror deleted; a row where it is null is sent whenever.
        batch_size: Rows a request; by default the destination's.
        rate_per_second: Requests a second of the account; by default the destination's.
        max_in_flight: Requests under way at once; by default the destination's. One keeps order.
        consent: `not_required` switches the consent check off, and then needs a reason.
        consent_reason: Why no consent is required, such as the contract that the message fulfils.
        max_change_share: A run that would change or delete more than this share of the
            acknowledged rows stops until approved.
        max_delete_share: The same for deletes and merges alone.
        merged_profiles: What becomes of the row of a profile that was merged into another and has
            left the payload: `merge` into the row of the profile that remains, where the
            destination can, `delete`, or `keep`. By default the first of them that destination
            and mode allow; a mirror never keeps.
    """

    batch_size: int | None = Field(None, ge=1)
    max_in_flight: int | None = Field(None, ge=1, le=256)
    consent: Literal["required", "not_required"] = "required"
    merged_profiles: MergedProfiles | None = None


class SyncSpec(_SyncKeys):
    """One sync, complete and checked. See `SyncMeta` for what is not explained here.

    Attributes:
        name: The exposure's name.
        unique_id: The exposure's id in the manifest.
        description: The exposure's description.
        payload: The model to send.
        consent: Where to look consent up; None where the sync says it is not required.
        can_delete: Whether mode and destination let it delete rows that we wrote.
        redirects: Where merged profiles are looked up; None where they are not.
        caps: Limits of messages to a person, for a sync of messages that need consent; None for
            any other, or where the project has no limits.
        options: The destination's own keys.
        declared_at: `file:line` of the sync in the project's YAML.
    """

    name: str
    unique_id: str
    description: str
    payload: PayloadModel
    batch_size: int
    max_in_flight: int
    consent: ConsentRelations | None
    merged_profiles: MergedProfiles
    can_delete: bool
    redirects: Relation | None
    caps: FrequencyCaps | None = None
    options: SerializeAsAny[Options]
    declared_at: str

    @property
    def payload_unique_id(self) -> str:
        """The payload model's id in the manifest."""
        return self.payload.unique_id
