"""A read-only copy of the public marts, for dashboards and notebooks: `make publish`.

Nobody can read a DuckDB file while a refresh writes it. So a refresh ends by updating a draft of
the copy, which then replaces the copy: open readers keep the old file, new ones open the new
file, and a crash leaves the old one. All marts of a copy are of the same refresh.

The draft starts as a clone of the last copy, in which the rows that changed are replaced.

On PostgreSQL readers see each mart replaced at once, and nothing is copied (docs/dashboards.md).
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from cdp.settings import Pages, Settings
from cdp.warehouse.publication import Mart, attached, remove

# Models of these folders and of this schema consist of direct identifiers.
_IDENTIFYING_FOLDERS = frozenset({"syncs"})
_IDENTIFYING_SCHEMA = "contacts"
# Columns of other marts that contain them, unless `meta.direct_identifier` says otherwise.
_IDENTIFYING_COLUMN = re.compile(r"identifier_value|^(original_text|properties|referrer)$")
_NOTE = "Withheld: a direct identifier. CDP_PUBLISH_IDENTIFIERS=true publishes it."


class PublishError(RuntimeError):
    """There is nothing to publish; the message says what to run first."""


@dataclass(frozen=True)
class Publication:
    """What a publication did.

    Attributes:
        path: The copy; None if readers read the warehouse itself.
        marts: Marts in the copy.
        changed: Marts with a changed row.
        written_rows: Rows written, over all marts.
        size_bytes: Size of the file.
        seconds: How long it took.
    """

    path: Path | None
    marts: int = 0
    changed: int = 0
    written_rows: int = 0
    size_bytes: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        if self.path is None:
            return "Nothing is copied on PostgreSQL: readers see its marts replaced at once."
        return (
            f"Published {self.marts} marts to {self.path}: {self.changed} changed, "
            f"{self.written_rows:,} rows written, {self.size_bytes / 1e6:,.1f} MB, "
            f"{self.seconds:.1f} s."
        )


def published_path(settings: Settings) -> Path:
    """Where the copy is on DuckDB, published or not."""
    return settings.data_dir / "published" / "warehouse.duckdb"


def public_nodes(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The public models of a manifest, except those with `config.meta.publish: false`."""
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["access"] == "public"
        and node["config"]["meta"].get("publish", True)
    ]


def public_marts(manifest: Mapping[str, Any], *, with_identifiers: bool) -> list[Mart]:
    """The marts to publish, sorted by schema and name.

    Without direct identifiers, models that consist of them are left out, and columns that contain
    them, by `meta.direct_identifier` or by name, are null.
    """
    marts = []
    for node in public_nodes(manifest):
        if with_identifiers:
            marts.append(Mart(node["schema"], node["alias"]))
        elif (
            node["fqn"][1] not in _IDENTIFYING_FOLDERS
            and node["config"]["schema"] != _IDENTIFYING_SCHEMA
        ):
            withheld = {name for name, column in node["columns"].items() if _identifies(column)}
            marts.append(Mart(node["schema"], node["alias"], frozenset(withheld), _NOTE))
    return sorted(marts, key=lambda mart: mart.place)


def _identifies(column: Mapping[str, Any]) -> bool:
    marked = (column.get("config") or {}).get("meta", {}).get("direct_identifier")
    return bool(_IDENTIFYING_COLUMN.search(column["name"])) if marked is None else bool(marked)


def publish(settings: Settings, manifest_path: Path) -> Publication:
    """Bring the copy up to date with the warehouse and move it into place.

    Args:
        settings: Where warehouse and copy are.
        manifest_path: dbt's `manifest.json`, which declares what is public.

    Raises:
        PublishError: There is no manifest or no warehouse yet.
        SettingError: `CDP_PUBLISH_IDENTIFIERS` cannot be read.
        WarehouseBusyError: Another process writes the warehouse for too long.
    """
    with_identifiers = Pages.from_environment().publish_identifiers
    if settings.target == "postgres":
        return Publication(path=None)
    started = time.monotonic()
    for needed in (manifest_path, settings.duckdb_path):
        if not needed.exists():
            raise PublishError(
                f"{needed} does not exist: run `make land` and `make dbt ARGS=build`."
            )
    manifest = json.loads(manifest_path.read_text())
    marts = public_marts(manifest, with_identifiers=with_identifiers)
    path = published_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.parent / ".lock"):
        draft = path.with_name(".warehouse.duckdb.draft")
        remove(draft)
        try:
            with attached(settings, path, draft, with_identifiers) as copier:
                rows = [copier.bring_up_to_date(mart) for mart in marts]
                marts_found = [count for count in rows if count is not None]
                copier.finish(marts, with_identifiers)
            with draft.open("rb+") as written:
                os.fsync(written.fileno())
            draft.replace(path)
        finally:
            remove(draft)
    return Publication(
        path=path,
        marts=len(marts_found),
        changed=sum(count > 0 for count in marts_found),
        written_rows=sum(marts_found),
        size_bytes=path.stat().st_size,
        seconds=time.monotonic() - started,
    )
