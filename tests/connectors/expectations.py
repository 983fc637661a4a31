"""What a connector's sample comes to, compared with tests/connectors/<name>/expected/*.csv."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from cdp.warehouse.connection import Connection

FOLDER = Path(__file__).parent
PEOPLE = {row["person"]: row for row in csv.DictReader((FOLDER / "people.csv").open())}
# Words of expected/orders.csv for what a status comes to.
EVENTS = {
    "completed": "order_completed",
    "pending": "order_placed",
    "unknown": "order_placed",
    "voided": "order_cancelled",
    "cancelled": "order_cancelled",
    "failed": "order_cancelled",
}


class Company:
    """A built warehouse with the sample of one connector, perhaps beside others.

    Args:
        connection: The warehouse.
        name: The connector.
    """

    def __init__(self, connection: Connection, name: str) -> None:
        self.connection = connection
        self.name = name

    def expected(self, table: str) -> list[dict[str, str]] | None:
        """Rows of expected/<table>.csv; None if the connector has no such file."""
        path = FOLDER / self.name / "expected" / f"{table}.csv"
        return list(csv.DictReader(path.open(encoding="utf-8"))) if path.exists() else None

    def differences(self) -> dict[str, list[str]]:
        """Rows that are missing or unexpected, by kind of row; empty if all is as expected."""
        found = {
            kind: _difference(*pair)
            for kind, pair in {
                "orders": self._orders(),
                "returns": self._returns(),
                "lines": self._lines(),
                "events": self._events(),
                "consents": self._consents(),
            }.items()
            if pair is not None
        }
        return {kind: rows for kind, rows in found.items() if rows}

    def differences_alone(self) -> dict[str, list[str]]:
        """The same for what depends on all connectors that are on: golden values and reach."""
        found = {
            kind: _difference(*pair)
            for kind, pair in {"contacts": self._contacts(), "reach": self._reach()}.items()
            if pair is not None
        }
        return {kind: rows for kind, rows in found.items() if rows}

    def _query(self, statement: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(statement.replace("CONNECTOR", self.name))

    def _orders(self) -> tuple[Any, Any] | None:
        expected = self.expected("orders")
        if expected is None:
            return None
        rows = self._query(
            "select order_id, event_name, currency, amount "
            "from cdp_staging.input_orders where connector = 'CONNECTOR' union all "
            "select order_id, event_name, currency, amount "
            "from cdp_journeys.int_journeys__timeline "
            "where source_model like 'stg\\_CONNECTOR\\_\\_%' escape '\\' "
            "and event_name in ('order_completed', 'order_placed', 'order_cancelled') "
            "and source_model not in (select source_model from cdp_staging.input_orders)"
        )
        return (
            {(order, event, currency, _amount(amount)) for order, event, currency, amount in rows},
            {
                (row["order_id"], EVENTS[row["status"]], row["currency"], _amount(row["amount"]))
                for row in expected
                if row["is_return"] != "true"
            },
        )

    def _returns(self) -> tuple[Any, Any] | None:
        expected = self.expected("orders")
        if expected is None:
            return None
        rows = self._query(
            "select order_id, currency, amount from cdp_staging.input_returns "
            "where connector = 'CONNECTOR'"
        )
        return (
            Counter((order, currency, _amount(amount)) for order, currency, amount in rows),
            Counter(
                (row["original_order_id"], row["currency"], _amount(row["amount"].lstrip("-")))
                for row in expected
                if row["is_return"] == "true"
            ),
        )

    def _lines(self) -> tuple[Any, Any] | None:
        expected = self.expected("order_lines")
        if expected is None:
            return None
        rows = self._query(
            "select order_id, line_number, product_id, quantity, "
            "quantity * unit_price - coalesce(discount_amount, 0) "
            "from cdp_staging.input_order_lines where connector = 'CONNECTOR'"
        )
        return (
            Counter((order, int(n), sku or "", int(q), _amount(a)) for order, n, sku, q, a in rows),
            Counter(
                (
                    row["order_id"],
                    int(row["line_number"]),
                    row["sku"],
                    int(row["quantity"]),
                    _amount(row["amount"]),
                )
                for row in expected
            ),
        )

    def _events(self) -> tuple[Any, Any] | None:
        expected = self.expected("events")
        if expected is None:
            return None
        rows = self._query(
            "select event_name, count(*) from cdp_journeys.int_journeys__timeline "
            "where source_model like 'stg\\_CONNECTOR\\_\\_%' escape '\\' group by event_name"
        )
        return (
            {(name, int(count)) for name, count in rows},
            {(row["event_name"], int(row["count"])) for row in expected},
        )

    def _consents(self) -> tuple[Any, Any] | None:
        expected = self.expected("consents")
        if expected is None:
            return None
        rows = self._query(
            "select identifier_value, consent_channel, purpose, status from (select *, "
            "row_number() over (partition by identifier_value, consent_channel, purpose "
            "order by observed_at desc, case when status = 'granted' then 1 else 0 end) as number "
            "from cdp_staging.input_consents where connector = 'CONNECTOR') as ranked "
            "where number = 1"
        )
        return (
            {(value.lower(), channel, purpose, status) for value, channel, purpose, status in rows},
            {
                (
                    PEOPLE[row["person"]]["phone" if row["channel"] == "sms" else "email"],
                    row["channel"],
                    row["purpose"],
                    row["status"],
                )
                for row in expected
            },
        )

    def _contacts(self) -> tuple[Any, Any] | None:
        expected = self.expected("contacts")
        if expected is None:
            return None
        rows = self._query(
            "select email, phone, first_name, last_name, city, country "
            "from cdp_contacts.profile_contacts"
        )
        names = ("email", "phone", "first_name", "last_name", "city", "country")
        return (
            {tuple(value or "" for value in row) for row in rows},
            {tuple(row[name] for name in names) for row in expected},
        )

    def _reach(self) -> tuple[Any, Any] | None:
        expected = self.expected("reach")
        if expected is None:
            return None
        rows = self._query(
            "select channel, purpose, count(*) from cdp_profiles.contactable_profiles group by 1, 2"
        )
        return (
            {(channel, purpose, int(count)) for channel, purpose, count in rows},
            {
                (r["channel"], r["purpose"], int(r["people"]))
                for r in expected
                if r["people"] != "0"
            },
        )


def _amount(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value)).quantize(Decimal("0.01"))


def _difference(found: Iterable[Any], expected: Iterable[Any]) -> list[str]:
    """Rows that are missing and rows that are unexpected; the people are invented."""
    found, expected = Counter(found), Counter(expected)
    missing = [f"missing {row}" for row in sorted((expected - found).elements(), key=str)]
    return missing + [f"unexpected {row}" for row in sorted((found - expected).elements(), key=str)]
