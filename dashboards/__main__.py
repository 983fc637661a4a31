"""`make dashboards`: serves the pages on this machine alone, and asks nothing of any other."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cdp.settings import SettingError, Settings

ADDRESS, PORT = "127.0.0.1", "8501"


def command(port: str = PORT) -> list[str]:
    """The command line of the server: loopback only, no statistics of use, no watcher of files."""
    options = {
        "server.address": ADDRESS,
        "server.port": port,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "browser.serverAddress": ADDRESS,
        "client.toolbarMode": "viewer",
        "client.showErrorDetails": "none",
        "theme.base": "light",
        "theme.primaryColor": "#2f5d8a",
    }
    app = Path(__file__).with_name("app.py")
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "streamlit", "run", str(app), *flags]


def main() -> None:
    """Replace this process by the server."""
    try:
        Settings.from_environment().prepare()
    except SettingError as error:
        raise SystemExit(str(error)) from None
    arguments = command(os.environ.get("CDP_DASHBOARDS_PORT", PORT))
    print(
        f"Dashboards at http://{ADDRESS}:{os.environ.get('CDP_DASHBOARDS_PORT', PORT)}", flush=True
    )
    os.execv(arguments[0], arguments)


if __name__ == "__main__":
    main()
