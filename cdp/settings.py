"""All settings: where things are, and secrets.

Each class is one part of the tree; a command reads the parts that it needs, so that a wrong port of
the customer page does not stop a sync. docs/reference.md is written from the fields, and from those
that destinations declare with `cdp.environment.variable`.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, SecretStr

from cdp.environment import (
    Absolute,
    Address,
    Boolean,
    Instant,
    Part,
    Port,
    SettingError,
    Size,
    setting,
)

__all__ = [
    "PARTS",
    "PROJECT_DIR",
    "Pages",
    "Postgres",
    "Runs",
    "SettingError",
    "Settings",
    "Target",
]

Target = Literal["duckdb", "postgres"]

PROJECT_DIR = Path(__file__).resolve().parent.parent
_PORT, _BOOLEAN = "a port, a number up to 65535", "true or false"

# libpq's variable for each connection keyword; dbt's profiles.yml and psycopg both read these.
_LIBPQ_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
}
# `BaseModel.schema`, a deprecated method, is not used.
warnings.filterwarnings("ignore", 'Field name "schema"')


class Settings(Part):
    """Warehouse and files."""

    target: Target = setting(
        "CDP_TARGET", "duckdb or postgres", "The engine; `TARGET=` with make.", "duckdb"
    )
    connectors: str = setting(
        "CDP_CONNECTORS",
        "names separated by commas, such as shopify,klaviyo",
        "Connectors that are on ([connectors](connectors.md)); `demo` stands for the channels of "
        "the generated company.",
        "demo",
    )
    data_dir: Absolute = setting(
        "CDP_DATA_DIR",
        "a folder",
        "Everything that a run writes, the warehouse included.",
        lambda fields: PROJECT_DIR / ("data" if "demo" in fields["connectors"] else "company"),
        shown="`data`; `company` without the demo's connectors",
    )
    landing_path: str = setting(
        "CDP_LANDING_PATH",
        "a folder or an fsspec address",
        "Channel files, `<channel>/<entity>/<file>`.",
        lambda fields: str(fields["data_dir"] / "landing"),
        shown="`<CDP_DATA_DIR>/landing`",
    )
    landing_links_outside: Boolean = setting(
        "CDP_LANDING_LINKS_OUTSIDE",
        _BOOLEAN,
        "Whether links that lead out of the landing folder are followed.",
        False,
        shown="`false`",
    )
    landing_max_content: Size | None = setting(
        "CDP_LANDING_MAX_CONTENT",
        "a size such as 20GB",
        "The most that a compressed file may hold; a fifth of the free space at any setting.",
        shown="a fifth of the free space",
    )
    duckdb_path: Absolute = setting(
        "CDP_DUCKDB_PATH",
        "a file",
        "The DuckDB warehouse.",
        lambda fields: fields["data_dir"] / "warehouse.duckdb",
        shown="`<CDP_DATA_DIR>/warehouse.duckdb`",
    )
    raw_schema: str = setting(
        "CDP_RAW_SCHEMA",
        "a name",
        "Schema that landing writes to; var `raw_schema` is what models read.",
        "raw",
    )
    schema: str = setting(  # type: ignore[assignment]
        "CDP_SCHEMA", "a name", "Prefix of dbt's schemas and of `…_activation`.", "cdp"
    )
    # Declared by destination webhook, which the demo gives its own receiver.
    webhook_url: str | None = Field(None, validation_alias="CDP_WEBHOOK_URL")

    @property
    def connector_names(self) -> tuple[str, ...]:
        """Names of the connectors that are on, `demo` replaced by those that it stands for."""
        listed = [name.strip() for name in self.connectors.split(",") if name.strip()]
        names = [
            member
            for name in listed
            for member in (demo_connectors() if name == "demo" else [name])
        ]
        return tuple(dict.fromkeys(names))

    def prepare(self) -> None:
        """Make the data folder and put what dbt's profile needs into this process's environment.

        The landing folder is made, too, if it is the one in the data folder.
        On postgres a `DATABASE_URL` is split into the PG* variables; with neither it nor PGHOST
        set, a server is started from the wheel in `<data_dir>/postgres` and left running.
        """
        self.data_dir.mkdir(parents=True, exist_ok=True)
        # A folder that was set by hand has to exist, since its name may be mistyped.
        if self.landing_path == str(self.data_dir / "landing"):
            Path(self.landing_path).mkdir(exist_ok=True)
        os.environ["CDP_TARGET"] = self.target
        os.environ["CDP_DUCKDB_PATH"] = str(self.duckdb_path)
        os.environ["CDP_SCHEMA"] = self.schema
        os.environ["CDP_CONNECTORS"] = self.connectors.replace(" ", "")
        os.environ["CDP_RAW_SCHEMA"] = self.raw_schema
        if self.target != "postgres":
            return
        server = Postgres.from_environment()
        if server.database_url is not None:
            _export_libpq_variables(server.database_url.get_secret_value())
        elif server.host is None:
            from cdp.warehouse.server import start_embedded_postgres  # noqa: PLC0415  a second

            _export_libpq_variables(start_embedded_postgres(self.data_dir / "postgres"))


class Postgres(Part):
    """PostgreSQL; with neither `DATABASE_URL` nor `PGHOST` a server is started from a wheel."""

    database_url: SecretStr | None = setting(
        "DATABASE_URL",
        "postgresql://USER:PASSWORD@HOST:PORT/DATABASE",
        "Your PostgreSQL; split into the variables below.",
    )
    host: str | None = setting(
        "PGHOST", "a host, or the folder of a socket", "Host, where `DATABASE_URL` is not set."
    )
    port: Port | None = setting("PGPORT", _PORT, "Port.", shown="`5432`")
    user: str | None = setting("PGUSER", "a name", "User.", shown="`postgres`")
    password: SecretStr | None = setting("PGPASSWORD", "a secret", "Password.")
    dbname: str = setting("PGDATABASE", "a name", "Database.", "postgres")
    sslmode: str | None = setting(
        "PGSSLMODE", "a mode such as `require`", "How TLS is used, as libpq reads it."
    )


class Runs(Part):
    """dbt and Dagster."""

    as_of: Instant | None = setting(
        "CDP_AS_OF",
        "an instant such as 2026-11-14T15:05:00Z",
        "Current time for models and for message expiry (for backfills and the demo).",
        shown="the clock",
    )
    probabilistic_matching: Boolean | None = setting(
        "CDP_PROBABILISTIC_MATCHING",
        _BOOLEAN,
        "Whether proposed pairs take part.",
        shown="var `probabilistic_matching`",
    )
    model_checksums: str | None = setting(
        "CDP_MODEL_CHECKSUMS",
        "JSON",
        "Checksums of the models, computed by `cdp` for dbt. Without them incremental models are "
        "built in full.",
        shown="computed",
    )
    writer_wait_seconds: float = setting(
        "CDP_WRITER_WAIT_SECONDS",
        "a number of seconds",
        "How long a second writer waits for the warehouse before it stops.",
        3600,
    )
    duckdb_memory_limit: str = setting(
        "CDP_DUCKDB_MEMORY_LIMIT",
        "a size such as 4GB",
        "Memory that DuckDB uses before it works on disk.",
        "4GB",
    )
    threads: int = setting(
        "CDP_THREADS", "a number of models", "Models that dbt builds side by side.", 2
    )
    target_path: Path = setting(
        "DBT_TARGET_PATH",
        "a folder",
        "Where dbt writes, and where `manifest.json` is read.",
        lambda: PROJECT_DIR / "target",
        shown="`target`",
    )
    log_path: Path = setting(
        "DBT_LOG_PATH", "a folder", "dbt's log.", lambda: PROJECT_DIR / "logs", shown="`logs`"
    )
    profiles_dir: Path = setting(
        "DBT_PROFILES_DIR",
        "a folder",
        "Where `profiles.yml` is.",
        lambda: PROJECT_DIR,
        shown="the project",
    )
    dagster_home: Path = setting(
        "DAGSTER_HOME",
        "a folder",
        "Dagster's instance.",
        lambda: PROJECT_DIR / ".dagster",
        shown="`.dagster`",
    )
    dagster_postgres_url: SecretStr | None = setting(
        "DAGSTER_POSTGRES_URL",
        "postgresql+psycopg2://USER:PASSWORD@HOST:PORT/DATABASE",
        "Dagster's own database in production, `deploy/dagster.yaml`.",
    )
    alert_url: Address | None = setting(
        "CDP_ALERT_URL",
        "https://HOST/PATH",
        "Receiver of an alert for each failed run ([orchestration](orchestration.md)).",
    )
    alert_secret: SecretStr | None = setting(
        "CDP_ALERT_SECRET", "a secret", "Key of the signature of alerts."
    )

    @property
    def manifest_path(self) -> Path:
        """dbt's manifest."""
        return PROJECT_DIR / self.target_path / "manifest.json"


class Pages(Part):
    """Pages that are opened in a browser."""

    publish_identifiers: Boolean = setting(
        "CDP_PUBLISH_IDENTIFIERS",
        _BOOLEAN,
        "Whether the published copy holds direct identifiers ([dashboards](dashboards.md)).",
        False,
        shown="`false`",
    )
    dashboards_port: Port = setting(
        "CDP_DASHBOARDS_PORT", _PORT, "Where the dashboards listen.", 8501
    )
    dagster_port: Port = setting("CDP_DAGSTER_PORT", _PORT, "Where `make dagster` listens.", 3000)
    docs_port: Port = setting("CDP_DOCS_PORT", _PORT, "Where `make docs` listens.", 8080)
    customer_page_host: str = setting(
        "CDP_CUSTOMER_PAGE_HOST",
        "an address of this machine",
        "Where the customer page listens ([customer page](customer_page.md)).",
        "127.0.0.1",
    )
    customer_page_port: Port = setting(
        "CDP_CUSTOMER_PAGE_PORT", _PORT, "Port of the customer page.", 8090
    )
    customer_page_role: Literal["analyst", "agent"] = setting(
        "CDP_CUSTOMER_PAGE_ROLE",
        "analyst or agent",
        "Role where nobody has to sign in; an agent sees identifiers.",
        "analyst",
    )
    customer_page_users: Path | None = setting(
        "CDP_CUSTOMER_PAGE_USERS", "a YAML file", "Who may sign in, and as what."
    )
    customer_page_secret: SecretStr | None = setting(
        "CDP_CUSTOMER_PAGE_SECRET",
        "a secret of 32 characters",
        "Signs sessions and keys the hashes of searched values.",
        shown="kept on disk where nobody signs in",
    )
    require_browser: str | None = setting(
        "CDP_REQUIRE_BROWSER",
        "anything",
        "A browser test fails without Chromium instead of being skipped.",
    )


PARTS = (Settings, Postgres, Runs, Pages)


def demo_connectors() -> list[str]:
    """Connectors of the generated company, var `demo_connectors` of dbt_project.yml."""
    project = yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))
    return str(project["vars"]["demo_connectors"]).split()


def _export_libpq_variables(database_url: str) -> None:
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415  half a second to import

    try:
        parts = conninfo_to_dict(database_url)
    except Exception:
        # The driver's own message would repeat the address, password and all.
        raise SettingError(
            "DATABASE_URL is not a PostgreSQL address: "
            "set it to postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
        ) from None
    for keyword, name in _LIBPQ_VARIABLES.items():
        value = parts.get(keyword)
        if value is not None and value != "":
            os.environ[name] = str(value)
