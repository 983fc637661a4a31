"""What a connector for a sample would be: columns with types, key, time, identifiers, contracts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from cdp.connectors.names import (
    CONSENT,
    KEY,
    NUMBER_AS_NAME,
    PERSON,
    REFUSAL,
    RESERVED,
    TIMES,
    role_of,
    singular,
    snake,
)
from cdp.connectors.sample import Column, Sample

DATA_TYPES = {
    "timestamp": "timestamp",
    "date": "date",
    "integer": "bigint",
    "number": "numeric(18, 2)",
    "boolean": "boolean",
}
_TEXT = "{{ trimmed('RAW') }}"
# Typed value by role or kind; RAW is the raw column.
_EXPRESSIONS = {
    "email": "{{ normalise_email('RAW') }}",
    "phone": _TEXT,
    "country": "{{ country_code('RAW') }}",
    "currency": "upper({{ trimmed('RAW') }})",
    "status": "lower({{ trimmed('RAW') }})",
    "channel": "lower({{ trimmed('RAW') }})",
    "purpose": "lower({{ trimmed('RAW') }})",
    "event_name": "{{ snake_case('RAW') }}",
    "timestamp": "{{ to_timestamp('RAW') }}",
    "date": "{{ to_date(trimmed('RAW')) }}",
    "integer": "{{ to_integer(trimmed('RAW')) }}",
    "number": "cast({{ to_number(trimmed('RAW')) }} as numeric(18, 2))",
    "boolean": "{{ to_boolean(trimmed('RAW')) }}",
}
_TIME_KINDS = ("timestamp", "date")
_AMOUNTS = ("amount", "unit_price", "discount_amount", "price", "cost")
# Identifier type of a role, with the role's column.
_IDENTIFIERS = {
    "account_id": "account",
    "loyalty_number": "loyalty_card",
    "email": "email",
    "phone": "phone",
    "order_id": "order",
    "push_token": "push_token",
    "device_id": "device",
    "anonymous_id": "cookie",
}

# Marks an expression of an entry as a call of a macro.
MACRO = "macro:"
# Finds the identifier type that the warehouse knows some of these values as.
KnownType = Callable[[tuple[str, ...]], "str | None"]


@dataclass(frozen=True)
class Field:
    """A column of the models.

    Attributes:
        name: Name in the models.
        raw: Name in the raw table.
        data_type: Its type.
        expression: SQL, with macros, of the typed value.
    """

    name: str
    raw: str
    data_type: str
    expression: str


@dataclass
class Draft:
    """A connector's table.

    Attributes:
        connector: Name of the connector.
        entity: Name of the table.
        fields: Columns of the base model before contact values are normalised.
        key: Columns of the record key.
        time: Column of the time of a record; none if it has none.
        newest_first: Column that orders copies of a record.
        identifiers: SQL of each identifier.
        contracts: SQL of each column of each contract that the table fills.
        consents: Consent columns of yes and no: channel and SQL of whether it is granted.
        person_type: Identifier type that seed identifier_types lacks; none if it lacks none.
        notes: Decisions left to the reader of the files.
    """

    connector: str
    entity: str
    fields: list[Field]
    key: list[str]
    time: str | None
    newest_first: str
    identifiers: dict[str, str] = field(default_factory=dict)
    contracts: dict[str, dict[str, str]] = field(default_factory=dict)
    consents: list[tuple[str, str]] = field(default_factory=list)
    person_type: str | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """Names of the columns, those of normalised contact values included."""
        names = {each.name for each in self.fields}
        if "email" in names:
            names.add("email_identifier")
        if "raw_phone" in names:
            names = names - {"raw_phone"} | {"phone"}
        return names

    @property
    def observed_at(self) -> str:
        """Column of the staging model with the time of the record."""
        return self.time or "loaded_at"


def draft_columns(
    connector: str, entity: str, sample: Sample, known_type: KnownType, named: Mapping[str, Column]
) -> Draft:
    """Decide types, key, time and identifiers; see `contracts.draft`."""
    fields = [_field(name, column) for name, column in named.items()]
    time = _time(named)
    made = Draft(
        connector, entity, fields, _key(named, entity, time, sample), time, time or "_loaded_at"
    )
    if time and re.fullmatch(r"(created|registered|signed_up).*", time):
        made.newest_first = "_loaded_at"
    _add_identifiers(made, named, known_type)
    return made


def name_columns(columns: Iterable[Column]) -> dict[str, Column]:
    """Columns by their name in the models; of several addresses, the plainest name is it."""
    columns = [column for column in columns if column.filled or role_of(snake(column.name))]
    roles: dict[str, Column] = {}
    for column in sorted(columns, key=lambda each: len(each.name)):
        role = role_of(snake(column.name))
        if column.kind in ("email", "phone"):
            role = column.kind
        elif role in ("email", "phone"):
            fits = role == "phone" and (column.is_dialled or not column.filled)
            role = role if fits or not column.filled else None
        elif role in ("first_name", "last_name") and column.kind != "text":
            role = None
        if role:
            roles.setdefault(role, column)
    role_by_column = {column.name: role for role, column in roles.items()}
    named: dict[str, Column] = {}
    for column in columns:
        name = role_by_column.get(column.name) or snake(column.name)
        if name in RESERVED or (name in roles and roles[name] is not column):
            name = f"{name}_value"
        while name in named:
            name = f"{name}_2"
        named[name] = column
    return named


def _field(name: str, column: Column) -> Field:
    is_plain = re.fullmatch(r"[a-z_][a-z0-9_]*", column.name) and column.name not in RESERVED
    raw = (column.name if is_plain else f'"{column.name}"').replace("'", "\\'")
    kind = name if name in _EXPRESSIONS else _kind(name, column)
    expression = _EXPRESSIONS.get(kind, _TEXT).replace("RAW", raw)
    own_name = "raw_phone" if name == "phone" else name
    return Field(own_name, column.name, DATA_TYPES.get(kind, "text"), expression)


def _kind(name: str, column: Column) -> str:
    if column.is_flag and is_consent(column):
        return "boolean"
    if name in _AMOUNTS:
        return "number"
    if name in ("quantity", "line_number"):
        return "integer"
    if column.kind in ("integer", "number") and NUMBER_AS_NAME.fullmatch(name):
        return "text"
    return column.kind


def is_consent(column: Column) -> bool:
    """Whether the column's name is that of a consent or a refusal."""
    name = snake(column.name)
    return bool(REFUSAL.fullmatch(name) or CONSENT.fullmatch(name))


def _time(named: Mapping[str, Column]) -> str | None:
    for pattern in TIMES:
        for name, column in named.items():
            # A birthday is no time of a record.
            if (
                column.kind in _TIME_KINDS
                and name != "birth_date"
                and re.fullmatch(pattern, snake(column.name))
            ):
                return name
    return None


def _key(named: Mapping[str, Column], entity: str, time: str | None, sample: Sample) -> list[str]:
    own = [name for name in ("id", f"{singular(entity)}_id", f"{entity}_id") if name in named]
    ids = own + [
        name for name in named if KEY.fullmatch(snake(named[name].name)) and name not in own
    ]
    ids += [name for name in ("email", "order_id") if name in named and name not in ids]
    for name in ids:
        if named[name].is_unique and named[name].kind not in _TIME_KINDS:
            return ["raw_phone" if name == "phone" else name]
    # Copies of a record have the same id; the newest counts.
    if own and time:
        return own[:1]
    for first in [name for name in ids if named[name].filled == named[name].rows]:
        for second in named:
            if second != first and sample.are_unique([named[first].name, named[second].name]):
                return [first, "raw_phone" if second == "phone" else second]
    return ["raw_phone" if name == "phone" else name for name in named]


def _add_identifiers(made: Draft, named: Mapping[str, Column], known_type: KnownType) -> None:
    for role, identifier_type in _IDENTIFIERS.items():
        if role in named:
            made.identifiers[identifier_type] = "email_identifier" if role == "email" else role
    for name, column in named.items():
        if name in _IDENTIFIERS or column.kind not in ("text", "integer"):
            continue
        if not KEY.fullmatch(snake(column.name)):
            continue
        found = known_type(column.examples)
        if found and found not in made.identifiers:
            made.identifiers[found] = name
            made.notes.append(f"{column.name} has values that the warehouse knows as {found}.")
        elif PERSON.fullmatch(snake(column.name)) and made.person_type is None and not found:
            made.person_type = f"{made.connector}_{snake(column.name).split('_')[0]}"
            made.identifiers = {made.person_type: name} | made.identifiers
