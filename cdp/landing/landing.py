"""Land the channel files: each file once, as a whole or not at all."""

from __future__ import annotations

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cdp.landing.declared import STAGING_DIR, declared_tables
from cdp.landing.errors import LandingError
from cdp.landing.faults import named_faults
from cdp.landing.files import SourceFile, list_files
from cdp.landing.loaders import open_loader
from cdp.landing.locks import only_in_process, only_in_warehouse
from cdp.landing.registry import REGISTRY_TABLES, Registry
from cdp.landing.report import LandingProgress, LandingReport, TableReport
from cdp.landing.stores import open_store
from cdp.landing.table import Session, TableLanding
from cdp.landing.temporary import temporary_directory
from cdp.settings import Settings
from cdp.warehouse.connection import Warehouse, connected

logger = logging.getLogger(__name__)


def land(
    settings: Settings,
    tables: Collection[str] | None = None,
    progress: Callable[[LandingProgress], None] | None = None,
    *,
    staging_dir: Path = STAGING_DIR,
) -> LandingReport:
    """Land files of the landing path that are new or changed.

    Args:
        settings: Where to read and write; `Settings.prepare` must have run.
        tables: Raw tables (`<channel>__<entity>`) to land; None for all.
        progress: Called after each transaction.
        staging_dir: Where the dbt sources are declared.

    Raises `LandingError` if landing as a whole cannot continue (`LandingBusyError` if another one
    is running) and `WarehouseBusyError`. A file that cannot be read raises nothing: it is in the
    report and in `landing_quarantine`, and the other files are landed.
    """
    started = time.monotonic()
    declared = declared_tables(staging_dir)
    is_off = {table.channel for table in declared.values()} - set(settings.connector_names)
    declared = {name: table for name, table in declared.items() if table.channel not in is_off}
    with _session(settings) as (warehouse, folder):
        store = open_store(settings, folder)
        listing = list_files(store)
        by_table: dict[str, list[SourceFile]] = defaultdict(list)
        skipped = Counter(file.channel for file in listing.files if file.channel in is_off)
        for file in listing.files:
            if file.channel not in is_off:
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
        with open_loader(warehouse, folder) as loader:
            session = Session(
                warehouse,
                registry,
                store,
                loader,
                folder,
                settings.landing_max_content,
                progress,
            )
            for name in names:
                channel, _, entity = name.partition("__")
                report = TableReport(name, channel, entity)
                reports.append(report)
                if name in by_table:
                    table = TableLanding(session, report, declared.get(name), seen.get(name, {}))
                    table.land(by_table[name])
    for channel, count in sorted(skipped.items()):
        logger.warning(
            "Ignored %d files of connector %s, which CDP_CONNECTORS does not list", count, channel
        )
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
    """Delete files from the warehouse, so that the next landing loads them again.

    Args:
        settings: Where to write.
        files: Paths relative to the landing path.

    Returns the number of deleted loads. Raises `LandingError` for a file that was never landed,
    before anything is deleted.
    """
    with _session(settings) as (warehouse, _):
        registry = Registry(warehouse, settings.raw_schema)
        registry.prepare()
        tables = registry.tables_of_files()
        unknown = sorted(file for file in files if file not in tables)
        if unknown:
            raise LandingError(f"{unknown[0]} was never landed: there is nothing to take out.")
        return sum(registry.forget(tables[file], file) for file in files)


def temporary_root(settings: Settings) -> Path:
    """Folder of the temporary directories of all landings."""
    return settings.data_dir / "landing_temporary"


def _names(known: Collection[str], wanted: Collection[str] | None) -> list[str]:
    if wanted is None:
        return sorted(known)
    # The registry's own tables are always written.
    chosen = set(wanted) - set(REGISTRY_TABLES)
    unknown = sorted(chosen - set(known))
    if unknown:
        raise LandingError(f"There is neither a folder nor a dbt source for {unknown[0]!r}.")
    return sorted(chosen)


@contextmanager
def _session(settings: Settings) -> Iterator[tuple[Warehouse, Path]]:
    """The warehouse for this landing alone, and a temporary directory."""
    with named_faults(is_writing=True), ExitStack() as stack:
        stack.enter_context(only_in_process(settings))
        warehouse = stack.enter_context(connected(settings))
        stack.enter_context(only_in_warehouse(warehouse, settings))
        yield warehouse, stack.enter_context(temporary_directory(temporary_root(settings)))
