"""What the pages show: each chart is one query, a title that says what it shows, its columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["bars", "columns", "lines", "heatmap", "table", "intervals"]


@dataclass(frozen=True)
class Figure:
    """One number at the top of a page.

    Attributes:
        label: What it is, with its unit.
        metric: The metric, or the column of the page's `headline` query.
        form: How it is written.
        help: What it means, for who points at it.
    """

    label: str
    metric: str
    form: Literal["count", "share", "amount"] = "count"
    help: str = ""


@dataclass(frozen=True)
class Chart:
    """One chart.

    Attributes:
        query: File below `queries/`, without `.sql`.
        title: What it shows, with its unit.
        kind: How it is drawn.
        x: Column along the axis; of bars the measure.
        y: Column of the measure; of bars the category.
        colour: Column that tells series apart.
        form: How numbers are written: Vega's format.
        empty: What to say where the query returns nothing.
        labels: Names of a table's columns, in order.
        note: What a reader has to know.
        wide: Whether it takes the page's width.
    """

    query: str
    title: str
    kind: Kind
    x: str = ""
    y: str = ""
    colour: str = ""
    form: str = ",.0f"
    empty: str = "Nothing yet."
    labels: tuple[tuple[str, str], ...] = ()
    note: str = ""
    wide: bool = False


@dataclass(frozen=True)
class Page:
    """One page.

    Attributes:
        name: In the address, and folder of its queries.
        title: Its title.
        question: What it answers first.
        figures: Numbers at the top.
        charts: Charts below, two a row.
        headline: Query of the figures; of a metric and its value a row, or of one row.
    """

    name: str
    title: str
    question: str
    figures: tuple[Figure, ...]
    charts: tuple[Chart, ...]
    headline: str = ""


OVERVIEW = Page(
    "overview",
    "Overview",
    "How many customers do we know, may we write to them, and is it growing?",
    (
        Figure("Profiles", "profiles_total", help="People and visitors."),
        Figure("Known profiles", "known_profiles", help="With an address, login or card."),
        Figure("Match rate", "match_rate", "share", "Share of profiles that are known."),
        Figure("Active customers", "active_customers", help="Customers who ordered lately."),
        Figure("Net revenue, EUR", "net_revenue", "amount", "Orders less returns."),
    ),
    (
        Chart(
            "overview/profiles_by_month",
            "New profiles by month in which they were first seen",
            "columns",
            x="first_seen_month",
            y="profile_count",
            colour="kind",
        ),
        Chart(
            "overview/revenue_by_month",
            "Net revenue by month, EUR",
            "columns",
            x="ordered_month",
            y="net_revenue",
        ),
        Chart(
            "overview/consent_by_channel",
            "Profiles that may be reached, by channel and purpose",
            "bars",
            x="profile_count",
            y="channel_and_purpose",
            empty="Nobody may be reached: there is no consent record.",
        ),
    ),
    headline="overview/headline",
)
IDENTITY = Page(
    "identity",
    "Identity health",
    "Is anybody joined who is not one person, and what holds the graph back?",
    (
        Figure("Profiles", "profile_count"),
        Figure("Suspect identifiers", "suspect_count", help="Kept from linking anybody."),
        Figure("Merges so far", "merge_count", help="Profiles found to be one."),
        Figure("Splits so far", "split_count", help="Profiles found to be several."),
    ),
    (
        Chart(
            "identity/component_sizes",
            "Profiles by number of their identifiers",
            "columns",
            x="identifiers",
            y="profile_count",
            note="A profile with far more identifiers than others may be several people.",
        ),
        Chart(
            "identity/changes_by_day",
            "Merges and splits of profiles by day",
            "columns",
            x="changed_date",
            y="change_count",
            colour="kind",
            empty="No profile has been merged or split since the graph was first built.",
        ),
        Chart(
            "identity/suspects_by_reason",
            "Identifiers that link nobody, by reason",
            "table",
            labels=(
                ("reason", "Reason"),
                ("identifier_count", "Identifiers"),
                ("inactive_link_count", "Links withheld"),
                ("largest_neighbour_count", "Most neighbours of one"),
            ),
            empty="No identifier is suspect.",
            wide=True,
        ),
    ),
    headline="identity/headline",
)
JOURNEYS = Page(
    "journeys",
    "Journeys and attribution",
    "Which channels bring orders, and where do visitors give up?",
    (
        Figure("Visits", "sessions_total", help="To the site and the app."),
        Figure("Conversion rate", "session_conversion_rate", "share", "Visits with an order."),
        Figure("Orders", "orders_total", help="In all channels, without returns."),
        Figure("Average order, EUR", "average_order_value", "amount"),
    ),
    (
        Chart(
            "journeys/attributed_revenue",
            "Revenue credited to each channel by three attribution models, EUR",
            "bars",
            x="attributed_amount",
            y="marketing_channel",
            colour="attribution_model",
            note="Unattributed: orders without a touch before them, at the till above all.",
            empty="No order can be credited to a channel yet.",
        ),
        Chart(
            "journeys/funnel",
            "Visits that reached each step on the way to an order",
            "bars",
            x="reached_count",
            y="step_name",
        ),
        Chart(
            "journeys/conversion_by_month",
            "Share of visits with an order, by month",
            "lines",
            x="visit_month",
            y="conversion_rate",
            form=".1%",
        ),
        Chart(
            "journeys/paths",
            "Ten most frequent paths of channels to an order",
            "table",
            wide=True,
            labels=(
                ("channel_path", "Path"),
                ("order_count", "Orders"),
                ("amount", "Revenue, EUR"),
                ("average_days", "Days to order"),
            ),
        ),
    ),
    headline="overview/headline",
)
LIFECYCLE = Page(
    "lifecycle",
    "Lifecycle and value",
    "Who is worth what, and who is about to leave?",
    (
        Figure("Active customers", "active_customers"),
        Figure("Customers ever", "ordering_profiles", help="Profiles that ordered."),
        Figure("Net revenue, EUR", "net_revenue", "amount"),
        Figure("Average order, EUR", "average_order_value", "amount"),
    ),
    (
        Chart(
            "lifecycle/stages",
            "Known people by stage of their lifecycle",
            "bars",
            x="profile_count",
            y="lifecycle_stage",
        ),
        Chart(
            "lifecycle/transitions",
            "People who entered a stage, by month",
            "columns",
            x="entered_month",
            y="profile_count",
            colour="to_stage",
        ),
        Chart(
            "lifecycle/value_by_stage",
            "Net revenue so far of customers, by their stage now, EUR",
            "bars",
            x="net_amount",
            y="lifecycle_stage",
        ),
        Chart(
            "lifecycle/churn_risk",
            "Revenue expected within a year, by risk of churn, EUR",
            "bars",
            x="expected_amount",
            y="churn_risk_band",
            empty="There is no forecast yet: run make fit, then make dbt ARGS=build.",
        ),
    ),
    headline="overview/headline",
)
AUDIENCES = Page(
    "audiences",
    "Audiences",
    "Whom can we reach, and is reaching them worth it?",
    (),
    (
        Chart(
            "audiences/sizes",
            "Members of each audience that can be reached, and that cannot",
            "bars",
            x="profile_count",
            y="audience_name",
            colour="kind",
            note="Not reachable: without consent or an address, at the cap, or held out.",
        ),
        Chart(
            "audiences/size_history",
            "Members of each audience by day",
            "lines",
            x="size_date",
            y="member_count",
            colour="audience_name",
        ),
        Chart(
            "audiences/overlap",
            "Share of an audience's members (row) who are in another too (column)",
            "heatmap",
            x="other_audience_name",
            y="audience_name",
            colour="shared_share",
            form=".0%",
            empty="No two audiences share anybody.",
        ),
        Chart(
            "audiences/lift",
            "Extra orders by person reached, in percentage points, with 95 % interval",
            "intervals",
            x="conversion_lift",
            y="audience_name",
            form=".1%",
            empty="Too few were reached or held out to say: setting lift_minimum_arm_size.",
        ),
    ),
)
SYNCS = Page(
    "syncs",
    "Syncs",
    "Does everything arrive, and in time?",
    (),
    (
        Chart(
            "syncs/latest",
            "What every sync has done",
            "table",
            labels=(
                ("sync_name", "Sync"),
                ("destination", "Destination"),
                ("run_count", "Runs"),
                ("failed_run_count", "Failed"),
                ("sent_count", "Rows sent"),
                ("rejected_count", "Rejected"),
                ("last_finished_at", "Last run ended (UTC)"),
            ),
            empty="No sync has run yet: run make sync, then make dbt ARGS=build.",
            wide=True,
        ),
        Chart(
            "syncs/sent_by_day",
            "Rows acknowledged by receivers, by day",
            "columns",
            x="run_date",
            y="sent_count",
            colour="sync_name",
            empty="Nothing has been sent yet.",
        ),
        Chart(
            "syncs/delay_by_day",
            "Seconds from a row's being due to its acknowledgement, median by day",
            "lines",
            x="run_date",
            y="median_delay_seconds",
            colour="sync_name",
            form=",.2f",
            note="Due: when the run began that first found the row changed.",
            empty="No row has been acknowledged yet.",
        ),
        Chart(
            "syncs/slowest_by_day",
            "Seconds by which 95 of 100 due rows were acknowledged, by day",
            "lines",
            x="run_date",
            y="p95_delay_seconds",
            colour="sync_name",
            form=",.2f",
            empty="No row has been acknowledged yet.",
        ),
        Chart(
            "syncs/rejected_by_day",
            "Rows that receivers refused, by day",
            "columns",
            x="run_date",
            y="rejected_count",
            colour="sync_name",
            empty="No row has been refused.",
        ),
    ),
)
QUALITY = Page(
    "quality",
    "Data quality",
    "Is every row accounted for, and is any channel late?",
    (
        Figure("Raw rows", "raw_row_count"),
        Figure("Quarantined rows", "quarantined_row_count", help="With the reason of each."),
        Figure("Rows unaccounted for", "unaccounted_row_count", help="Has to be 0."),
    ),
    (
        Chart(
            "quality/freshness",
            "Hours that each channel's last event is behind the latest of all",
            "bars",
            x="hours_behind",
            y="channel",
            form=",.0f",
        ),
        Chart(
            "quality/quarantine",
            "Rows in quarantine, by raw table",
            "bars",
            x="row_count",
            y="raw_table",
            empty="No row is in quarantine.",
        ),
        Chart(
            "quality/reasons",
            "Most frequent reasons of quarantine",
            "table",
            wide=True,
            labels=(
                ("raw_table", "Raw table"),
                ("reason", "Reason"),
                ("row_count", "Rows"),
                ("last_loaded_at", "Last landed (UTC)"),
            ),
            empty="No row is in quarantine.",
        ),
        Chart(
            "quality/reconciliation",
            "What became of the rows of each raw table",
            "table",
            wide=True,
            labels=(
                ("raw_table", "Raw table"),
                ("raw_row_count", "Raw"),
                ("staged_row_count", "Staged"),
                ("duplicate_row_count", "Duplicates"),
                ("quarantined_row_count", "Quarantined"),
                ("unaccounted_row_count", "Unaccounted for"),
            ),
        ),
    ),
    headline="quality/headline",
)
PAGES = (OVERVIEW, IDENTITY, JOURNEYS, LIFECYCLE, AUDIENCES, SYNCS, QUALITY)
