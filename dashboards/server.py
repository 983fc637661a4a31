"""`make dashboards`: serves the pages on this machine alone, and asks nothing of any other."""

from __future__ import annotations

import sys
from pathlib import Path


def command(host: str, port: int) -> list[str]:
    """The command line of the server: no statistics of use, no watcher of files."""
    options = {
        "server.address": host,
        "server.port": str(port),
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "browser.serverAddress": host,
        "client.toolbarMode": "viewer",
        "client.showErrorDetails": "none",
        "theme.base": "light",
        "theme.primaryColor": "#2f5d8a",
    }
    app = Path(__file__).with_name("app.py")
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "streamlit", "run", str(app), *flags]
