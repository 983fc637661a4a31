"""Warehouses, payload and peers' configuration for `benchmarks.sync`."""

from __future__ import annotations

import json
import os
from pathlib import Path

from cdp.activation.canonical import row_hash
from cdp.activation.destinations.base import Mode
from cdp.activation.destinations.webhook import WebhookOptions
from cdp.activation.ledger import create_ledger
from cdp.activation.spec import (
    ColumnKind,
    ConsentRelations,
    PayloadColumn,
    PayloadModel,
    Relation,
    SyncSpec,
)
from cdp.settings import Settings
from cdp.warehouse.connection import connected, quote
from cdp.warehouse.queries import Queries

BATCH_SIZE = 100
IN_FLIGHT = 16

_QUERIES = Queries(Path(__file__).parent / "queries")
_KINDS: dict[str, ColumnKind] = {
    "profile_id": "text",
    "email": "text",
    "first_name": "text",
    "product": "text",
    "amount": "numeric",
    "visit_count": "integer",
    "score": "double",
    "is_member": "boolean",
    "joined_date": "date",
    "seen_at": "timestamp",
}


def settings_of(file: Path, url: str | None = None) -> Settings:
    """Settings of a warehouse file and a receiver's address."""
    return Settings.from_environment().model_copy(
        update={"target": "duckdb", "duckdb_path": file, "webhook_url": url}
    )


def sync_of(mode: Mode = "mirror") -> SyncSpec:
    """A sync of the payload to the webhook, with consent required."""
    columns = tuple(
        PayloadColumn(name=name, kind=kind, scale=2 if kind == "numeric" else 0)
        for name, kind in _KINDS.items()
    )
    payload = PayloadModel(
        unique_id="model.bench.members",
        name="members",
        relation=_relation("cdp_syncs", "members"),
        columns=columns,
    )
    return SyncSpec(
        name="members",
        unique_id="exposure.bench.members",
        description="",
        payload=payload,
        destination="webhook",
        object="members",
        mode=mode,
        key="profile_id",
        order_by=None,
        batch_size=BATCH_SIZE,
        rate_per_second=None,
        max_in_flight=IN_FLIGHT,
        purpose="marketing",
        channel="email",
        consent=ConsentRelations(
            consents=_relation("cdp_profiles", "profile_consents"),
            suppressions=_relation("cdp_profiles", "suppressions"),
        ),
        consent_reason=None,
        max_change_share=None,
        max_delete_share=None,
        merged_profiles="delete",
        can_delete=True,
        redirects=_relation("cdp_identity", "profile_redirects"),
        options=WebhookOptions(),
        declared_at="benchmarks/sync_data.py:1",
    )


def _relation(schema_name: str, identifier: str) -> Relation:
    return Relation(database="bench", schema_name=schema_name, identifier=identifier)


def make_warehouse(file: Path, rows: int) -> None:
    """A payload of people who have consented to two channels, and nothing acknowledged."""
    with connected(settings_of(file)) as database:
        database.execute(_QUERIES("sync_warehouse", rows=rows))


def acknowledge_all(file: Path) -> None:
    """Put every row into the ledger as it is, in the order of a first load."""
    settings, spec = settings_of(file), sync_of()
    payload_hash = row_hash("duckdb", [(each, quote(each.name)) for each in spec.payload.columns])
    with connected(settings) as connection:
        create_ledger(connection, settings)
        connection.execute(
            "insert into cdp_activation.sync_ledger (sync_name, sync_key, operation, "
            "payload_hash, revision, receiver_id, run_id, acknowledged_at, profile_id) "
            f"select 'members', profile_id, 'insert', {payload_hash}, 1, null, 'first', "
            "timestamp '2026-01-01', profile_id from cdp_syncs.members order by profile_id"
        )


def change_one_percent(file: Path) -> None:
    """Give one row in a hundred another product."""
    with connected(settings_of(file)) as database:
        database.execute(
            "update cdp_syncs.members set product = 'tent' where hash(profile_id) % 100 = 0"
        )


def bodies_of(file: Path) -> list[bytes]:
    """The requests of a first load, without their signatures, ready to be posted."""
    with connected(settings_of(file)) as database:
        rows = database.execute(
            "select profile_id, cast(to_json(members) as text) from ("
            "select * replace (cast(amount as double) as amount, "
            "strftime(seen_at, '%Y-%m-%dT%H:%M:%S.%fZ') as seen_at) from cdp_syncs.members"
            ") as members order by profile_id"
        )
    sent = [
        f'{{"key":"{key}","operation":"insert","idempotency_key":"{key}","revision":1,'
        f'"values":{values}}}'
        for key, values in rows
    ]
    return [
        f'{{"sync":"members","object":"members","rows":[{",".join(batch)}]}}'.encode()
        for batch in (sent[at : at + BATCH_SIZE] for at in range(0, len(sent), BATCH_SIZE))
    ]


def write_drt_project(folder: Path, file: Path, url: str) -> dict[str, str]:
    """A drt project that posts the payload in batches; returns the environment to run it in.

    Configured as its documentation advises for an endpoint that takes batches: `body_mode: batch`,
    a large `batch_size` (it opens a connection for each) cut to requests of the size that ours has,
    and its pause between requests, which would cap it at ten a second, switched off.
    """
    sync = {
        "name": "members",
        "model": "select * from cdp_syncs.members",
        "destination": {
            "type": "rest_api",
            "url": url,
            "method": "POST",
            "headers": {"Content-Type": "application/json"},
            "body_mode": "batch",
            "batch_template": '{"sync": "members", "object": "members", '
            '"rows": {{ rows | tojson_safe }}}',
            "max_records_per_request": BATCH_SIZE,
        },
        "sync": {
            "mode": "full",
            "batch_size": 10_000,
            "rate_limit": {"requests_per_second": 0},
            "on_error": "fail",
        },
    }
    profile = {"bench": {"type": "duckdb", "database": str(file)}}
    # JSON is YAML.
    for path, document in {
        folder / "drt_project.yml": {"name": "bench", "profile": "bench"},
        folder / "syncs" / "members.yml": sync,
        folder / "home" / ".drt" / "profiles.yml": profile,
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document), encoding="utf-8")
    return os.environ | {"HOME": str(folder / "home"), "DO_NOT_TRACK": "1"}
