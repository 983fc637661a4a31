"""The command line `cdp`. What a command needs is imported when it runs, so that help is quick."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from cdp.cli import connectors
from cdp.cli.customer_page import page
from cdp.cli.sync import PROJECT_DIR, sync

# Status of `cdp identity-plan` past its limit.
EXCEEDED = 3
_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}

app = typer.Typer(
    help="Customer data platform: land files, build models, deliver audiences.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(sync, name="sync")
app.add_typer(connectors.new, name="new")
app.add_typer(connectors.check, name="check")
app.command()(connectors.doctor)
app.add_typer(page, name="customer-page", invoke_without_command=True)


@app.callback()
def environment() -> None:
    """Set defaults of environment variables for dbt, Dagster and child processes."""
    os.environ.setdefault("DBT_PROFILES_DIR", str(PROJECT_DIR))
    os.environ.setdefault("DAGSTER_HOME", str(PROJECT_DIR / ".dagster"))
    os.environ.setdefault("DO_NOT_TRACK", "1")
    folders = [str(PROJECT_DIR), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(filter(None, folders)))


@app.command()
def demo(
    verbose: Annotated[bool, Option("--verbose", "-v", help="Show each line of dbt.")] = False,
) -> None:
    """Run the main job on a generated company and print the results."""
    from cdp.cli.demo import run
    from cdp.cli.session import failing

    with failing():
        raise typer.Exit(run(is_verbose=verbose))


@app.command()
def land(
    table: Annotated[
        list[str] | None, Option(metavar="CHANNEL__ENTITY", help="Land this raw table only.")
    ] = None,
    replay: Annotated[
        list[str] | None,
        Option(
            metavar="FILE",
            help="Delete the landed rows of this file (relative to the landing path) and land it "
            "again.",
        ),
    ] = None,
    verbose: Annotated[bool, Option("--verbose", "-v", help="Log each step.")] = False,
) -> None:
    """Load new and changed channel files into raw tables.

    Exit status: 1 if a file could not be read at all, 2 if landing could not run. Quarantined rows
    are not an error.

    Example: cdp land --table web__events
    """
    import logging
    import sys

    from cdp.cli.session import say, session
    from cdp.landing import LandingError, LandingProgress, forget, summary
    from cdp.landing import land as land_files

    def show(progress: LandingProgress) -> None:
        files = f"{progress.files_done:,} of {progress.files_total:,} files"
        say(f"{progress.table_name}: {files}, {progress.rows:,} rows")

    logging.basicConfig(
        level=logging.INFO if verbose else logging.ERROR,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    with session("cdp land", status=2, expected=(LandingError,)) as settings:
        if replay:
            forget(settings, replay)
        report = land_files(settings, table, show if sys.stderr.isatty() else None)
    print(summary(report))
    raise typer.Exit(1 if report.has_errors else 0)


@app.command(context_settings=_PASSED_ON | {"help_option_names": []})
def dbt(context: typer.Context) -> None:
    """Run dbt with the target's environment; commands that write wait for other writers.

    Example: cdp dbt build -s profiles
    """
    from cdp.cli import tools

    tools.dbt(context.args)


@app.command()
def upgrade(
    drop_removed: Annotated[
        bool, Option("--drop-removed", help="Drop relations that belong to no model any more.")
    ] = False,
    project_dir: Annotated[Path, Option(help="Folder of the dbt project.")] = PROJECT_DIR,
) -> None:
    """Upgrade a warehouse that an earlier version built."""
    from cdp.cli.session import say, session
    from cdp.upgrade import UpgradeError, run

    with session(expected=(UpgradeError,)) as settings:
        run(settings, say, drop_removed=drop_removed, project_dir=project_dir.resolve())


@app.command(context_settings=_PASSED_ON)
def build(
    context: typer.Context,
    verbose: Annotated[bool, Option("--verbose", "-v", help="Show each line of dbt.")] = False,
) -> None:
    """Build and test models, with progress by layer. Takes the options of dbt build.

    Example: cdp build -s +audience_sizes --full-refresh
    """
    from cdp.cli import tools

    tools.build(context.args, is_verbose=verbose)


@app.command()
def publish() -> None:
    """Update the copy of the marts that dashboards and notebooks read."""
    from cdp.cli.session import session
    from cdp.publishing import PublishError
    from cdp.publishing import publish as publish_marts
    from cdp.settings import Runs

    with session(status=2, expected=(PublishError,)) as settings:
        print(publish_marts(settings, Runs.from_environment().manifest_path))


@app.command()
def dashboards() -> None:
    """Open the dashboards at http://127.0.0.1:8501."""
    from cdp.cli import tools

    tools.dashboards()


@app.command()
def fit() -> None:
    """Fit models of customers' future purchases and spend on the orders in the warehouse."""
    from cdp.cli.session import session
    from cdp.value import FitError
    from cdp.value import fit as fit_values

    with session("cdp fit", status=2, expected=(FitError,)) as settings:
        for report in fit_values(settings):
            print(report)


@app.command()
def explain(
    a: Annotated[str, Argument(metavar="TYPE:VALUE")] = "",
    b: Annotated[str, Argument(metavar="TYPE:VALUE")] = "",
    show: Annotated[bool, Option("--show", help="Show personal data unmasked.")] = False,
) -> None:
    """Explain why two identifiers belong to one profile or not.

    Example: cdp explain email:ann@example.com phone:+4930123456
    """
    from cdp.cli.session import session
    from cdp.identity.explain import ExplainError, explain_in

    with session(expected=(ExplainError,)) as settings:
        print(explain_in(settings, a, b, shows_all=show))


@app.command()
def match(
    train: Annotated[bool, Option("--train", help="Train a new model first.")] = False,
) -> None:
    """Propose pairs of records that probably belong to one person but share no identifier."""
    from cdp.cli.session import failing, session
    from cdp.identity.matching import MatchingError, is_switched_on
    from cdp.identity.matching import match as match_records

    with failing(2):
        if not is_switched_on():
            print("Matching is off: set CDP_PROBABILISTIC_MATCHING=true to switch it on.")
            return
    with session("cdp match", status=2, expected=(MatchingError,)) as settings:
        print(match_records(settings, train=train))


def _percent(text: str) -> float:
    percent = float(text.removesuffix("%"))
    if not 0 <= percent <= 100:
        raise typer.BadParameter("must be from 0 to 100")
    return percent


@app.command("identity-plan")
def identity_plan(
    base: Annotated[
        str | None, Option(metavar="REVISION", help="Compare with the rules of a git revision.")
    ] = None,
    json: Annotated[Path | None, Option(metavar="FILE", help="Write the plan as JSON too.")] = None,
    fail_above: Annotated[
        float | None,
        Option(
            metavar="PERCENT",
            parser=_percent,
            help=f"Exit with status {EXCEEDED} if a larger share of profiles changes.",
        ),
    ] = None,
    project_dir: Annotated[Path, Option(help="Folder of the dbt project.")] = PROJECT_DIR,
) -> None:
    """Show which profiles changed identity rules would merge and split. Changes nothing.

    Example: cdp identity-plan --base main --fail-above 2
    """
    from cdp.cli.session import session
    from cdp.identity.plan import build as builds
    from cdp.identity.plan.errors import IdentityPlanError
    from cdp.identity.plan.plan import make_plan
    from cdp.identity.plan.report import as_json, as_markdown

    with session(expected=(IdentityPlanError,)) as settings:
        made = make_plan(
            settings,
            base=base,
            limit_percent=fail_above,
            project=project_dir.resolve(),
            dbt=builds.run_dbt,
        )
        if json is not None:
            json.write_text(as_json(made) + "\n")
    print(as_markdown(made), end="")
    raise typer.Exit(EXCEEDED if made.exceeds_limit else 0)


@app.command()
def dagster() -> None:
    """Open the Dagster UI at http://127.0.0.1:3000."""
    from cdp.cli import tools

    tools.dagster()


@app.command()
def docs() -> None:
    """Open dbt's documentation of models at http://127.0.0.1:8080."""
    from cdp.cli import tools

    tools.docs()


@app.command()
def sql() -> None:
    """Open a SQL prompt on the warehouse, read-only on DuckDB."""
    from cdp.cli import sql_prompt
    from cdp.cli.session import session

    with session() as settings:
        if settings.target == "postgres":
            sql_prompt.prompt_postgres()
        sql_prompt.prompt_duckdb(settings)


@app.command("stop-postgres", hidden=True)
def stop_postgres() -> None:
    """Stop the PostgreSQL server that was started from the wheel."""
    from cdp.cli import tools

    tools.stop_postgres()


@app.command("docs-reference", hidden=True)
def docs_reference() -> None:
    """Rewrite the tables of settings in docs/reference.md."""
    from cdp.cli.reference import write

    write()
