"""Draws one chart of a page from its rows."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from dashboards.pages import Chart

ACCENT = "#2f5d8a"
# Distinguishable without red and green, and in print.
PALETTE = ["#2f5d8a", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#7a5c2e", "#8c8c8c"]
MAX_CHART_HEIGHT = 320


def draw(chart: Chart, rows: pd.DataFrame) -> None:
    """Show a chart with its title, or its message if there are no rows."""
    st.markdown(f"##### {chart.title}")
    measure = chart.x if chart.kind in ("bars", "intervals") else chart.y
    if rows.empty or (chart.kind != "table" and rows[measure].isna().all()):
        st.info(chart.empty)
        return
    if chart.note:
        st.caption(chart.note)
    if chart.kind == "table":
        _table(chart, rows)
        return
    drawn = {"bars": _bars, "columns": _columns, "lines": _lines}.get(chart.kind)
    drawing = drawn(chart, rows) if drawn else _other(chart, rows)
    st.altair_chart(
        drawing.configure_axis(labelLimit=220, labelFontSize=12, grid=False)
        .configure_legend(
            orient="bottom", title=None, columns=_legend(chart, rows)[0], labelLimit=280
        )
        .configure_view(strokeWidth=0),
        width="stretch",
    )


def _legend(chart: Chart, rows: pd.DataFrame) -> tuple[int, int]:
    """Number of legend columns, and the height of the legend in pixels."""
    if not chart.colour or chart.kind == "heatmap":
        return 1, 0
    names = {str(_words(value)) for value in rows[chart.colour]}
    columns = 1 if max(map(len, names)) > 18 else 2
    return columns, 24 * math.ceil(len(names) / columns)


def _height(chart: Chart, rows: pd.DataFrame) -> int:
    """Height of a chart with its legend."""
    return MAX_CHART_HEIGHT - 40 + _legend(chart, rows)[1]


def _readable(rows: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Rows with warehouse names as words: `aud_win_back` becomes win back."""
    shown = rows.copy()
    for column in columns:
        if column in shown and shown[column].dtype == object:
            shown[column] = shown[column].map(_words)
    return shown


def _words(value: object) -> object:
    if not isinstance(value, str):
        return value
    return value.removeprefix("aud_").removeprefix("sync_").replace("__", ": ").replace("_", " ")


def _colour(chart: Chart) -> dict[str, Any]:
    if not chart.colour:
        return {}
    colour = f"{chart.colour}:N"
    if chart.colour != "kind":
        return {"color": alt.Color(colour, scale=alt.Scale(range=PALETTE))}
    # Of two categories the desired one (known, reachable) comes first, in the colour of the other
    # charts.
    return {
        "color": alt.Color(colour, sort="descending", scale=alt.Scale(range=PALETTE)),
        "order": alt.Order(colour, sort="descending"),
    }


def _bars(chart: Chart, rows: pd.DataFrame) -> alt.Chart:
    shown = _readable(rows, chart.y, chart.colour)
    stacks = chart.colour == "kind"
    encoding = {
        "x": alt.X(
            f"{chart.x}:Q", title=None, axis=alt.Axis(format=chart.form, tickCount=5, grid=True)
        ),
        "y": alt.Y(f"{chart.y}:N", title=None, sort=list(dict.fromkeys(shown[chart.y]))),
        "tooltip": [alt.Tooltip(f"{chart.y}:N"), alt.Tooltip(f"{chart.x}:Q", format=chart.form)],
        **_colour(chart),
    }
    if chart.colour and not stacks:
        encoding["yOffset"] = alt.YOffset(f"{chart.colour}:N")
    categories = shown[chart.y].nunique() * (1 if stacks else max(1, _series(chart, shown)))
    height = min(MAX_CHART_HEIGHT + 100, 60 + 26 * max(categories, 2)) + _legend(chart, rows)[1]
    return alt.Chart(shown, height=height).mark_bar(color=ACCENT).encode(**encoding)


def _series(chart: Chart, rows: pd.DataFrame) -> int:
    return int(rows[chart.colour].nunique()) if chart.colour else 1


def _time(chart: Chart, rows: pd.DataFrame) -> tuple[alt.X, pd.DataFrame]:
    """The axis: distinct dates in order, or other values in the order of the rows."""
    shown = _readable(rows, chart.colour)
    names = shown[chart.x].map(
        lambda value: (
            value
            if isinstance(value, str)
            else value.strftime("%b %Y" if chart.x.endswith("_month") else "%d %b %Y")
        )
    )
    shown = shown.assign(**{chart.x: names})
    order = list(dict.fromkeys(names))
    axis = alt.Axis(labelAngle=0 if len(order) <= 8 else -45, labelOverlap=True)
    return alt.X(f"{chart.x}:N", title=None, sort=order, axis=axis), shown


def _columns(chart: Chart, rows: pd.DataFrame) -> alt.Chart:
    x, shown = _time(chart, rows)
    size = min(44, 240 // max(6, shown[chart.x].nunique()))
    drawn = alt.Chart(shown, height=_height(chart, rows)).mark_bar(color=ACCENT, size=size)
    return _over_time(chart, drawn, x)


def _lines(chart: Chart, rows: pd.DataFrame) -> alt.Chart:
    x, shown = _time(chart, rows)
    drawn = alt.Chart(shown, height=_height(chart, rows)).mark_line(color=ACCENT, point=True)
    return _over_time(chart, drawn, x)


def _over_time(chart: Chart, drawn: alt.Chart, x: alt.X) -> alt.Chart:
    axis = alt.Axis(format=chart.form, tickCount=5, grid=True)
    return drawn.encode(
        x=x,
        y=alt.Y(f"{chart.y}:Q", title=None, scale=alt.Scale(zero=True), axis=axis),
        tooltip=[alt.Tooltip(f"{chart.x}:N"), alt.Tooltip(f"{chart.y}:Q", format=chart.form)],
        **_colour(chart),
    )


def _other(chart: Chart, rows: pd.DataFrame) -> alt.LayerChart:
    shown = _readable(rows, chart.y, chart.x)
    y = alt.Y(f"{chart.y}:N", title=None)
    if chart.kind == "intervals":
        base = alt.Chart(shown, height=MAX_CHART_HEIGHT).encode(y=y)
        axis = alt.Axis(format=chart.form, tickCount=5, grid=True)
        line = base.mark_rule(color=ACCENT, strokeWidth=2).encode(
            x=alt.X("conversion_lift_low:Q", title=None, axis=axis), x2="conversion_lift_high:Q"
        )
        return line + base.mark_point(color=ACCENT, filled=True, size=80).encode(x=f"{chart.x}:Q")
    base = alt.Chart(shown, height=MAX_CHART_HEIGHT).encode(
        x=alt.X(f"{chart.x}:N", title=None, axis=alt.Axis(labelAngle=-45, labelOverlap=False)), y=y
    )
    cells = base.mark_rect().encode(
        color=alt.Color(
            f"{chart.colour}:Q", scale=alt.Scale(scheme="blues", domain=[0, 1]), legend=None
        )
    )
    dark = alt.datum[chart.colour] > 0.5
    texts = base.mark_text(fontSize=12).encode(
        text=alt.Text(f"{chart.colour}:Q", format=chart.form),
        color=alt.condition(dark, alt.value("white"), alt.value("#222222")),
    )
    return cells + texts


def _table(chart: Chart, rows: pd.DataFrame) -> None:
    named = rows[[column for column, _ in chart.labels]]
    shown = _readable(named, "channel_path", "sync_name").rename(columns=dict(chart.labels))
    formats = {
        label: st.column_config.NumberColumn(
            format="%.1f" if column.startswith("average") else "localized",
            # With a step of 1, Streamlit would not show the decimals.
            step=0.1 if column.startswith("average") else 1,
        )
        for column, label in chart.labels
        if pd.api.types.is_numeric_dtype(named[column])
    } | {
        label: st.column_config.DatetimeColumn(format="DD MMM YYYY HH:mm")
        for column, label in chart.labels
        if pd.api.types.is_datetime64_any_dtype(named[column])
    }
    st.dataframe(shown, hide_index=True, width="stretch", column_config=formats, placeholder="")
