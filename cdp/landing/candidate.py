"""A file whose content is new to its table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cdp.landing.contents import TextFacts, text_facts
from cdp.landing.files import SourceFile
from cdp.landing.headers import Header, read_header
from cdp.landing.state import load_id_of


@dataclass(frozen=True)
class Candidate:
    """A file whose content is new to its table.

    Attributes:
        file: The file as listed.
        local: Uncompressed local file.
        content_sha256: Hash of its bytes as stored.
        load_id: Id of its load.
        header: Its header; None if the format has none.
        facts: Facts about its text; None if the format has no header.
    """

    file: SourceFile
    local: Path
    content_sha256: str
    load_id: str
    header: Header | None
    facts: TextFacts | None

    @property
    def shape(self) -> tuple[object, ...]:
        """Files of the same shape can be read together."""
        # A Parquet file has its own schema, so it is read alone.
        alone = self.file.path if self.file.file_format == "parquet" else None
        return self.file.file_format, self.header, alone


def examine(file: SourceFile, local: Path, content: str) -> Candidate:
    """The file with its header; raises `UnreadableFileError` if the header is missing."""
    header = facts = None
    if file.file_format in ("csv", "tsv"):
        header = read_header(local, file.file_format)
        facts = text_facts(local, header.delimiter, len(header.columns))
    return Candidate(
        file=file,
        local=local,
        content_sha256=content,
        load_id=load_id_of(file.table_name, file.path, content),
        header=header,
        facts=facts,
    )
