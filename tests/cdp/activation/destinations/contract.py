"""What the contract suite needs to know of a destination, and the syncs that it runs.

To add a destination to the suite, write beside this file `case_<name>.py` with a `CASE`, and its
emulator in `tests/cdp/activation/emulators/<name>.py`; `test_contract.py` finds it. The
emulator is a subclass of `Emulator` that refuses what the vendor would refuse, with the vendor's
limits written down anew from DESTINATIONS.md rather than imported from the destination. What is
the vendor's alone (an option, a path, a form on the wire) is tested in `test_<name>.py`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, TypeVar

from cdp.activation import SyncReport, run_sync
from cdp.activation.destinations import find_destination
from cdp.activation.destinations.base import Change, Destination, RowResult, Session
from cdp.activation.spec import PROFILE_COLUMN, SyncSpec
from cdp.dbt.manifest import load_sync_specs
from cdp.settings import Settings
from cdp.warehouse.connection import connected
from tests.cdp.activation.activation_world import HASTY, manifest_of
from tests.cdp.activation.emulators.emulator import Emulator

TABLE = "cdp_syncs.sync_webhook__members"
# Long enough for a machine that is busy with other things.
PATIENCE_SECONDS = 600
Row = dict[str, Any]
Result = TypeVar("Result")


def _as_it_is(row: Row) -> Row:
    return row


def _another(secret: str) -> str:
    return secret[:-4] + "MDA="


@dataclass(frozen=True)
class Case:
    """A destination under the suite.

    Attributes:
        destination: Its name.
        emulator: Makes its emulator.
        environment: Variables that a sync needs, given the running emulator.
        secrets: Those of them that hold a secret.
        meta: The sync's keys beside `destination`, `mode`, `purpose`, `channel` and consent.
        columns: The payload's columns and data types.
        row: The payload's row of a number in a version, such as `row(3, "old")`. Texts hold the
            version; the key does not. All texts count as personal data.
        held: What the emulator holds of a row that has arrived.
        heavy: A row of a number whose body takes so many bytes; None where bytes are not limited.
        largest_row: Bytes beyond which the vendor takes no row, even alone; None for no limit.
        rejection: The reason of a row that the emulator refuses; None where it refuses none.
        mistakes: Keys to set in the sync, and part of what the manifest's reader says of them.
        is_answered_by_row: Whether the vendor tells of each row; else a bad one fails its batch.
        answers_with_a_document: Whether the vendor's every success holds a JSON object, so that
            a success without one is not the vendor's. Where it does not, any 2xx accepts.
        unknown_updates: What comes of a row in `update_only` that the vendor does not have.
        is_http: Whether requests go to the emulator; of others the tests of requests say nothing.
        wrong: A secret of the right form that the vendor does not know, given the right one.
    """

    destination: str
    emulator: Callable[[], Emulator]
    environment: Callable[[Emulator], dict[str, str]]
    secrets: Sequence[str]
    meta: Mapping[str, object]
    columns: Mapping[str, str]
    row: Callable[[int, str], Row]
    rejection: str | None
    held: Callable[[Row], Row] = _as_it_is
    heavy: Callable[[int, int], Row] | None = None
    largest_row: int | None = None
    mistakes: Sequence[tuple[Mapping[str, object], str]] = ()
    is_answered_by_row: bool = True
    answers_with_a_document: bool = False
    unknown_updates: Literal["made", "ignored", "rejected"] = "rejected"
    is_http: bool = True
    wrong: Callable[[str], str] = _another

    @property
    def module(self) -> Destination:
        return find_destination(self.destination)

    @property
    def key(self) -> str:
        return str(self.meta["key"])

    def key_of(self, number: int) -> str:
        return str(self.row(number, "old")[self.key])


def filled(row: Row, column: str, size: int) -> Row:
    """The row with so many bytes in a column: half as many characters, as bytes are what counts."""
    return {**row, column: "é" * (size // 2)}


def all_cases() -> list[Case]:
    """The cases beside this file, by file name."""
    files = sorted(Path(__file__).parent.glob("case_*.py"))
    package = __name__.rpartition(".")[0]
    return [import_module(f"{package}.{file.stem}").CASE for file in files]


@dataclass
class Bench:
    """A case with its emulator running, its environment set and an empty warehouse."""

    case: Case
    emulator: Emulator
    settings: Settings
    folder: Path
    name: str = "contract"

    def spec(self, mode: str | None = None, **meta: object) -> SyncSpec:
        """The sync as the manifest's reader makes it; in the case's first mode by default."""
        chosen = {
            "mode": mode or ("mirror" if "mirror" in self.case.module.modes else self.modes[0]),
            "purpose": "marketing",
            "channel": "email",
            "consent": "not_required",
            "consent_reason": "These are no people.",
            **self.case.meta,
            "destination": self.case.destination,
            **meta,
        }
        if "timeout_seconds" in self.case.module.options.model_fields:
            chosen = {"timeout_seconds": PATIENCE_SECONDS, **chosen}
        file = self.folder / "manifest.json"
        file.write_text(json.dumps(manifest_of(self.name, chosen, self.case.columns)))
        return load_sync_specs(file, self.folder)[0]

    @property
    def modes(self) -> list[str]:
        return sorted(self.case.module.modes)

    def put(self, rows: Iterable[Row]) -> None:
        """Make the payload these rows."""
        columns = ", ".join(f"{name} {kind}" for name, kind in self.case.columns.items())
        marks = ", ".join(f"${at + 1}" for at in range(len(self.case.columns)))
        with connected(self.settings) as connection, connection.transaction():
            connection.execute("create schema if not exists cdp_syncs")
            connection.execute("create schema if not exists cdp_identity")
            connection.execute(
                "create table if not exists cdp_identity.profile_redirects "
                "(old_profile_id text, profile_id text, redirected_at timestamp)"
            )
            connection.execute(f"create or replace table {TABLE} ({columns})")
            for row in rows:
                connection.execute(
                    f"insert into {TABLE} values ({marks})",
                    [row[name] for name in self.case.columns],
                )

    def run(self, spec: SyncSpec | None = None) -> SyncReport:
        """Run the sync over the payload."""
        return run_sync(
            self.settings, spec or self.spec(), run_id="run", policy=HASTY, approve=True
        )

    def rejections(self) -> dict[str, str]:
        """Reasons by key."""
        with connected(self.settings) as connection:
            found = connection.execute(
                "select sync_key, reason from cdp_activation.sync_rejections "
                "where state <> 'resolved'"
            )
        return {str(key): str(reason) for key, reason in found}

    def changes(self, rows: Iterable[Row], operation: Any = "insert") -> list[Change]:
        """Rows as delivery would hand them over."""
        return [
            Change(
                key=str(row[self.case.key]),
                operation=operation,
                values_json="{}" if operation == "delete" else json.dumps(row),
                idempotency_key=f"{operation}-{row[self.case.key]}",
                revision=1,
            )
            for row in rows
        ]

    def merge(self, gone: Row, into: Row, key: str | None = None) -> Change:
        """A merge as delivery would hand it over, of rows whose receiver ids are not known.

        `key` is the column that tells rows apart, if not the case's.
        """
        merged, remaining = (str(row[key or self.case.key]) for row in (gone, into))
        return Change(merged, "merge", "{}", f"merge-{merged}", 2, into_key=remaining)

    def redirect(self, merged: Row, into: Row) -> None:
        """Let the profile of one row have been merged into that of another."""
        with connected(self.settings) as connection:
            connection.execute(
                "insert into cdp_identity.profile_redirects values ($1, $2, null)",
                [merged[PROFILE_COLUMN], into[PROFILE_COLUMN]],
            )

    def deliver(self, *batches: Sequence[Change], spec: SyncSpec | None = None) -> list[RowResult]:
        """Deliver batches over one session, split as the session says, in the order of changes."""

        async def send(session: Session) -> list[RowResult]:
            results: dict[tuple[int, str], RowResult] = {}
            for at, batch in enumerate(batches):
                for part in session.split(batch):
                    answers = await session.deliver(part)
                    for change, answer in zip(part, answers, strict=True):
                        results[at, change.key] = answer
            return [results[at, c.key] for at, batch in enumerate(batches) for c in batch]

        return self.in_session(send, spec)

    def in_session(
        self, use: Callable[[Session], Awaitable[Result]], spec: SyncSpec | None = None
    ) -> Result:
        """Run something in an open session."""
        chosen = spec or self.spec()

        async def opened() -> Result:
            async with self.case.module.open(chosen, self.settings) as session:
                return await use(session)

        return asyncio.run(asyncio.wait_for(opened(), timeout=PATIENCE_SECONDS))

    def expected(self, rows: Iterable[Row]) -> dict[str, Row]:
        """What the emulator holds when these rows have arrived."""
        return {str(row[self.case.key]): self.case.held(row) for row in rows}

    def personal_data(self, rows: Iterable[Row]) -> set[str]:
        """Texts of rows, and secrets: what no reason may hold."""
        texts = {value for row in rows for value in row.values() if isinstance(value, str)}
        variables = self.case.environment(self.emulator)
        return {text for text in texts if len(text) > 3} | {
            variables[name] for name in self.case.secrets
        }


def said(error: BaseException | None) -> str:
    """All that an exception and its causes say."""
    if error is None:
        return ""
    return f"{error} {error!r} {said(error.__cause__)} {said(error.__context__)}"
