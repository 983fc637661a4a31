"""Land the channel files: each file once, whole or not at all."""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration.landing.declared import STAGING_DIR, DeclaredTable, declared_tables
from orchestration.landing.drift import (
    SchemaChange,
    merged_types,
    schema_changes,
)
from orchestration.landing.errors import (
    DamagedTextError,
    FileChangedError,
    LandingError,
    UnreadableFileError,
)
from orchestration.landing.files import (
    FileStore,
    SourceFile,
    check_gzip,
    content_hash,
    list_files,
    open_store,
)
from orchestration.landing.headers import Header, read_header
from orchestration.landing.locks import only_in_process, only_in_warehouse
from orchestration.landing.naming import METADATA_COLUMNS, NamedColumn, name_columns
from orchestration.landing.registry import Load, LoadRecord, Registry, SeenFile, Warehouse
from orchestration.landing.report import (
    FileProblem,
    LandingProgress,
    LandingReport,
    TableReport,
)
from orchestration.landing.salvage import normalise_line_ends, salvage_delimited
from orchestration.landing.sinks import Sink, open_sink
from orchestration.landing.staging import Staged, StagedFile, Staging, literal
from orchestration.settings import Settings
from orchestration.warehouse import connected

logger = logging.getLogger(__name__)

ProgressCallback = Callable[[LandingProgress], None]

# Small files share a transaction: a commit and a query plan cost more than reading them.
_BATCH_FILES = 250
_BATCH_BYTES = 32 << 20
_GZIP_FACTOR = 8
_QUARANTINE_COLUMNS = (
    "load_id",
    "table_name",
    "file",
    "row_number",
    "reason",
    "original_text",
    "loaded_at",
)


def land(
    settings: Settings,
    tables: Collection[str] | None = None,
    progress: ProgressCallback | None = None,
    *,
    staging_dir: Path = STAGING_DIR,
) -> LandingReport:
    """Land what is new or changed in the landing path.

    Args:
        settings: Where to read and write; `Settings.prepare` must have run.
        tables: Raw tables to land, all of them when None.
        progress: Called after each transaction.
        staging_dir: Where the dbt sources are declared.

    Raises `LandingError` where landing as a whole cannot go on, `LandingBusyError` among them. A
    file that cannot be read raises nothing: it is in the report and in `landing_quarantine`.
    """
    started = time.monotonic()
    with _session(settings) as (warehouse, spool):
        run = _Run(settings, warehouse, spool, declared_tables(staging_dir), progress)
        report = run.land(tables, started)
    logger.info(
        "Landed %d files and %d rows, %d rows quarantined, %d files not landed, in %.1f s",
        report.files_loaded,
        report.rows,
        report.quarantined,
        len(report.problems),
        report.seconds,
    )
    return report


def forget(settings: Settings, files: Collection[str]) -> int:
    """Take files out of the warehouse, so that the next landing loads them anew.

    Args:
        settings: Where to write.
        files: Paths relative to the landing path.

    Returns how many loads were taken out. Raises `LandingError` for a file never landed.
    """
    with _session(settings) as (warehouse, _):
        registry = Registry(warehouse, settings.raw_schema)
        registry.prepare()
        seen = registry.files_of_loads()
        unknown = sorted(file for file in files if file not in seen)
        if unknown:
            raise LandingError(f"Never landed, so there is nothing to replay: {unknown[0]}")
        return sum(registry.forget(seen[file], file) for file in files)


@contextmanager
def _session(settings: Settings) -> Iterator[tuple[Warehouse, Path]]:
    with ExitStack() as stack:
        stack.enter_context(only_in_process(settings))
        warehouse = stack.enter_context(connected(settings))
        stack.enter_context(only_in_warehouse(warehouse, settings))
        spools = settings.data_dir / "landing_spool"
        # Nobody else is landing, so what lies here was left behind by a landing that was killed.
        shutil.rmtree(spools, ignore_errors=True)
        spools.mkdir(parents=True)
        stack.callback(shutil.rmtree, spools, ignore_errors=True)
        yield warehouse, Path(tempfile.mkdtemp(dir=spools))


@dataclass(frozen=True)
class _Landed:
    """What a transaction wrote: its loads, the types that the next file is compared with."""

    records: list[LoadRecord]
    types: dict[str, str | None]
    change_count: int


@dataclass(frozen=True)
class _Candidate:
    """A file whose content is new to its table."""

    file: SourceFile
    local: Path
    content_sha256: str
    load_id: str
    header: Header | None


def load_id_of(table: str, file: str, content_sha256: str) -> str:
    """The same file with the same content has the same load id, whenever it is landed."""
    return hashlib.sha256(f"{table}\n{file}\n{content_sha256}".encode()).hexdigest()[:32]


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


class _Run:
    def __init__(
        self,
        settings: Settings,
        warehouse: Warehouse,
        spool: Path,
        declared: dict[str, DeclaredTable],
        progress: ProgressCallback | None,
    ) -> None:
        self._warehouse = warehouse
        self._registry = Registry(warehouse, settings.raw_schema)
        self._store = open_store(settings.landing_path, spool)
        self._spool = spool
        self._declared = declared
        self._progress = progress

    def land(self, tables: Collection[str] | None, started: float) -> LandingReport:
        listing = list_files(self._store)
        by_table: dict[str, list[SourceFile]] = defaultdict(list)
        for file in listing.files:
            by_table[file.table_name].append(file)
        names = sorted({*by_table, *self._declared})
        if tables is not None:
            unknown = sorted(set(tables) - set(names))
            if unknown:
                raise LandingError(f"No folder and no dbt source for the raw table {unknown[0]!r}.")
            names = sorted(set(tables))
        self._registry.prepare()
        for name in names:
            if name in self._declared:
                self._registry.ensure_table(name, self._declared[name].columns)
        seen = self._registry.seen_files()
        contents = self._registry.current_contents()
        reports = []
        with open_sink(self._warehouse, self._spool) as sink:
            for name in names:
                channel, _, entity = name.partition("__")
                table = _TableRun(
                    registry=self._registry,
                    warehouse=self._warehouse,
                    store=self._store,
                    spool=self._spool,
                    sink=sink,
                    declared=self._declared.get(name),
                    report=TableReport(name, channel, entity),
                    progress=self._progress,
                )
                table.land(by_table.get(name, []), seen, contents.get(name, {}))
                reports.append(table.report)
        for stray in listing.strays:
            logger.warning("Ignored %s: %s", stray.file, stray.reason)
        return LandingReport(tuple(reports), listing.strays, time.monotonic() - started)


@dataclass
class _TableRun:
    """Lands the files of one raw table."""

    registry: Registry
    warehouse: Warehouse
    store: FileStore
    spool: Path
    sink: Sink
    declared: DeclaredTable | None
    report: TableReport
    progress: ProgressCallback | None

    def land(
        self,
        files: Sequence[SourceFile],
        seen: dict[str, SeenFile],
        current: dict[str, tuple[str, str]],
    ) -> None:
        """Land the files; `current` has the file and load of each content that counts now."""
        self._files_done, self._files_total = 0, len(files)
        pending = [file for file in files if not self._is_known(file, seen, current)]
        self.report.files_skipped = self._files_done = len(files) - len(pending)
        if not pending:
            return
        changed = {file.path for file in pending}
        # The content of a file about to be replaced does not make another file a copy of it.
        self._held = {
            content: holder for content, holder in current.items() if holder[0] not in changed
        }
        self._loads = {load.load_id: load for load in self.registry.loads(self.report.table_name)}
        self._types = self.registry.previous_types(self.report.table_name)
        self._staging = Staging(self.sink.parser)
        batch: list[SourceFile] = []
        size = 0
        for file in pending:
            file_size = file.size_bytes * (_GZIP_FACTOR if file.is_gzipped else 1)
            if batch and (len(batch) == _BATCH_FILES or size + file_size > _BATCH_BYTES):
                self._land_batch(batch)
                batch, size = [], 0
            batch.append(file)
            size += file_size
        self._land_batch(batch)
        self._staging.clear()

    def _is_known(
        self,
        file: SourceFile,
        seen: dict[str, SeenFile],
        current: dict[str, tuple[str, str]],
    ) -> bool:
        known = seen.get(file.path)
        return (
            known is not None
            and file.modified is not None
            and known.modified == file.modified
            and known.size_bytes == file.size_bytes
            and known.content_sha256 in current
        )

    def _land_batch(self, files: Sequence[SourceFile]) -> None:
        with ExitStack() as stack:
            groups: dict[tuple[object, ...], list[_Candidate]] = defaultdict(list)
            for file in files:
                try:
                    local = stack.enter_context(self.store.local(file))
                    candidate = self._candidate(file, local)
                except UnreadableFileError as error:
                    self._report_unreadable(file, None, error)
                    continue
                if candidate:
                    shape = (file.file_format, file.is_gzipped, candidate.header)
                    # Parquet files bring schemas of their own, which reading together would mix.
                    alone = (file.path,) if file.file_format == "parquet" else ()
                    groups[(*shape, *alone)].append(candidate)
            for group in groups.values():
                self._land_group(group)
        self._files_done += len(files)
        if self.progress:
            self.progress(
                LandingProgress(
                    self.report.table_name, self._files_done, self._files_total, self.report.rows
                )
            )

    def _candidate(self, file: SourceFile, local: Path) -> _Candidate | None:
        """The file ready for loading, or None where its content is in the warehouse already."""
        content = content_hash(local)
        load_id = load_id_of(file.table_name, file.path, content)
        holder = self._held.get(content)
        if holder or (load_id in self._loads):
            self._note_known(file, content, load_id, holder)
            return None
        self._held[content] = (file.path, load_id)
        header = None
        if file.file_format in ("csv", "tsv"):
            try:
                header = read_header(local, file.is_gzipped, file.file_format)
            except UnreadableFileError as error:
                del self._held[content]
                self._report_unreadable(file, content, error)
                return None
        return _Candidate(file, local, content, load_id, header)

    def _note_known(
        self, file: SourceFile, content: str, load_id: str, holder: tuple[str, str] | None
    ) -> None:
        """Nothing to load: the content is there, under this name or another, now or earlier."""
        with self.warehouse.transaction():
            holding = holder[1] if holder else load_id
            self.registry.supersede(file.table_name, file.path, by=holding)
            if not holder:
                load = self._loads[load_id]
                if not load.is_current:
                    self.registry.make_current(load_id, self._next_version(file.path))
                self._held[content] = (file.path, load_id)
            self.registry.add_seen([self._seen_row(file, content, holding)])
        if holder and holder[0] != file.path:
            logger.info("%s holds the same as %s: nothing to load", file.path, holder[0])
            self.report.files_copied += 1
        else:
            self.report.files_skipped += 1

    def _next_version(self, path: str) -> int:
        versions = [load.file_version for load in self._loads.values() if load.file == path]
        return max(versions, default=0) + 1

    def _seen_row(self, file: SourceFile, content: str, load_id: str) -> tuple[object, ...]:
        return (
            file.path,
            file.table_name,
            file.size_bytes,
            file.modified,
            content,
            load_id,
            _now(),
        )

    def _land_group(self, group: Sequence[_Candidate]) -> None:
        """Land files of one shape in one transaction, or one by one where one spoils it."""
        started = _now()
        try:
            staged = self._stage(group)
        except (DamagedTextError, UnreadableFileError) as error:
            if len(group) > 1:
                for candidate in group:
                    self._land_group([candidate])
                return
            reason = UnreadableFileError(str(error))
            self._report_unreadable(group[0].file, group[0].content_sha256, reason)
            self._held.pop(group[0].content_sha256, None)
            return
        changed = [each for each in group if not self.store.is_unchanged(each.file)]
        if changed:
            for candidate in changed:
                self._held.pop(candidate.content_sha256, None)
                self._report_unreadable(
                    candidate.file,
                    None,
                    FileChangedError("it was written to while it was read: landed next time"),
                )
            rest = [each for each in group if each not in changed]
            if rest:
                self._land_group(rest)
            return
        try:
            with self.warehouse.transaction():
                landed = self._write(group, staged, started)
        except BaseException:
            self.registry.forget_columns()
            raise
        self._types = landed.types
        for record in landed.records:
            self._loads[record.load_id] = Load(
                record.load_id, record.file, record.content_sha256, record.file_version, True
            )
            self.report.rows += record.row_count
            self.report.quarantined += record.quarantined_row_count
        self.report.files_loaded += len(landed.records)
        self.report.schema_changes += landed.change_count

    def _stage(self, group: Sequence[_Candidate]) -> Staged:
        paths = [candidate.local for candidate in group]
        first = group[0]
        if first.file.file_format == "parquet":
            return self._staging.stage_parquet(paths)
        try:
            if first.header:
                staged = self._staging.stage_delimited(paths, first.header)
            else:
                staged = self._staging.stage_lines(paths)
        except DamagedTextError:
            if len(group) > 1:
                raise
            staged = self._salvage(first)
        if first.file.is_gzipped:
            for path in paths:
                check_gzip(path)
        return staged

    def _salvage(self, candidate: _Candidate) -> Staged:
        logger.info("%s: reading record by record what is damaged", candidate.file.path)
        clean = self.spool / "salvaged"
        try:
            if candidate.header:
                rejects = salvage_delimited(candidate.local, clean, candidate.header)
                return self._staging.stage_salvaged(clean, rejects, candidate.header)
            normalise_line_ends(candidate.local, clean)
            return self._staging.stage_lines([clean])
        except DamagedTextError:
            raise UnreadableFileError("the file cannot be parsed as text of its format") from None
        finally:
            clean.unlink(missing_ok=True)

    def _write(self, group: Sequence[_Candidate], staged: Staged, started: datetime) -> _Landed:
        """Write rows and registry; what it returns holds once the transaction is committed."""
        table = self.report.table_name
        loaded_at = _now()
        known = self.registry.source_columns(table)
        columns = name_columns(staged.columns, known)
        self.registry.ensure_table(table, [column.name for column in columns])
        self._append_rows(group, staged, columns, loaded_at)
        types_before = self._types
        if types_before is None and self.declared:
            types_before = dict.fromkeys(self.declared.columns)
        records, column_rows, change_rows = [], [], []
        for candidate, found in zip(group, staged.files, strict=True):
            types = {columns[i].name: kind for i, kind in found.types.items()}
            changes = [
                SchemaChange(columns[i].name, "renamed", columns[i].source_name, kind)
                for i, kind in found.types.items()
                if columns[i].is_renamed
            ]
            if types_before is not None:
                changes += schema_changes(types_before, types)
            types_before = merged_types(types_before or {}, types)
            self.registry.supersede(table, candidate.file.path, by=candidate.load_id)
            records.append(self._record(candidate, found, started, loaded_at))
            column_rows += [
                (candidate.load_id, table, name, kind, position)
                for position, (name, kind) in enumerate(types.items(), start=1)
            ]
            change_rows += [
                (
                    candidate.load_id,
                    table,
                    change.column_name,
                    change.change,
                    change.previous_type,
                    change.current_type,
                    loaded_at,
                )
                for change in changes
            ]
        self.registry.drop_unreadable([record.load_id for record in records])
        self.registry.add_loads(records)
        self.registry.add_columns(column_rows)
        self.registry.add_schema_changes(change_rows)
        self.registry.add_seen(
            [self._seen_row(each.file, each.content_sha256, each.load_id) for each in group]
        )
        return _Landed(records, types_before or {}, len(change_rows))

    def _record(
        self, candidate: _Candidate, found: StagedFile, started: datetime, loaded_at: datetime
    ) -> LoadRecord:
        file = candidate.file
        return LoadRecord(
            load_id=candidate.load_id,
            channel=file.channel,
            entity=file.entity,
            table_name=file.table_name,
            file=file.path,
            file_format=file.file_format,
            content_sha256=candidate.content_sha256,
            size_bytes=file.size_bytes,
            file_version=self._next_version(file.path),
            row_count=found.row_count,
            quarantined_row_count=found.quarantined_row_count,
            started_at=started,
            loaded_at=loaded_at,
        )

    def _append_rows(
        self,
        group: Sequence[_Candidate],
        staged: Staged,
        columns: Sequence[NamedColumn],
        loaded_at: datetime,
    ) -> None:
        time_literal = f"timestamp '{loaded_at:%Y-%m-%d %H:%M:%S.%f}'"
        if len(group) == 1:
            load_id, file = literal(group[0].load_id), literal(group[0].file.path)
            targets = ""
        else:
            load_id, file = "targets.load_id", "targets.file"
            values = ", ".join(
                f"({i}, {literal(each.load_id)}, {literal(each.file.path)})"
                for i, each in enumerate(group)
            )
            targets = f"inner join (values {values}) as targets (file_index, load_id, file) on"
        joined = f"{targets} {staged.file_index} = targets.file_index" if targets else ""
        values_of_row = [load_id, file, staged.position, time_literal, *staged.expressions]
        self.sink.append(
            self.registry.name(self.report.table_name),
            [*METADATA_COLUMNS, *(column.name for column in columns)],
            f"select {', '.join(values_of_row)} from {staged.source} {joined} {staged.condition}",
        )
        if any(found.quarantined_row_count for found in staged.files):
            joined = f"{targets} rejects.file_index = targets.file_index" if targets else ""
            self.sink.append(
                self.registry.name("landing_quarantine"),
                [
                    "load_id",
                    "table_name",
                    "file",
                    "row_number",
                    "reason",
                    "original_text",
                    "loaded_at",
                ],
                f"select {load_id}, {literal(self.report.table_name)}, {file}, rejects.position, "
                f"rejects.reason, rejects.original_text, {time_literal} "
                f"from temp.landing_rejects as rejects {joined}",
            )

    def _report_unreadable(
        self, file: SourceFile, content: str | None, error: UnreadableFileError
    ) -> None:
        """Note a file that cannot be read, in quarantine once for each content it had."""
        logger.error("Cannot read %s: %s", file.path, error)
        self.report.problems.append(FileProblem(file.path, str(error)))
        if content is not None:
            load_id = load_id_of(file.table_name, file.path, content)
            with self.warehouse.transaction():
                self.registry.add_unreadable(
                    load_id, file.table_name, file.path, str(error), _now()
                )
