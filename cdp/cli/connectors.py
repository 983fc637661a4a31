"""`cdp new connector`, `cdp check connector` and `cdp doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from cdp.cli.sync import PROJECT_DIR

new = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
check = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)

Name = Annotated[str, Argument(metavar="NAME", help="Name of the connector, in small letters.")]


# Typer runs an application of one command as that command, unless it has a callback.
@new.callback()
def new_things() -> None:
    """Write the files of something new."""


@check.callback()
def checks() -> None:
    """Check a part of a built warehouse."""


@new.command("connector")
def new_connector(
    name: Name,
    files: Annotated[
        list[Path] | None,
        Option(
            "--from", metavar="FILE", help="Sample of a table: CSV, JSONL or Parquet. Repeatable."
        ),
    ] = None,
    tables: Annotated[
        list[str] | None,
        Option("--table", metavar="SCHEMA.TABLE", help="Table in the warehouse. Repeatable."),
    ] = None,
    project_dir: Annotated[Path, Option(help="Folder of the dbt project.")] = PROJECT_DIR,
) -> None:
    """Write a connector from sample files, or from tables in the warehouse.

    Example: cdp new connector reviews --from exports/ratings.csv
    """
    from cdp.cli.session import session
    from cdp.connectors.errors import ConnectorError
    from cdp.connectors.new import new_connector as write
    from cdp.connectors.new import summary

    with session(expected=(ConnectorError,)) as settings:
        written = write(settings, name, files or (), tables or (), project_dir.resolve())
        print(summary(name, written, settings))


@check.command("connector")
def check_connector(name: Name) -> None:
    """Say what a connector does not fill, match or explain, in a built warehouse.

    Example: cdp check connector reviews
    """
    from cdp.cli.session import session
    from cdp.connectors.check import check_connector as findings_of
    from cdp.connectors.errors import ConnectorError
    from cdp.connectors.report import show

    with session(expected=(ConnectorError,)) as settings:
        show(findings_of(settings, name))


def doctor() -> None:
    """Say what a built warehouse lacks, and the next step for each.

    Example: cdp doctor
    """
    from cdp.cli.session import session
    from cdp.connectors.doctor import examine
    from cdp.connectors.errors import ConnectorError
    from cdp.connectors.report import show

    with session(expected=(ConnectorError,)) as settings:
        show(examine(settings))
