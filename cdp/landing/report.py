"""What one landing did, in counts and names, never with a value of a row."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FileProblem:
    """A file that was not landed.

    Attributes:
        file: Path relative to the landing path.
        reason: What is wrong with it and, if useful, how to fix it.
        is_error: False for a file that is not channel data or was still being written.
    """

    file: str
    reason: str
    is_error: bool = True


@dataclass
class TableReport:
    """What happened to one raw table.

    Attributes:
        table_name: `<channel>__<entity>`.
        channel: First folder below the landing path.
        entity: Second folder below the landing path.
        files_loaded: Files whose rows were appended, including new versions.
        files_skipped: Files that had been landed already.
        files_copied: Files with the content of another file of the entity; nothing is loaded.
        files_restored: Files with an earlier content, whose rows became current again.
        rows: Rows appended.
        quarantined: Rows written to `landing_quarantine` instead.
        schema_changes: Rows written to `landing_schema_changes`.
        problems: Files that could not be landed.
    """

    table_name: str
    channel: str
    entity: str
    files_loaded: int = 0
    files_skipped: int = 0
    files_copied: int = 0
    files_restored: int = 0
    rows: int = 0
    quarantined: int = 0
    schema_changes: int = 0
    problems: list[FileProblem] = field(default_factory=list)


@dataclass(frozen=True)
class LandingReport:
    """What one landing did.

    Attributes:
        tables: One entry per raw table that has a folder or is declared, sorted by name.
        stray_files: Files that belong to no table: unknown extension or misplaced.
        seconds: How long it took.
    """

    tables: tuple[TableReport, ...]
    stray_files: tuple[FileProblem, ...]
    seconds: float

    @property
    def files_loaded(self) -> int:
        """Files whose rows were appended, over all tables."""
        return sum(table.files_loaded for table in self.tables)

    @property
    def rows(self) -> int:
        """Rows appended, over all tables."""
        return sum(table.rows for table in self.tables)

    @property
    def quarantined(self) -> int:
        """Rows quarantined, over all tables."""
        return sum(table.quarantined for table in self.tables)

    @property
    def problems(self) -> tuple[FileProblem, ...]:
        """Every file that was not landed, strays last."""
        return (*(each for table in self.tables for each in table.problems), *self.stray_files)

    @property
    def has_errors(self) -> bool:
        """Whether a file could not be read; quarantined rows and strays are no errors."""
        return any(problem.is_error for problem in self.problems)


@dataclass(frozen=True)
class LandingProgress:
    """Progress of a landing, passed to the callback after each transaction.

    Attributes:
        table_name: The table whose files were just landed.
        files_done: Files of the table examined so far.
        files_total: Files of the table.
        rows: Rows appended to the table so far.
    """

    table_name: str
    files_done: int
    files_total: int
    rows: int


def summary(report: LandingReport) -> str:
    """The report as a table for a terminal, followed by the problems."""
    headings = ("table", "loaded", "skipped", "rows", "quarantined", "drift", "unread")
    lines = [
        (
            table.table_name,
            f"{table.files_loaded:,}",
            f"{table.files_skipped + table.files_copied + table.files_restored:,}",
            f"{table.rows:,}",
            f"{table.quarantined:,}",
            f"{table.schema_changes:,}",
            f"{len(table.problems):,}",
        )
        for table in report.tables
    ]
    widths = [max(len(row[i]) for row in (headings, *lines)) for i in range(len(headings))]

    def formatted(row: tuple[str, ...]) -> str:
        first = row[0].ljust(widths[0])
        rest = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        return "  ".join((first, *rest))

    text = [formatted(headings), *(formatted(line) for line in lines)]
    text.append(
        f"{report.files_loaded:,} files and {report.rows:,} rows landed, "
        f"{report.quarantined:,} rows quarantined, in {report.seconds:.1f} s."
    )
    for problem in report.problems:
        text.append(
            f"{'not read' if problem.is_error else 'left out'}: {problem.file}: {problem.reason}"
        )
    return "\n".join(text)
