"""What a built warehouse lacks, on one page: `cdp doctor`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cdp.connectors.check import add_quarantine, add_unmapped
from cdp.connectors.report import Finding, Report
from cdp.connectors.warehouse import Warehouse, opened
from cdp.settings import Runs, Settings
from cdp.upgrade.removed import removed_relations

# As the sources' YAML says.
FRESH = timedelta(hours=36)
# Most connectors that are listed; more would not fit the page.
_LISTED = 15


def examine(settings: Settings, now: datetime | None = None) -> Report:
    """Findings about the warehouse; raises `ConnectorError` if nothing is built.

    Args:
        settings: Where the warehouse is, and which connectors are on.
        now: The time that loads are compared with; the clock's when left out.
    """
    report = Report(f"{settings.target} warehouse, schema {settings.schema}")
    with opened(settings) as warehouse:
        _add_connectors(report, warehouse, now or datetime.now(UTC).replace(tzinfo=None))
        _add_people(report, warehouse)
        _add_reach(report, warehouse)
        add_unmapped(report, warehouse)
        add_quarantine(report, warehouse)
        _add_leftovers(report, warehouse)
    return report


def _add_connectors(report: Report, warehouse: Warehouse, now: datetime) -> None:
    loads: dict[str, tuple[int, datetime | None]] = {}
    staged = warehouse.staged()
    counted = warehouse.rows("records", relations=staged) if staged else []
    for connector, count, loaded_at in counted:
        records, latest = loads.get(connector, (0, None))
        times = [time for time in (latest, loaded_at) if time]
        loads[connector] = records + count, max(times, default=None)
    matches = {name: (count, matched) for name, count, matched in warehouse.rows("matches")}
    rows = []
    for name in warehouse.settings.connector_names:
        records, latest = loads.get(name, (0, None))
        profiles, matched = matches.get(name, (0, 0))
        texts, step = [f"{records:,} records"], ""
        if latest:
            texts.append(f"newest {_age(now - latest)} ago")
        if profiles:
            texts.append(f"{100 * matched / profiles:.0f}% of {profiles:,} profiles matched")
        if not records:
            step = f"Bring its data ({name}/<entity>/ and make land), then make build"
        elif latest and now - latest > FRESH:
            step = "Nothing new for long: look at its export"
        elif profiles and not matched and len(matches) > 1:
            step = f"Matches no other connector: make check-connector NAME={name}"
        rows.append(Finding("Connectors", name, ", ".join(texts), step))
    rows.sort(key=lambda each: not each.step)
    report.add_list("Connectors", rows, "none is on: set CDP_CONNECTORS", listed=_LISTED)


def _add_people(report: Report, warehouse: Warehouse) -> None:
    ((profiles, known, emails, phones, contacts),) = warehouse.rows("people")
    text = f"{profiles:,}, {known:,} known, {emails:,} with email, {phones:,} with phone"
    step = ""
    if not profiles:
        step = "No record has an identifier: see the connectors' entries"
    elif not contacts:
        step = "No contact data: connect a system that has it (contract contacts)"
    report.add("People", "profiles", text, step)


def _add_reach(report: Report, warehouse: Warehouse) -> None:
    for row in warehouse.rows("reach", channels=warehouse.channels()):
        reach = Reach(*row)
        reason, step = reach.why_unreachable()
        report.add("Reach", reach.channel, f"{reach}; {reason}" if reason else str(reach), step)


class Reach(NamedTuple):
    """Profiles on the way to a message on a channel."""

    channel: str
    addresses: int
    records: int
    granted: int
    permitted: int
    reachable: int

    def __str__(self) -> str:
        suppressed = self.granted - self.permitted
        return (
            f"{self.reachable:,} reachable: {self.addresses:,} addresses, {self.records:,} asked, "
            f"{self.granted:,} granted, {suppressed:,} suppressed"
        )

    def why_unreachable(self) -> tuple[str, str]:
        """Reason why no profile is reachable and the remedy; both empty if some are."""
        if self.reachable:
            return "", ""
        if not self.addresses:
            kind = "devices" if self.channel == "push" else "contacts"
            return "no contacts", f"Connect a system that fills contract {kind}"
        if not self.records:
            return "no consent records", "Connect the system that keeps consent (contract consents)"
        if not self.granted:
            return "nobody granted", "Is a grant written otherwise? See status in input_consents"
        if not self.permitted:
            return "all are suppressed", "See the reasons in suppressions"
        return "no grant has an address", "See profile_consents: the consents of others have none"


def _add_leftovers(report: Report, warehouse: Warehouse) -> None:
    manifest = Runs.from_environment().manifest_path
    if not manifest.exists():
        report.add("Leftovers", "", "unknown: the project is not parsed", "Run make build")
        return
    left = removed_relations(warehouse.connection, warehouse.settings, manifest.parent)
    shown = ", ".join(f"{schema}.{name}" for schema, name in left[:3])
    text = f"{len(left):,} relations that no model makes, such as {shown}" if left else "none"
    report.add("Leftovers", "", text, "make upgrade DROP=1 removes them" if left else "")


def _age(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{max(hours, 0):.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"
