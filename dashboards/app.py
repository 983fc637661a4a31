"""The dashboards: draws the pages of `pages.py` with the results of `queries/`."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from cdp.settings import Settings
from dashboards.drawing import draw
from dashboards.pages import PAGES, Figure, Page
from dashboards.reading import NothingToReadError, Reader, reader


def show(page: Page) -> None:
    """Draw a page, or say what to run if there is no data."""
    st.title(page.title)
    st.markdown(f"*{page.question}*")
    try:
        with reader(Settings.from_environment()) as marts:
            if marts.published_at:
                st.caption(f"As published on {marts.published_at:%d %b %Y at %H:%M} UTC.")
            if page.figures:
                _figures(page, marts)
            _charts(page, marts)
    except NothingToReadError as error:
        st.warning(str(error))


def _figures(page: Page, marts: Reader) -> None:
    rows = marts.read(page.headline)
    values = (
        dict(zip(rows["metric_name"], rows["metric_value"], strict=True))
        if "metric_name" in rows
        else rows.iloc[0].to_dict()
    )
    for column, figure in zip(st.columns(len(page.figures)), page.figures, strict=True):
        written = _written(values.get(figure.metric), figure)
        column.metric(figure.label, written, help=figure.help or None)


def _written(value: float | None, figure: Figure) -> str:
    if value is None or pd.isna(value):
        return "none yet"
    return f"{value:.1%}" if figure.form == "share" else f"{value:,.0f}"


def _charts(page: Page, marts: Reader) -> None:
    pending = list(page.charts)
    while pending:
        in_row = 1 if pending[0].wide or len(pending) == 1 or pending[1].wide else 2
        # A single chart in a row gets the same width as charts in full rows.
        places = [st.container()] if pending[0].wide else st.columns(2, gap="large")
        for place, chart in zip(places, pending[:in_row], strict=False):
            with place:
                draw(chart, marts.read(chart.query))
        pending = pending[in_row:]


st.set_page_config(page_title="Customer data", layout="wide")
st.navigation(
    [
        st.Page(partial(show, page), title=page.title, url_path=page.name, default=page is PAGES[0])
        for page in PAGES
    ]
).run()
