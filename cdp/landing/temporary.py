"""A temporary directory for what one landing fetches, decompresses and spills."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout


@contextmanager
def temporary_directory(parent: Path) -> Iterator[Path]:
    """A new folder below `parent`; folders that killed landings left are removed.

    Each folder has a lock file, whose lock the kernel releases when its process ends: landings into
    other warehouses may share the data folder.
    """
    parent.mkdir(parents=True, exist_ok=True)
    for lock_file in parent.glob("*.lock"):
        with suppress(Timeout), FileLock(lock_file, blocking=False):
            _remove(lock_file)
    lock_file = parent / f"{uuid4().hex}.lock"
    with FileLock(lock_file):
        lock_file.with_suffix("").mkdir()
        try:
            yield lock_file.with_suffix("")
        finally:
            _remove(lock_file)


def _remove(lock_file: Path) -> None:
    shutil.rmtree(lock_file.with_suffix(""), ignore_errors=True)
    lock_file.unlink(missing_ok=True)
