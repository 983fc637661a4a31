"""`cdp customer-page`: the page about one customer, and what its operator needs."""

from __future__ import annotations

import typer

page = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)


@page.callback()
def customer_page(context: typer.Context) -> None:
    """Open the page about one customer at http://127.0.0.1:8090.

    Example: CDP_CUSTOMER_PAGE_ROLE=agent cdp customer-page
    """
    if context.invoked_subcommand is not None:
        return
    from cdp.cli.session import failing, require_port
    from cdp.customer_page import server
    from cdp.customer_page.options import PageOptions
    from cdp.settings import Settings

    with failing():
        settings = Settings.from_environment()
        options = PageOptions.from_environment(settings)
        settings.prepare()
        require_port(options.host, options.port, "CDP_CUSTOMER_PAGE_PORT")
        server.serve(settings, options)


@page.command("hash-password")
def hash_password() -> None:
    """Print the hash of a password, for the users file."""
    from cdp.cli.session import failing
    from cdp.customer_page.server import read_password
    from cdp.customer_page.users import hash_password as hashed

    with failing():
        print(hashed(read_password()))


@page.command()
def audit() -> None:
    """Print all look-ups as JSON lines, for review or for landing."""
    from cdp.cli.session import session
    from cdp.customer_page.audit import as_json_line, open_audit

    with session() as settings:
        for lookup in open_audit(settings).read():
            print(as_json_line(lookup))
