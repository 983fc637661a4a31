"""A PostgreSQL table under the contract suite."""

from __future__ import annotations

from tests.cdp.activation.destinations.case_webhook import row
from tests.cdp.activation.destinations.contract import Case
from tests.cdp.activation.emulators.local import PostgresTable

CASE = Case(
    destination="postgres",
    emulator=PostgresTable,
    environment=lambda table: {"CDP_POSTGRES_DSN": table.dsn},  # type: ignore[attr-defined]
    secrets=["CDP_POSTGRES_DSN"],
    meta={"object": "crm.members", "key": "profile_key"},
    columns={"profile_key": "text", "email": "text", "firstname": "text", "visits": "bigint"},
    row=row,
    rejection="23514 CheckViolation",
    is_http=False,
    mistakes=[
        ({"object": "members"}, "name the table as schema.table"),
        ({"dsn_variable": "lower"}, "dsn_variable"),
        ({"max_in_flight": 2}, "allows at most 1"),
    ],
)
