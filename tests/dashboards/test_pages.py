"""The pages in a browser, as `make dashboards` serves them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from cdp.settings import PROJECT_DIR
from dashboards.pages import PAGES
from tests.project.platform import Platform

pytestmark = pytest.mark.slow

WAIT = 60_000


@contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CDP_")}
    variables = kept | environment | {"CDP_DASHBOARDS_PORT": port, "PYTHONPATH": str(PROJECT_DIR)}
    server = subprocess.Popen(
        [sys.executable, "-m", "cdp", "dashboards"],
        cwd=PROJECT_DIR,
        env=variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5)
                break
            except OSError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def test_pages_show_their_charts_and_ask_no_other_machine(
    published: Platform, browser: Browser
) -> None:
    asked: list[str] = []
    with served(dict(published.environment)) as address:
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(address, timeout=WAIT)
        for page in PAGES:
            tab.get_by_role("link", name=page.title, exact=True).click()
            expect(tab.locator("h1")).to_have_text(page.title, timeout=WAIT)
            titles = tab.locator("h5")
            expect(titles).to_have_count(len(page.charts), timeout=WAIT)
            expect(tab.get_by_test_id("stMetric")).to_have_count(len(page.figures), timeout=WAIT)
            empty = tab.get_by_test_id("stAlert")
            shown = tab.locator(
                "[data-testid=stVegaLiteChart] :is(canvas, svg), [data-testid=stDataFrame]"
            )
            expect(shown.or_(empty)).to_have_count(len(page.charts), timeout=WAIT)
            assert tab.get_by_test_id("stException").count() == 0, page.name
            if page.name in ("overview", "journeys"):
                expect(empty).to_have_count(0)
        tab.close()
    elsewhere = [url for url in asked if not url.startswith((address, "data:", "blob:"))]
    assert elsewhere == []


def test_a_page_says_what_to_run_where_nothing_is_published(
    tmp_path: Path, browser: Browser
) -> None:
    with served({"CDP_TARGET": "duckdb", "CDP_DATA_DIR": str(tmp_path)}) as address:
        tab = browser.new_page()
        tab.goto(address, timeout=WAIT)
        expect(tab.get_by_test_id("stAlert")).to_contain_text("make publish", timeout=WAIT)
        tab.close()
