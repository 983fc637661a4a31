"""Parquet files into the staging area."""

from __future__ import annotations

from pathlib import Path

from cdp.landing.contents import TOO_LARGE
from cdp.landing.errors import DamagedTextError, UnreadableFileError
from cdp.landing.staged import MAX_COLUMNS, TOO_MANY_COLUMNS, Staged
from cdp.landing.staging import StagingArea, path_list
from cdp.warehouse.connection import quote
from cdp.warehouse.queries import literal


def stage_parquet(area: StagingArea, path: Path, limit: int) -> Staged:
    """Stage a Parquet file; raises `UnreadableFileError` if it is not one or holds too much."""
    source = f"read_parquet({path_list([path])}, hive_partitioning = false)"
    try:
        # An empty result shows the columns, which are cast to text below.
        area.fill([path], f"select * from {source} limit 0")
        columns = area.execute("select column_name, column_type from (describe temp.landing_rows)")
        if len(columns) > MAX_COLUMNS:
            raise UnreadableFileError(TOO_MANY_COLUMNS)
        # Repeated values take hardly any room in the file, so a byte is counted for each value.
        ((size,),) = area.execute(
            "select greatest(sum(total_uncompressed_size), sum(num_values)) "
            f"from parquet_metadata({literal(path)})"
        )
        if (size or 0) > limit:
            raise UnreadableFileError(TOO_LARGE)
        casts = [f"{_as_text(quote(name), kind)} as c{i}" for i, (name, kind) in enumerate(columns)]
        area.fill([path], f"select {', '.join(casts)} from {source}")
    except DamagedTextError:
        raise UnreadableFileError("not a Parquet file, or a damaged one") from None
    area.skip_nul([f"c{i}" for i in range(len(columns))], ",")
    return area.finish(
        [name for name, _ in columns],
        area.kept_rows().select(f"rows.c{i}" for i in range(len(columns))),
        types=[kind for _, kind in columns],
    )


def _as_text(column: str, kind: str) -> str:
    """SQL that turns a column into text without losing anything."""
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")):
        return f"to_json({column})::varchar"
    return f"{column}::varchar"
