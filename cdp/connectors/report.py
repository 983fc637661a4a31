"""Findings about a warehouse, and how they are shown: one line each, with the next step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

# Longest list of values or reasons; the rest is counted.
LISTED = 7
_WIDTH = 170


@dataclass(frozen=True)
class Finding:
    """One line of a report.

    Attributes:
        area: What it is about.
        subject: Which connector, channel or column.
        text: What was found; figures, never a value of a person.
        step: What to do; empty where nothing has to be done.
    """

    area: str
    subject: str
    text: str
    step: str = ""


@dataclass
class Report:
    """All findings about a connector or a warehouse."""

    title: str
    findings: list[Finding] = field(default_factory=list)

    def add(self, area: str, subject: str, text: str, step: str = "") -> None:
        """Add a finding."""
        self.findings.append(Finding(area, subject, text, step))

    def add_list(self, area: str, rows: Sequence[Finding], none: str, listed: int = LISTED) -> None:
        """Add the first of many findings and the number of the others."""
        if not rows:
            self.add(area, "", none)
        self.findings += rows[:listed]
        if len(rows) > listed:
            self.add(area, "", f"{len(rows) - listed:,} more", rows[-1].step)


def show(report: Report, console: Console | None = None) -> None:
    """Print the report as one table."""
    console = console or Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDTH)
    table = Table(box=None, padding=(0, 2, 0, 0), title=report.title, title_justify="left")
    for name in ("", "", "Found", "Next step"):
        table.add_column(name, overflow="fold")
    for area, rows in _by_area(report.findings):
        for number, finding in enumerate(rows):
            cells = (area if not number else "", finding.subject, finding.text, finding.step)
            table.add_row(*map(_plain, cells), style="bold" if finding.step else None)
    console.print(table)


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


def _by_area(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    areas: dict[str, list[Finding]] = {}
    for finding in findings:
        areas.setdefault(finding.area, []).append(finding)
    return list(areas.items())
