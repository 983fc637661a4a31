"""Queries of the dashboards: what they read is public, declared and there."""

from __future__ import annotations

import os
import re
from typing import Any
from unittest import mock

import duckdb
import pytest

from cdp.publishing import public_marts
from cdp.settings import Settings
from dashboards.pages import PAGES, Page
from dashboards.reading import QUERIES, query_text, reader
from tests.project.platform import Platform

TABLE = re.compile(r"\bcdp_([a-z]+)\.([a-z_]+)")


def queries(page: Page) -> set[str]:
    named = {chart.query for chart in page.charts}
    return named | ({page.headline} if page.headline else set())


def tables(name: str) -> set[tuple[str, str]]:
    found = {(f"cdp_{schema}", table) for schema, table in TABLE.findall(query_text(name))}
    assert found, f"{name} reads nothing"
    return found


def test_every_query_is_shown_and_every_chart_has_one() -> None:
    files = {str(file.relative_to(QUERIES).with_suffix("")) for file in QUERIES.glob("*/*.sql")}
    assert files == set().union(*(queries(page) for page in PAGES))


def test_queries_read_what_is_published_and_nothing_else(manifest: dict[str, Any]) -> None:
    public = {mart.place: mart for mart in public_marts(manifest, with_identifiers=False)}
    for page in PAGES:
        for name in queries(page):
            assert tables(name) <= public.keys(), name
            withheld = set().union(*(public[place].withheld for place in tables(name)))
            assert not withheld & set(re.findall(r"[a-z_]+", query_text(name))), name


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_exposures_say_what_pages_read(page: Page, manifest: dict[str, Any]) -> None:
    (exposure,) = (
        exposure
        for exposure in manifest["exposures"].values()
        if exposure["name"] == f"dashboard_{page.name}"
    )
    declared = {manifest["nodes"][node]["alias"] for node in exposure["depends_on"]["nodes"]}
    assert declared == {table for name in queries(page) for _, table in tables(name)}


def test_queries_return_the_columns_that_are_drawn(published: Platform) -> None:
    with mock.patch.dict(os.environ, published.environment):
        settings = Settings.from_environment()
    with reader(settings) as marts:
        for page in PAGES:
            for chart in page.charts:
                named = {chart.x, chart.y, chart.colour} - {""}
                named |= {column for column, _ in chart.labels}
                assert named <= set(marts.read(chart.query).columns), chart.query
            if page.headline:
                rows = marts.read(page.headline)
                known = set(rows.get("metric_name", rows.columns))
                assert {figure.metric for figure in page.figures} <= known


def test_metrics_are_what_the_marts_add_up_to(published: Platform) -> None:
    orders = "from cdp_journeys.orders"
    month = "date_trunc('month', ordered_at) = timestamp '2026-10-01'"
    expected = {
        ("net_revenue", "all"): f"select sum(reporting_amount) {orders}",
        ("net_revenue", "month"): f"select sum(reporting_amount) {orders} where {month}",
        (
            "ordering_profiles",
            "month",
        ): f"select count(distinct profile_id) {orders} where {month} and not is_return",
        ("profiles_total", "all"): "select count(*) from cdp_profiles.profiles",
        ("match_rate", "all"): "select avg(is_known::integer) from cdp_profiles.profiles",
    }
    for (metric, period), query in expected.items():
        start = "2026-10-01" if period == "month" else "1970-01-01"
        found = published.rows(
            "select metric_value from cdp_metrics.metric_values "
            f"where metric_name = '{metric}' and period = '{period}' and period_start = '{start}'"
        )
        ((wanted,),) = published.rows(query)
        assert [value for (value,) in found] == [pytest.approx(float(wanted))], metric


def test_the_copy_holds_no_direct_identifier(published: Platform) -> None:
    """No address, phone number or full name of anybody stands in any text of the copy."""
    contacts = published.rows(
        "select email, phone, first_name || ' ' || last_name from cdp_contacts.profile_contacts"
    )
    known = {value for row in contacts for value in row if value}
    assert len(known) > 200, "too few to prove anything"
    copy = published.folder / "published" / "warehouse.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{copy}' as copy (read_only)")
        texts = connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() "
            "where database_name = 'copy' and data_type = 'VARCHAR' order by all"
        ).fetchall()
        assert len(texts) > 50
        for schema, table, column in texts:
            values = connection.execute(
                f'select distinct "{column}" from copy.{schema}.{table}'
            ).fetchall()
            # What a person is called must not be in a failure.
            held = sum(value in known or "@" in (value or "") for (value,) in values)
            assert held == 0, f"{held} direct identifiers in {schema}.{table}.{column}"
