"""One transaction of landing: the rows of staged files and their registry entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cdp.landing.candidate import Candidate
from cdp.landing.declared import DeclaredTable
from cdp.landing.drift import SchemaChange, merged_types, schema_changes
from cdp.landing.errors import UnreadableFileError
from cdp.landing.loaders import Loader
from cdp.landing.naming import METADATA_COLUMNS, NamedColumn, name_columns
from cdp.landing.records import LoadRecord, utc_now
from cdp.landing.registry import Registry
from cdp.landing.staged import MAX_COLUMNS, TOO_MANY_COLUMNS, Staged, StagedFile
from cdp.landing.state import TableState
from cdp.warehouse.queries import literal

_QUARANTINE_COLUMNS = (
    "load_id",
    "table_name",
    "file",
    "row_number",
    "reason",
    "original_text",
    "loaded_at",
)


@dataclass(frozen=True)
class Landed:
    """What a transaction wrote; valid once it is committed.

    Attributes:
        records: Its loads.
        types: Types of columns that the next file is compared with.
        change_count: Schema changes recorded.
    """

    candidates: Sequence[Candidate]
    records: Sequence[LoadRecord]
    types: dict[str, str | None]
    change_count: int


class TableWriter:
    """Writes staged files of one raw table; remembers columns from file to file."""

    def __init__(
        self,
        registry: Registry,
        loader: Loader,
        state: TableState,
        table: str,
        declared: DeclaredTable | None,
    ) -> None:
        self._registry = registry
        self._loader = loader
        self._state = state
        self._table = table
        # The next file is compared with the file before it or, for the first, with the dbt source.
        self._types = registry.previous_types(table)
        if self._types is None and declared:
            self._types = dict.fromkeys(declared.columns)

    def check(self, staged: Staged) -> None:
        """Raise `UnreadableFileError` if the table would have too many columns."""
        existing = self._registry.source_columns(self._table)
        columns = name_columns(staged.columns, existing)
        if len({*existing, *(column.name for column in columns)}) > MAX_COLUMNS:
            raise UnreadableFileError(TOO_MANY_COLUMNS)

    def write(self, group: Sequence[Candidate], staged: Staged, started_at: datetime) -> Landed:
        """Write files that were staged together; must run inside a transaction."""
        loaded_at = utc_now()
        columns = name_columns(staged.columns, self._registry.source_columns(self._table))
        self._registry.ensure_table(self._table, [column.name for column in columns])
        self._append(group, staged, columns, loaded_at)
        types_before = self._types
        records: list[LoadRecord] = []
        column_rows: list[tuple[object, ...]] = []
        change_rows: list[tuple[object, ...]] = []
        for candidate, found in zip(group, staged.files, strict=True):
            if self._state.has_current_load(candidate.file.path):
                self._registry.supersede(self._table, candidate.file.path, by=candidate.load_id)
            records.append(self._record(candidate, found, started_at, loaded_at))
            types = {columns[i].name: kind for i, kind in found.types.items()}
            changes = [
                SchemaChange(columns[i].name, "renamed", columns[i].source_name, kind)
                for i, kind in found.types.items()
                if columns[i].is_renamed
            ]
            if types_before is not None:
                changes += schema_changes(types_before, types)
            types_before = merged_types(types_before or {}, types)
            column_rows += [
                (candidate.load_id, self._table, name, kind, position)
                for position, (name, kind) in enumerate(types.items(), start=1)
            ]
            change_rows += [
                (candidate.load_id, self._table, *change.as_row(), loaded_at) for change in changes
            ]
        self._registry.drop_unreadable([record.load_id for record in records])
        self._registry.add_loads(records)
        self._registry.add_columns(column_rows)
        self._registry.add_schema_changes(change_rows)
        self._registry.add_seen([(each.file, each.content_sha256, each.load_id) for each in group])
        return Landed(group, records, types_before or {}, len(change_rows))

    def committed(self, landed: Landed) -> None:
        """Update the state after the transaction was committed."""
        self._types = landed.types
        for candidate, record in zip(landed.candidates, landed.records, strict=True):
            self._state.land(record)
            self._state.see(candidate.file, record.content_sha256, record.load_id)

    def _record(
        self, candidate: Candidate, found: StagedFile, started_at: datetime, loaded_at: datetime
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
            file_version=self._state.next_version(file.path),
            is_current=True,
            row_count=found.row_count,
            quarantined_row_count=found.quarantined_row_count,
            started_at=started_at,
            loaded_at=loaded_at,
        )

    def _append(
        self,
        group: Sequence[Candidate],
        staged: Staged,
        columns: Sequence[NamedColumn],
        loaded_at: datetime,
    ) -> None:
        """Append the rows to the raw table, or to quarantine if they cannot be parsed."""
        time_of_load = f"timestamp '{loaded_at:%Y-%m-%d %H:%M:%S.%f}'"
        load_id: str
        file: str
        if len(group) == 1:
            load_id, file = literal(group[0].load_id), literal(group[0].file.path)
            targets = ""
        else:
            load_id, file = "targets.load_id", "targets.file"
            pairs = ", ".join(
                f"({i}, {literal(each.load_id)}, {literal(each.file.path)})"
                for i, each in enumerate(group)
            )
            targets = f"inner join (values {pairs}) as targets (file_index, load_id, file) on"
        joined = f"{targets} rows.file_index = targets.file_index" if targets else ""
        values = [f"rows.v{i}" for i in range(len(columns))]
        self._loader.append(
            self._registry.name(self._table),
            [*METADATA_COLUMNS, *(column.name for column in columns)],
            f"select {', '.join([load_id, file, 'rows.position', time_of_load, *values])} "
            f"from ({staged.query}) as rows {joined}",
        )
        if any(found.quarantined_row_count for found in staged.files):
            joined = f"{targets} rejects.file_index = targets.file_index" if targets else ""
            self._loader.append(
                self._registry.name("landing_quarantine"),
                _QUARANTINE_COLUMNS,
                f"select {load_id}, {literal(self._table)}, {file}, rejects.position, "
                f"rejects.reason, rejects.original_text, {time_of_load} "
                f"from temp.landing_rejects as rejects {joined}",
            )
