"""Whether two warehouses have the same public marts, by row.

    python -m benchmarks.compare_marts LEFT RIGHT [--left-manifest FILE] [--right-manifest FILE]

LEFT and RIGHT are DuckDB files or addresses of PostgreSQL databases (`postgresql://…`); both have
to be built from the same landed files as of the same `CDP_AS_OF`. Each manifest is the
`manifest.json` of the build, by default in the folder `target` beside the DuckDB file. LEFT is the
reference: each of its public models and snapshots is compared under the name that
`compare_marts.yml` gives it and its columns.

Prints one JSON object per mart, with the rows that only one side has (`except all`, both ways) and
the columns whose values differ, then a summary. Values are never printed. Floats are equal where
nine digits agree. The exit status is 1 where a mart or a column is missing or any row differs.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import yaml

from cdp.warehouse.connection import quote

MAPPING = Path(__file__).with_suffix(".yml")


@dataclass(frozen=True)
class Names:
    """New names of models and columns, None for those that are gone, and what is not compared."""

    models: Mapping[str, str | None]
    columns: Mapping[str, Mapping[str, str | None]]
    run_times: Mapping[str, list[str]]

    @classmethod
    def read(cls, path: Path) -> Names:
        """Read the mapping file."""
        text = yaml.safe_load(path.read_text()) or {}
        return cls(*(text.get(key) or {} for key in ("models", "columns", "run_times")))

    def column(self, model: str, column: str) -> str | None:
        """Name of a column of the reference today."""
        return {**self.columns.get("*", {}), **self.columns.get(model, {})}.get(column, column)


class Side:
    """One warehouse, whose marts are read into the DuckDB session that compares."""

    def __init__(
        self, name: str, place: str, manifest: Path | None, session: duckdb.DuckDBPyConnection
    ) -> None:
        self.name = name
        self._session = session
        self._is_postgres = place.startswith(("postgres://", "postgresql://"))
        if self._is_postgres:
            self._server = psycopg.connect(place)
        else:
            session.execute(f"attach '{place}' as {quote(name)} (read_only)")
        path = manifest or Path(place).resolve().parent / "target" / "manifest.json"
        self.marts = {
            node["name"]: f"{quote(node['schema'])}.{quote(node.get('alias') or node['name'])}"
            for node in json.loads(path.read_text())["nodes"].values()
            if node.get("access") == "public" or node["resource_type"] == "snapshot"
            if node["resource_type"] in ("model", "snapshot")
        }

    def load(self, mart: str) -> dict[str, str]:
        """Make the mart readable as `<name>_mart`; returns column types, none if not built."""
        try:
            if self._is_postgres:
                self._copy(self.marts[mart])
            else:
                self._session.execute(
                    f"create or replace temporary view {self.name}_mart as "
                    f"select * from {quote(self.name)}.{self.marts[mart]}"
                )
        except (duckdb.CatalogException, psycopg.errors.UndefinedTable):
            return {}
        described = self._session.execute(f"describe {self.name}_mart").fetchall()
        return {column: kind for column, kind, *_ in described}

    def _copy(self, table: str) -> None:
        types = self._server.execute(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute "
            "where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum",
            (table,),
        ).fetchall()
        # What DuckDB has no type of that name for is compared as text.
        columns = {name: self._known(kind) for name, kind in types}
        with tempfile.NamedTemporaryFile(suffix=".csv") as file:
            statement = f"copy (select * from {table}) to stdout (format csv, null '\\N')"
            with self._server.cursor() as cursor, cursor.copy(statement.encode()) as copy:
                for block in copy:
                    file.write(block)
            file.flush()
            self._session.execute(
                f"create or replace temporary table {self.name}_mart as select * from read_csv("
                f"'{file.name}', header = false, delim = ',', quote = '\"', escape = '\"', "
                f"nullstr = '\\N', allow_quoted_nulls = false, columns = {columns})"
            )

    def _known(self, kind: str) -> str:
        try:
            self._session.execute(f"select cast(null as {kind})")
        except duckdb.Error:
            return "text"
        return kind


def compare(
    session: duckdb.DuckDBPyConnection, left: Side, right: Side, mart: str, names: Names
) -> dict[str, Any]:
    """Compare a mart of the reference with its counterpart; returns the line to print."""
    found: dict[str, Any] = {"mart": mart}
    renamed = names.models.get(mart, mart)
    if renamed is None:
        return found | {"dropped": True}
    if renamed not in right.marts:
        return found | {"missing": renamed}
    if renamed != mart:
        found["renamed"] = renamed
    here, there = left.load(mart), right.load(renamed)
    if not (here and there):
        return found | {"missing": mart if not here else renamed}
    pairs = {column: names.column(mart, column) for column in here}
    kept = {ours: theirs for ours, theirs in pairs.items() if theirs is not None}
    lacking = sorted(set(kept.values()) - set(there))
    added = sorted(set(there) - set(kept.values()))
    uncompared = names.run_times.get(mart, [])
    shared = {
        ours: theirs for ours, theirs in kept.items() if theirs in there and ours not in uncompared
    }
    retyped = [ours for ours, theirs in shared.items() if here[ours] != there[theirs]]
    ours = [_comparable(column, here[column]) for column in shared]
    theirs = [_comparable(column, there[column]) for column in shared.values()]
    found |= {
        "rows": _count(session, "select 1 from left_mart"),
        "only_left": _surplus(session, ("left_mart", ours), ("right_mart", theirs)),
        "only_right": _surplus(session, ("right_mart", theirs), ("left_mart", ours)),
    }
    if found["only_left"] or found["only_right"]:
        found["different_columns"] = [
            column
            for column, one, other in zip(shared, ours, theirs, strict=True)
            if _surplus(session, ("left_mart", [one]), ("right_mart", [other]))
            or _surplus(session, ("right_mart", [other]), ("left_mart", [one]))
        ]
    lists = {"missing_columns": lacking, "added_columns": added, "retyped_columns": retyped}
    return found | {name: columns for name, columns in lists.items() if columns}


def _comparable(column: str, kind: str) -> str:
    """A float by nine digits: sums depend on the order in which threads add."""
    name = quote(column)
    return f"printf('%.9g', {name})" if kind in ("DOUBLE", "FLOAT") else name


def _surplus(
    session: duckdb.DuckDBPyConnection, of: tuple[str, list[str]], over: tuple[str, list[str]]
) -> int:
    one, other = (f"select {', '.join(items)} from {table}" for table, items in (of, over))
    return _count(session, f"{one} except all {other}")


def _count(session: duckdb.DuckDBPyConnection, query: str) -> int:
    row = session.execute(f"select count(*) from ({query})").fetchone()
    return int(row[0]) if row else 0


def main() -> int:
    """Compare all marts; returns the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("left")
    parser.add_argument("right")
    parser.add_argument("--left-manifest", type=Path)
    parser.add_argument("--right-manifest", type=Path)
    parser.add_argument("--names", type=Path, default=MAPPING, help="the mapping of names")
    parser.add_argument("--mart", action="append", help="compare this one only; may be repeated")
    options = parser.parse_args()
    names = Names.read(options.names)
    with duckdb.connect() as session:
        left = Side("left", options.left, options.left_manifest, session)
        right = Side("right", options.right, options.right_manifest, session)
        lines = []
        for mart in sorted(options.mart or left.marts):
            lines.append(compare(session, left, right, mart, names))
            print(json.dumps(lines[-1]), flush=True)
    known = {names.models.get(mart, mart) for mart in left.marts}
    different = [line["mart"] for line in lines if _differs(line)]
    summary = {
        "marts": len(lines),
        "rows": sum(line.get("rows", 0) for line in lines),
        "different": different,
        "dropped": [line["mart"] for line in lines if "dropped" in line],
        "empty": [line["mart"] for line in lines if line.get("rows") == 0],
        "added": sorted(set(right.marts) - known),
    }
    print(json.dumps(summary))
    return 1 if different else 0


def _differs(line: Mapping[str, Any]) -> bool:
    return any(line.get(key) for key in ("missing", "only_left", "only_right", "missing_columns"))


if __name__ == "__main__":
    sys.exit(main())
