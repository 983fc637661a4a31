"""A landing path and a warehouse to write files into, land, and look at what came of it."""

from __future__ import annotations

import gzip
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cdp.landing import LandingReport, TableReport, land
from cdp.settings import Settings
from cdp.warehouse.connection import connected, quote

# Files as old as this are at rest, so that landing trusts their modification time.
AN_HOUR_AGO = time.time() - 3600


@dataclass
class World:
    settings: Settings
    staging_dir: Path
    _clock: float = AN_HOUR_AGO

    @property
    def folder(self) -> Path:
        return Path(self.settings.landing_path)

    def write(self, path: str, content: str | bytes) -> Path:
        """Write a file as an export does, compressed where its name says so, and let it rest."""
        raw = content.encode() if isinstance(content, str) else content
        if path.endswith(".gz"):
            raw = gzip.compress(raw, mtime=0)
        return self.write_raw(path, raw)

    def write_raw(self, path: str, content: bytes) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        self._clock += 1
        os.utime(file, (self._clock, self._clock))
        return file

    def declare(self, channel: str, text: str) -> None:
        file = self.staging_dir / channel / f"_{channel}__sources.yml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def land(self, *tables: str) -> LandingReport:
        return land(self.settings, tables or None, staging_dir=self.staging_dir)

    def land_one(self) -> TableReport:
        """Land the only table there is."""
        (table,) = self.land().tables
        return table

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with connected(self.settings) as connection:
            return connection.execute(statement)

    def columns(self, table: str) -> list[str]:
        with connected(self.settings) as connection:
            return connection.columns("raw", table)

    def rows(self, table: str = "shop__orders") -> list[tuple[Any, ...]]:
        """Row number and source columns of the current loads, in file order."""
        names = [name for name in self.columns(table) if name not in METADATA]
        return self.query(
            f"""
            select {", ".join(["_row_number", *(quote(name) for name in names)])}
            from raw.{table}
            where _load_id in (select load_id from raw.landing_loads where is_current)
            order by _file, _row_number
            """
        )

    def quarantine(self) -> list[tuple[Any, ...]]:
        return self.query(
            "select row_number, reason, original_text from raw.landing_quarantine "
            "order by file, row_number"
        )

    def loads(self) -> list[tuple[Any, ...]]:
        return self.query(
            "select file, file_version, is_current, row_count, quarantined_row_count "
            "from raw.landing_loads order by file, file_version"
        )

    def changes(self) -> list[tuple[Any, ...]]:
        return self.query(
            "select column_name, change, previous_type, current_type "
            "from raw.landing_schema_changes order by detected_at, change, column_name"
        )


METADATA = ("_load_id", "_file", "_row_number", "_loaded_at")
