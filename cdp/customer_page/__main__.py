"""`python -m cdp.customer_page`: serve the page, hash a password, print look-ups."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Sequence

import uvicorn

from cdp.customer_page.app import create_app
from cdp.customer_page.audit import AuditLog, as_json_line, open_audit
from cdp.customer_page.options import PageOptions
from cdp.customer_page.reader import CopyReaders, open_readers
from cdp.customer_page.users import hash_password
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
        # Addresses of pages hold profile ids: who looked at whom is for the audit table alone.
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


def _print_hash() -> None:
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline()
    password = password.rstrip("\n")
    if len(password) < SHORTEST_PASSWORD:
        raise SettingError(f"A password has to have at least {SHORTEST_PASSWORD} characters.")
    print(hash_password(password))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the commands; returns the exit status, 1 where a setting cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m cdp.customer_page")
    parser.add_argument(
        "command",
        nargs="?",
        default="serve",
        choices=["serve", "hash-password", "audit"],
        help="serve the page; print the hash of a password; print all look-ups as JSON lines",
    )
    command = parser.parse_args(arguments).command
    try:
        if command == "hash-password":
            _print_hash()
            return 0
        settings = Settings.from_environment()
        if command == "audit":
            settings.prepare()
            for lookup in open_audit(settings).read():
                print(as_json_line(lookup))
            return 0
        options = PageOptions.from_environment(settings)
        settings.prepare()
        serve(settings, options)
    except SettingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
