"""The pages, as pages.yml declares them: a chart is one query, its title and its columns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

Kind = Literal["bars", "columns", "lines", "heatmap", "table", "intervals"]


@dataclass(frozen=True)
class Figure:
    """One number at the top of a page.

    Attributes:
        label: Name with unit.
        metric: A metric, or a column of the page's `headline` query.
        form: How it is written.
        help: Tooltip.
    """

    label: str
    metric: str
    form: Literal["count", "share", "amount"] = "count"
    help: str = ""


@dataclass(frozen=True)
class Chart:
    """One chart; in pages.yml, `draw` groups `kind` to `wide`.

    Attributes:
        query: File below `queries/`, without `.sql`.
        title: What it shows, with unit.
        kind: How it is drawn.
        x: Column along the axis; for bars the measure.
        y: Column of the measure; for bars the category.
        colour: Column that distinguishes series.
        form: Vega's format of numbers.
        wide: Whether it takes the page's full width.
        labels: Columns of a table with their headings, in order.
        note: A remark below the title.
        empty: Text to show if the query returns no rows.
    """

    query: str
    title: str
    kind: Kind
    x: str = ""
    y: str = ""
    colour: str = ""
    form: str = ",.0f"
    wide: bool = False
    labels: tuple[tuple[str, str], ...] = ()
    note: str = ""
    empty: str = "Nothing yet."


@dataclass(frozen=True)
class Page:
    """One page.

    Attributes:
        name: Its address, and the folder of its queries.
        title: Its title.
        question: The question that it answers first.
        figures: Numbers at the top.
        charts: Charts below, two per row.
        headline: Query of the figures: one row per metric, or one row with a column per metric.
    """

    name: str
    title: str
    question: str
    figures: tuple[Figure, ...]
    charts: tuple[Chart, ...]
    headline: str = ""


def _chart(*, draw: dict[str, Any], labels: dict[str, str] | None = None, **values: Any) -> Chart:
    return Chart(labels=tuple((labels or {}).items()), **draw, **values)


def _page(
    *, charts: list[dict[str, Any]], figures: list[dict[str, Any]] | None = None, **values: Any
) -> Page:
    return Page(
        figures=tuple(Figure(**figure) for figure in figures or ()),
        charts=tuple(_chart(**chart) for chart in charts),
        **values,
    )


PAGES = tuple(
    _page(**page) for page in yaml.safe_load(Path(__file__).with_suffix(".yml").read_text())
)
