"""What a connector does not fill, match or explain: `cdp check connector NAME`."""

from __future__ import annotations

from cdp.connectors.errors import ConnectorError
from cdp.connectors.report import Finding, Report
from cdp.connectors.warehouse import Warehouse, opened
from cdp.settings import Settings

# What nearly every company needs, and what is missing without it.
_WANTED = {
    "contacts": "no messages can be sent to people from this connector",
    "events": "its records are not on the timeline",
}


def check_connector(settings: Settings, name: str) -> Report:
    """Findings about one connector; raises `ConnectorError` if it is off or nothing is built."""
    if name not in settings.connector_names:
        raise ConnectorError(
            f"{name} is not on: CDP_CONNECTORS lists {', '.join(settings.connector_names)}. "
            f"Set CDP_CONNECTORS to a list with {name}, and build."
        )
    report = Report(f"Connector {name}")
    with opened(settings) as warehouse:
        if not warehouse.staged(name):
            raise ConnectorError(f"{name} has not been built yet: run make build.")
        add_contracts(report, warehouse, name)
        _add_identifiers(report, warehouse, name)
        _add_consent(report, warehouse, name)
        add_unmapped(report, warehouse, name)
        add_quarantine(report, warehouse, name)
    return report


def add_contracts(report: Report, warehouse: Warehouse, name: str) -> None:
    """Which contracts the connector fills, and which of the wanted ones it does not."""
    counts = dict(warehouse.rows("filled", connector=name, contracts=warehouse.contracts()))
    filled = [f"{contract} {count:,}" for contract, count in sorted(counts.items()) if count]
    empty = [contract for contract, count in sorted(counts.items()) if not count]
    entry = f"macros/connectors/connector_{name}.sql"
    report.add("Contracts", "filled", ", ".join(filled) or "none")
    for contract, lack in _WANTED.items():
        if not counts.get(contract):
            step = f"Map it in {entry}, if the system has it"
            report.add("Contracts", contract, f"not filled: {lack}", step)
    others = [each for each in empty if each not in _WANTED]
    report.add("Contracts", "empty", ", ".join(others) or "none")


def _add_identifiers(report: Report, warehouse: Warehouse, name: str) -> None:
    rows = warehouse.rows("identifier_matches", connector=name)
    has_match = any(matched for _, _, matched, _ in rows)
    for kind, count, matched, others in rows:
        found = f"{_share(matched, count)} seen by another connector"
        text = f"{count:,}, {found if others else 'no other connector has this type'}"
        step = "Compare how the other connectors write it" if others and not matched else ""
        report.add("Identifiers", kind, text, step)
    if not rows:
        report.add("Identifiers", "", "none: its records cannot be assigned to a person")
    elif not has_match and len(warehouse.settings.connector_names) > 1:
        step = "Map an identifier that another system has too, such as an email address"
        report.add("Identifiers", "all", "no value is seen by another connector", step)


def _add_consent(report: Report, warehouse: Warehouse, name: str) -> None:
    ((people, asked),) = warehouse.rows("consent_gap", connector=name)
    if not people:
        return
    text = f"{people:,} people with contact data, {_share(asked, people)} with a consent record"
    step = "" if asked else "None of them can be reached: connect the system that keeps consent"
    report.add("Consent", "", text, step)


def add_unmapped(report: Report, warehouse: Warehouse, name: str | None = None) -> None:
    """Values that no rule knows, the most frequent first."""
    rows = [
        Finding(
            "Unmapped values",
            f"{column}" if name else f"{connector} {column}",
            f"{value}: {count:,} in {source}",
            remedy,
        )
        for connector, source, column, value, count, remedy in warehouse.rows(
            "unmapped", connector=name
        )
    ]
    report.add_list("Unmapped values", rows, "none")


def add_quarantine(report: Report, warehouse: Warehouse, name: str | None = None) -> None:
    """Rejected rows by table and reason, the most frequent first."""
    step = "See original_text in staging_quarantine"
    rows = [
        Finding("Quarantine", table, f"{reason}: {count:,}", step)
        for table, reason, count in warehouse.rows("quarantine", connector=name)
    ]
    report.add_list("Quarantine", rows, "none")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "0%"
