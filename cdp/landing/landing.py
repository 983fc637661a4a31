"""Land the channel files: each file once, whole or not at all."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cdp.landing.declared import STAGING_DIR, declared_tables
from cdp.landing.errors import LandingError
from cdp.landing.files import SourceFile, list_files, open_store
from cdp.landing.locks import only_in_process, only_in_warehouse
from cdp.landing.registry import REGISTRY_TABLES, Registry, Warehouse
from cdp.landing.report import LandingProgress, LandingReport, TableReport
from cdp.landing.sinks import open_sink
from cdp.landing.spool import open_spool
from cdp.landing.table import Session, TableLanding
from cdp.settings import Settings
from cdp.warehouse.connection import connected

logger = logging.getLogger(__name__)


def land(
    settings: Settings,
    tables: Collection[str] | None = None,
    progress: Callable[[LandingProgress], None] | None = None,
    *,
    staging_dir: Path = STAGING_DIR,
) -> LandingReport:
    """Land what is new or changed in the landing path.

    Args:
        settings: Where to read and write; `Settings.prepare` must have run.
        tables: Raw tables (`<channel>__<entity>`) to land, all of them when None.
        progress: Called after each transaction.
        staging_dir: Where the dbt sources are declared.

    Raises `LandingError` where landing as a whole cannot go on (`LandingBusyError` where another
    one is under way) and `WarehouseBusyError`. A file that cannot be read raises nothing: it is
    in the report and in `landing_quarantine`, and the other files land.
    """
    started = time.monotonic()
    declared = declared_tables(staging_dir)
    with _session(settings) as (warehouse, spool):
        store = open_store(settings.landing_path, spool)
        listing = list_files(store)
        by_table: dict[str, list[SourceFile]] = defaultdict(list)
        for file in listing.files:
            by_table[file.table_name].append(file)
        names = _names({*by_table, *declared}, tables)
        registry = Registry(warehouse, settings.raw_schema)
        registry.prepare()
        with warehouse.transaction():
            for name in names:
                if name in declared:
                    registry.ensure_table(name, declared[name].columns)
        seen = registry.seen_files()
        reports = []
        with open_sink(warehouse, spool) as sink:
            session = Session(warehouse, registry, store, sink, spool, progress)
            for name in names:
                channel, _, entity = name.partition("__")
                report = TableReport(name, channel, entity)
                reports.append(report)
                if name in by_table:
                    table = TableLanding(session, report, declared.get(name), seen.get(name, {}))
                    table.land(by_table[name])
    for stray in listing.strays:
        logger.warning("Ignored %s: %s", stray.file, stray.reason)
    result = LandingReport(tuple(reports), listing.strays, time.monotonic() - started)
    logger.info(
        "Landed %d files and %d rows, %d rows quarantined, %d files not landed, in %.1f s",
        result.files_loaded,
        result.rows,
        result.quarantined,
        len(result.problems),
        result.seconds,
    )
    return result


def forget(settings: Settings, files: Collection[str]) -> int:
    """Take files out of the warehouse, so that the next landing loads them anew.

    Args:
        settings: Where to write.
        files: Paths relative to the landing path.

    Returns how many loads were taken out. Raises `LandingError` for a file that was never landed,
    before anything is taken out.
    """
    with _session(settings) as (warehouse, _):
        registry = Registry(warehouse, settings.raw_schema)
        registry.prepare()
        tables = registry.tables_of_files()
        unknown = sorted(file for file in files if file not in tables)
        if unknown:
            raise LandingError(f"{unknown[0]} was never landed: there is nothing to take out.")
        return sum(registry.forget(tables[file], file) for file in files)


def _names(known: Collection[str], wanted: Collection[str] | None) -> list[str]:
    if wanted is None:
        return sorted(known)
    # The registry's own tables are written whatever is landed.
    chosen = set(wanted) - set(REGISTRY_TABLES)
    unknown = sorted(chosen - set(known))
    if unknown:
        raise LandingError(f"There is neither a folder nor a dbt source for {unknown[0]!r}.")
    return sorted(chosen)


@contextmanager
def _session(settings: Settings) -> Iterator[tuple[Warehouse, Path]]:
    """The warehouse for this landing alone, and a folder for what it spools."""
    with ExitStack() as stack:
        stack.enter_context(only_in_process(settings))
        warehouse = stack.enter_context(connected(settings))
        stack.enter_context(only_in_warehouse(warehouse, settings))
        spool = stack.enter_context(open_spool(settings.data_dir / "landing_spool"))
        yield warehouse, spool
