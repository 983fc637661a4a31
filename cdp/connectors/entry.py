"""The registry entry of a drafted connector."""

from __future__ import annotations

from typing import Any

from cdp.connectors.draft import MACRO, Draft

# Columns of each attribute of the golden record.
_TRUST = {
    "email": {"email"},
    "phone": {"phone"},
    "name": {"first_name", "last_name"},
    "birth_date": {"birth_date"},
    "address": {"address_line", "postcode", "city", "country"},
    "preferred_language": {"preferred_language"},
}
# Priority of a new source among the others, until somebody ranks it.
_TRUSTED = 80
_WIDTH = 100


def entry_models(table: dict[str, Any]) -> list[dict[str, Any]]:
    """Models of the registry entry, with the lines of each."""
    models = [{"name": table["stg"], "lines": _records(table)}]
    if table["draft"].consents:
        models.append({"name": table["consents"], "lines": _consents(table)})
    return models


def _records(table: dict[str, Any]) -> list[str]:
    made: Draft = table["draft"]
    dates = {each.name for each in made.fields if each.data_type == "date"}
    time = f"cast({made.time} as timestamp)" if made.time in dates else made.observed_at
    lines = [f"'record_id': '_record_key', 'observed_at': '{time}',"]
    if made.identifiers:
        lines += _mapping("identifiers", made.identifiers)
    for contract, columns in made.contracts.items():
        reachable = [f"{name} is not null" for name in ("email", "phone") if name in columns]
        where = " or ".join(reachable) if contract == "contacts" else ""
        lines += _mapping(contract, columns, where)
    known = made.contracts.get("contacts", {}).keys()
    if trust := {name: _TRUSTED for name, columns in _TRUST.items() if columns & known}:
        lines.append(f"'trust': {trust!r},")
    if table["schema"]:
        deleted = f"'{table['deleted']}'" if table["deleted"] else "none"
        source = f"'source': '{made.connector}', 'name': '{made.entity}', 'deleted': {deleted}"
        lines.append(f"'table': {{{source}}},")
    return lines


def _consents(table: dict[str, Any]) -> list[str]:
    channels = [channel for channel, _ in table["draft"].consents]
    kinds = {"phone" if channel == "sms" else "email" for channel in channels}
    identifiers = {kind: "identifier_value" for kind in kinds}
    if len(kinds) > 1:
        identifiers = {
            kind: f"case when identifier_type = '{kind}' then identifier_value end"
            for kind in sorted(kinds)
        }
    same = "'same': ['identifier_type', 'identifier_value', 'status']"
    return [
        f"'base': '{table['base']}', 'record_suffixes': {[f'/{name}' for name in channels]!r},",
        "'record_id': '_record_key', 'observed_at': 'loaded_at',",
        *_mapping("identifiers", identifiers),
        "'events': {'event_name': consent_event('status')},",
        "'consents': {",
        f"    'observed_at': 'recorded_at', {same},",
        "    'consent_channel': 'channel', 'purpose': \"'marketing'\",",
        "},",
    ]


def _mapping(name: str, columns: dict[str, str], where: str = "") -> list[str]:
    """Lines of a dictionary in an entry; columns that keep their names are listed."""
    same = [column for column, sql in columns.items() if sql == column and name != "identifiers"]
    items = [f"'where': {_quoted(where)}"] if where else []
    if same:
        items.append(f"'same': {same!r}")
    items += [f"'{each}': {_quoted(sql)}" for each, sql in columns.items() if each not in same]
    line = f"'{name}': {{{', '.join(items)}}},"
    if len(line) <= _WIDTH:
        return [line]
    return [f"'{name}': {{", *(f"    {item}," for item in items), "},"]


def _quoted(sql: str) -> str:
    if sql.startswith(MACRO):
        return sql.removeprefix(MACRO)
    return f"'{sql}'" if "'" not in sql else f'"{sql}"'
