"""The files of one raw table: which are new, and landing those in transactions."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cdp.landing.candidate import Candidate, examine
from cdp.landing.contents import content_hash, content_limit, decompress
from cdp.landing.declared import DeclaredTable
from cdp.landing.errors import BEING_WRITTEN, DamagedTextError, LandingError, UnreadableFileError
from cdp.landing.faults import named_faults
from cdp.landing.files import FileStore, SourceFile
from cdp.landing.loaders import Loader
from cdp.landing.reading import stage_files
from cdp.landing.records import SeenFile, utc_now
from cdp.landing.registry import Registry
from cdp.landing.report import FileProblem, LandingProgress, TableReport
from cdp.landing.staging import StagingArea
from cdp.landing.state import Holder, TableState, load_id_of
from cdp.landing.stores import temporary_name
from cdp.landing.writing import Landed, TableWriter
from cdp.warehouse.connection import Warehouse

logger = logging.getLogger(__name__)

# Small files share a transaction, because a commit costs more than reading them.
_BATCH_FILES = 250
_BATCH_BYTES = 32 << 20
# Assumed compression ratio of gzipped files.
_GZIP_FACTOR = 8


@dataclass(frozen=True)
class Session:
    """Resources that the tables of one landing share."""

    warehouse: Warehouse
    registry: Registry
    store: FileStore
    loader: Loader
    folder: Path
    max_content_bytes: int | None
    progress: Callable[[LandingProgress], None] | None


class TableLanding:
    """Lands the files of one raw table and fills its report."""

    def __init__(
        self,
        session: Session,
        report: TableReport,
        declared: DeclaredTable | None,
        seen: dict[str, SeenFile],
    ) -> None:
        self._session = session
        self._report = report
        self._area = StagingArea(session.loader.parser)
        self._state = TableState(session.registry.loads(report.table_name), seen)
        self._writer = TableWriter(
            session.registry, session.loader, self._state, report.table_name, declared
        )
        self._examined: set[str] = set()
        self._failed: set[str] = set()
        self._total = 0

    def land(self, files: Sequence[SourceFile]) -> None:
        """Land what is new or changed among the table's files."""
        self._total = len(files)
        # When a file changes, a copy of its earlier content that was skipped has to be landed: so
        # repeat until no file is pending.
        while pending := [file for file in files if self._is_pending(file)]:
            # Files landed before come first, so that a new copy of one does not displace it.
            pending.sort(key=lambda file: (not self._state.has_current_load(file.path), file.path))
            self._land_all(pending)
        self._report.files_skipped += len(files) - len(self._examined)
        self._area.clear()

    def _is_pending(self, file: SourceFile) -> bool:
        if file.path in self._failed:
            return False
        if file.path in self._examined:
            return not self._state.is_current(file.path)
        return not self._state.is_unchanged(file)

    def _land_all(self, files: Sequence[SourceFile]) -> None:
        while files:
            deferred: list[SourceFile] = []
            for batch in _batches(files):
                deferred += self._land_batch(batch)
                self._report_progress()
            files = deferred

    def _report_progress(self) -> None:
        if self._session.progress:
            self._session.progress(
                LandingProgress(
                    table_name=self._report.table_name,
                    files_done=len(self._examined),
                    files_total=self._total,
                    rows=self._report.rows,
                )
            )

    def _land_batch(self, files: Sequence[SourceFile]) -> list[SourceFile]:
        """Land files; returns those left for later.

        They have the same content as another file of the batch, or compressed files before them
        are larger than a batch should be.
        """
        claimed: set[str] = set()
        decompressed_bytes = 0
        deferred: list[SourceFile] = []
        groups: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
        with ExitStack() as stack:
            for file in files:
                content: str | None = None
                try:
                    with named_faults():
                        local = stack.enter_context(self._session.store.local(file))
                        content = content_hash(local)
                        if content in claimed or decompressed_bytes > _BATCH_BYTES:
                            deferred.append(file)
                            continue
                        self._examined.add(file.path)
                        if self._note_known(file, content):
                            continue
                        if file.is_gzipped:
                            local = stack.enter_context(self._decompressed(file, local))
                            decompressed_bytes += local.stat().st_size
                        candidate = examine(file, local, content)
                except UnreadableFileError as error:
                    self._examined.add(file.path)
                    self._report_unreadable(file, content, str(error))
                    continue
                claimed.add(content)
                groups[candidate.shape].append(candidate)
            for group in groups.values():
                self._land_group(group)
        return deferred

    @contextmanager
    def _decompressed(self, file: SourceFile, local: Path) -> Iterator[Path]:
        plain = self._session.folder / f"{temporary_name(file)}.plain"
        try:
            decompress(local, plain, self._content_limit())
            yield plain
        finally:
            plain.unlink(missing_ok=True)

    def _content_limit(self) -> int:
        return content_limit(self._session.folder, self._session.max_content_bytes)

    def _note_known(self, file: SourceFile, content: str) -> bool:
        """Whether the content needs no loading, because it was loaded from this file or a copy."""
        load_id = load_id_of(file.table_name, file.path, content)
        holder = self._state.holder(content)
        earlier = self._state.load(load_id)
        if holder is None and earlier is None:
            return False
        registry = self._session.registry
        current = holder or Holder(file.path, load_id)
        version = self._state.next_version(file.path)
        with self._session.warehouse.transaction():
            if current.file != file.path or holder is None:
                registry.supersede(file.table_name, file.path, by=current.load_id)
            if holder is None:
                registry.make_current(load_id, version)
            registry.add_seen([(file, content, current.load_id)])
        if holder is None and earlier is not None:
            self._state.land(replace(earlier, file_version=version, is_current=True))
            logger.info("%s has an earlier content: its rows are current again", file.path)
            self._report.files_restored += 1
        elif current.file != file.path:
            self._state.supersede(file.path)
            logger.info("%s has the same content as %s: nothing to load", file.path, current.file)
            self._report.files_copied += 1
        else:
            self._report.files_skipped += 1
        self._state.see(file, content, current.load_id)
        return True

    def _land_group(self, group: Sequence[Candidate]) -> None:
        """Land files of one shape in one transaction, or each in its own if one is damaged."""
        try:
            landed = self._land_together(group)
        except (DamagedTextError, UnreadableFileError) as error:
            if len(group) == 1:
                self._report_unreadable(group[0].file, group[0].content_sha256, str(error))
                return
            for candidate in group:
                self._land_group([candidate])
            return
        if landed is None:
            return
        self._writer.committed(landed)
        self._report.files_loaded += len(landed.records)
        self._report.schema_changes += landed.change_count
        self._report.rows += sum(record.row_count for record in landed.records)
        self._report.quarantined += sum(record.quarantined_row_count for record in landed.records)

    def _land_together(self, group: Sequence[Candidate]) -> Landed | None:
        """What was landed; None if files changed while they were read."""
        started_at = utc_now()
        with named_faults():
            staged = stage_files(self._area, group, self._session.folder, self._content_limit())
        self._writer.check(staged)
        unchanged = [each for each in group if self._session.store.is_unchanged(each.file)]
        if len(unchanged) < len(group):
            for candidate in group:
                if candidate not in unchanged:
                    self._note_problem(candidate.file, BEING_WRITTEN, is_error=False)
            if unchanged:
                self._land_group(unchanged)
            return None
        try:
            with named_faults(is_writing=True), self._session.warehouse.transaction():
                return self._writer.write(group, staged, started_at)
        except BaseException as error:
            if not isinstance(error, LandingError):
                self._session.registry.reload_columns()
            raise

    def _note_problem(self, file: SourceFile, reason: str, *, is_error: bool) -> None:
        level = logging.ERROR if is_error else logging.WARNING
        logger.log(level, "Not landed: %s: %s", file.path, reason)
        self._report.problems.append(FileProblem(file.path, reason, is_error))
        self._failed.add(file.path)

    def _report_unreadable(self, file: SourceFile, content: str | None, reason: str) -> None:
        """Note a file that cannot be read, in quarantine once per content."""
        self._note_problem(file, reason, is_error=True)
        if content is None:
            return
        load_id = load_id_of(file.table_name, file.path, content)
        with self._session.warehouse.transaction():
            self._session.registry.add_unreadable(load_id, file.table_name, file.path, reason)


def _batches(files: Sequence[SourceFile]) -> Iterator[list[SourceFile]]:
    batch: list[SourceFile] = []
    size = 0
    for file in files:
        file_size = file.size_bytes * (_GZIP_FACTOR if file.is_gzipped else 1)
        if batch and (len(batch) == _BATCH_FILES or size + file_size > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += file_size
    if batch:
        yield batch
