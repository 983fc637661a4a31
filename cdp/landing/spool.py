"""A folder for what one landing fetches, decompresses and spills, gone when it is over."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


@contextmanager
def open_spool(spools: Path) -> Iterator[Path]:
    """A new folder below `spools`; those of landings that were killed are removed on the way.

    A file lock tells them apart, which goes with its process: landings into other warehouses may
    share the data folder.
    """
    spools.mkdir(parents=True, exist_ok=True)
    for lock_file in spools.glob("*.lock"):
        _remove_if_left(lock_file)
    lock_file = spools / f"{uuid4().hex}.lock"
    with lock_file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = lock_file.with_suffix("")
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            lock_file.unlink(missing_ok=True)


def _remove_if_left(lock_file: Path) -> None:
    try:
        with lock_file.open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock_file.with_suffix(""), ignore_errors=True)
            lock_file.unlink(missing_ok=True)
    except (BlockingIOError, FileNotFoundError):
        # Its landing is under way, or has just ended.
        return
