"""Serves the page: `cdp customer-page`."""

from __future__ import annotations

import getpass
import sys

import uvicorn

from cdp.customer_page.app import create_app
from cdp.customer_page.audit import AuditLog, open_audit
from cdp.customer_page.options import PageOptions
from cdp.customer_page.reader import CopyReaders, open_readers
from cdp.settings import SettingError, Settings

SHORTEST_PASSWORD = 12


def serve(settings: Settings, options: PageOptions) -> None:
    """Serve the page until the process is told to stop."""
    readers = open_readers(settings)
    app = create_app(options, readers, AuditLog(open_audit(settings), options.secret))
    host = f"[{options.host}]" if ":" in options.host else options.host
    print(f"Customer page: http://{host}:{options.port}", flush=True)
    if not options.users:
        role = options.local_user.role
        shown = "shown" if role.sees_identifiers else "masked"
        print(f"Nobody has to sign in; as {role.name}, direct identifiers are {shown}.", flush=True)
    try:
        # URLs contain profile ids; only the audit table may record who looked at whom.
        uvicorn.run(
            app,
            host=options.host,
            port=options.port,
            access_log=False,
            server_header=False,
            log_level="warning",
        )
    finally:
        if isinstance(readers, CopyReaders):
            readers.close()


def read_password() -> str:
    """A password from the terminal or a pipe; raises `SettingError` for one that is too short."""
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline()
    password = password.rstrip("\n")
    if len(password) < SHORTEST_PASSWORD:
        raise SettingError(f"A password has to have at least {SHORTEST_PASSWORD} characters.")
    return password
