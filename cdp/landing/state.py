"""Contents of a raw table, kept in step with the registry while its files are landed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cdp.landing.files import SourceFile
from cdp.landing.records import Load, SeenFile


@dataclass(frozen=True)
class Holder:
    """The file and load whose rows represent a content."""

    file: str
    load_id: str


def load_id_of(table: str, file: str, content_sha256: str) -> str:
    """The load id, which is the same whenever the same file is landed with the same content."""
    return hashlib.sha256(f"{table}\n{file}\n{content_sha256}".encode()).hexdigest()[:32]


class TableState:
    """Which contents of a raw table are current, and from which file each.

    A content counts once: another file of the table with the same content adds nothing.
    """

    def __init__(self, loads: Iterable[Load], seen: Mapping[str, SeenFile]) -> None:
        self._seen = dict(seen)
        self._loads: dict[str, Load] = {}
        self._versions: dict[str, int] = {}
        self._holders: dict[str, Holder] = {}
        self._current_content: dict[str, str] = {}
        for load in loads:
            self._remember(load)

    def _remember(self, load: Load) -> None:
        self._loads[load.load_id] = load
        self._versions[load.file] = max(load.file_version, self._versions.get(load.file, 0))
        if load.is_current:
            self._holders[load.content_sha256] = Holder(load.file, load.load_id)
            self._current_content[load.file] = load.content_sha256

    def is_unchanged(self, file: SourceFile) -> bool:
        """Whether the file is as it was when last seen, and its content is still current."""
        seen = self._seen.get(file.path)
        return (
            seen is not None
            and file.modified is not None
            and seen.modified == file.modified
            and seen.size_bytes == file.size_bytes
            and self.is_current(file.path)
        )

    def is_current(self, path: str) -> bool:
        """Whether the content of the file when last seen is current, from this file or a copy."""
        seen = self._seen.get(path)
        return seen is not None and seen.content_sha256 in self._holders

    def has_current_load(self, path: str) -> bool:
        """Whether rows of the file are current."""
        return path in self._current_content

    def holder(self, content_sha256: str) -> Holder | None:
        """The file and load of a current content; None if it is not current."""
        return self._holders.get(content_sha256)

    def load(self, load_id: str) -> Load | None:
        """A load by id, current or not."""
        return self._loads.get(load_id)

    def next_version(self, path: str) -> int:
        """Version number of the file's next content."""
        return self._versions.get(path, 0) + 1

    def supersede(self, path: str) -> None:
        """Make the rows of a file no longer current."""
        content = self._current_content.pop(path, None)
        if content is not None:
            del self._holders[content]

    def land(self, load: Load) -> None:
        """Make a new or restored load current instead of the file's previous content."""
        self.supersede(load.file)
        self._remember(load)

    def see(self, file: SourceFile, content_sha256: str, load_id: str) -> None:
        """Note which content a file was found to have."""
        self._seen[file.path] = SeenFile(file.size_bytes, file.modified, content_sha256, load_id)
