"""A small warehouse with a payload and consents, and a sync of it to the local receiver."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from cdp.activation import SyncReport, run_sync
from cdp.activation.receiver import RunningReceiver
from cdp.activation.retry import RetryPolicy
from cdp.dbt.manifest import SyncSpec, load_sync_specs
from cdp.settings import Settings
from cdp.warehouse.connection import connected

SECRET = "whsec_c2VjcmV0IG9mIHRoZSB0ZXN0cw=="
SCHEMAS = ("cdp_syncs", "cdp_profiles", "cdp_identity", "cdp_activation")
HASTY = RetryPolicy(first_wait=0.01, max_wait=0.05, acknowledge_every=0.01)

COLUMNS = {
    "profile_id": "text",
    "email": "text",
    "product": "text",
    "amount": "numeric(18, 2)",
    "visit_count": "bigint",
    "score": "double precision",
    "is_member": "boolean",
    "joined_date": "date",
    "seen_at": "timestamp",
}
META = {
    "destination": "webhook",
    "object": "members",
    "mode": "mirror",
    "key": "profile_id",
    "batch_size": 10,
    "purpose": "marketing",
    "channel": "email",
}

Row = Mapping[str, Any]


def row(profile_id: str, **values: object) -> Row:
    """A payload row; what is not given has a value of its kind."""
    return {
        "profile_id": profile_id,
        "email": f"{profile_id}@example.com",
        "product": "boots",
        "amount": Decimal("12.50"),
        "visit_count": 3,
        "score": 0.1,
        "is_member": True,
        "joined_date": date(2026, 3, 1),
        "seen_at": datetime.fromisoformat("2026-03-02T04:05:06.700"),
    } | values


def rows(count: int, **values: object) -> list[Row]:
    return [row(f"p{number:05d}", **values) for number in range(count)]


def as_received(sent: Row) -> dict[str, object]:
    """A payload row in the form that it has on the wire."""
    forms: dict[type, Callable[[Any], object]] = {
        Decimal: float,
        date: lambda value: value.isoformat(),
        datetime: lambda value: value.isoformat(timespec="microseconds") + "Z",
    }
    return {name: forms.get(type(value), lambda v: v)(value) for name, value in sent.items()}


def manifest_of(
    sync_name: str, meta: Mapping[str, Any], columns: Mapping[str, str] = COLUMNS
) -> dict[str, Any]:
    """The parts of dbt's manifest that a sync is read from."""

    def model(name: str, schema: str, described: Mapping[str, str]) -> dict[str, Any]:
        return {
            "resource_type": "model",
            "name": name,
            "database": "warehouse",
            "schema": schema,
            "alias": name,
            "patch_path": "tiny://models/syncs/_models.yml",
            "original_file_path": f"models/syncs/{name}.sql",
            "contract": {"enforced": True},
            "columns": {
                column: {"name": column, "data_type": data_type, "config": {"meta": {}}}
                for column, data_type in described.items()
            },
        }

    return {
        "nodes": {
            "model.tiny.sync_webhook__members": model(
                "sync_webhook__members", "cdp_syncs", columns
            ),
            "model.tiny.profile_consents": model("profile_consents", "cdp_profiles", {}),
            "model.tiny.suppressions": model("suppressions", "cdp_profiles", {}),
            "model.tiny.profile_redirects": model("profile_redirects", "cdp_identity", {}),
        },
        "exposures": {
            f"exposure.tiny.{sync_name}": {
                "name": sync_name,
                "unique_id": f"exposure.tiny.{sync_name}",
                "type": "application",
                "description": "Members.",
                "original_file_path": "models/syncs/_exposures.yml",
                "depends_on": {"nodes": ["model.tiny.sync_webhook__members"]},
                "config": {"meta": {"sync": dict(meta)}},
            }
        },
    }


@dataclass
class World:
    """A warehouse, a sync of a name of its own, and the receiver."""

    settings: Settings
    receiver: RunningReceiver
    folder: Path
    name: str = field(default_factory=lambda: f"members_{uuid.uuid4().hex[:12]}")

    def __post_init__(self) -> None:
        columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        with connected(self.settings) as connection:
            for statement in (
                "create schema cdp_syncs",
                "create schema cdp_profiles",
                f"create table cdp_syncs.sync_webhook__members ({columns})",
                "create table cdp_profiles.profile_consents (profile_id text, channel text, "
                "purpose text, status text, recorded_at timestamp)",
                "create table cdp_profiles.suppressions (profile_id text, channel text)",
                "create schema cdp_identity",
                "create table cdp_identity.profile_redirects "
                "(old_profile_id text, profile_id text, redirected_at timestamp)",
            ):
                connection.execute(statement)

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with connected(self.settings) as connection:
            return connection.execute(statement, parameters)

    def put(self, payload: Sequence[Row], *, consenting: bool = True) -> None:
        """Make the payload these rows, of people who have all consented."""
        with connected(self.settings) as connection, connection.transaction():
            connection.execute("delete from cdp_syncs.sync_webhook__members")
            casts = ", ".join(
                f"unnest(${number}::{kind}[])"
                for number, kind in enumerate(COLUMNS.values(), start=1)
            )
            if payload:
                connection.execute(
                    f"insert into cdp_syncs.sync_webhook__members select {casts}",
                    [[entry[name] for entry in payload] for name in COLUMNS],
                )
            if consenting:
                connection.execute("delete from cdp_profiles.profile_consents")
                connection.execute(
                    "insert into cdp_profiles.profile_consents select distinct profile_id, "
                    "'email', 'marketing', 'granted', timestamp '2026-01-01' "
                    "from cdp_syncs.sync_webhook__members"
                )

    def withdraw(self, profile_id: str) -> None:
        self.execute(
            "update cdp_profiles.profile_consents set status = 'withdrawn' where profile_id = $1",
            [profile_id],
        )

    def suppress(self, profile_id: str, channel: str = "email") -> None:
        self.execute("insert into cdp_profiles.suppressions values ($1, $2)", [profile_id, channel])

    def merge(self, merged: str, into: str) -> None:
        """Let one profile have been merged into another."""
        self.execute(
            "insert into cdp_identity.profile_redirects values ($1, $2, timestamp '2026-01-01')",
            [merged, into],
        )

    def spec(self, **meta: object) -> SyncSpec:
        return load_sync_specs(self.write_manifest(**meta), self.folder)[0]

    def write_manifest(self, **meta: object) -> Path:
        """Write the manifest; a key given as None is left out."""
        given = {key: value for key, value in (META | meta).items() if value is not None}
        file = self.folder / "manifest.json"
        file.write_text(json.dumps(manifest_of(self.name, given)))
        return file

    def run(
        self,
        spec: SyncSpec | None = None,
        *,
        run_id: str = "run",
        now: datetime | None = None,
        policy: RetryPolicy = HASTY,
        approve: bool = False,
    ) -> SyncReport:
        return run_sync(
            self.settings,
            spec or self.spec(),
            run_id=run_id,
            now=now,
            policy=policy,
            approve=approve,
        )

    def received(self) -> dict[str, dict[str, Any]]:
        """What the receiver holds."""
        with self.receiver.kept() as store:
            return store.rows(self.name)

    def deliveries(self) -> list[tuple[str, str, str, int, bool]]:
        with self.receiver.kept() as store:
            return store.deliveries(self.name)

    def merges(self) -> list[tuple[str, str]]:
        with self.receiver.kept() as store:
            return store.merges(self.name)

    def ledger(self, table: str, columns: str, condition: str = "true") -> list[tuple[Any, ...]]:
        """Rows of a ledger table, sorted by all of the columns."""
        return sorted(
            self.execute(f"select {columns} from cdp_activation.{table} where {condition}"),
            key=str,
        )
