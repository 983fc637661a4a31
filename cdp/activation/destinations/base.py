"""What a destination is: the small protocol that delivery drives and every module fulfils."""

# ruff: noqa: PLC0414
from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

# Everything that a destination imports, including the shared types.
from cdp.activation.spec import SyncSpec as SyncSpec
from cdp.activation.types import ACCEPTED as ACCEPTED
from cdp.activation.types import DELETING_MODES as DELETING_MODES
from cdp.activation.types import REMOVING as REMOVING
from cdp.activation.types import Change as Change
from cdp.activation.types import Mode as Mode
from cdp.activation.types import Operation as Operation
from cdp.activation.types import Options as Options
from cdp.activation.types import RowResult as RowResult
from cdp.activation.types import Value as Value
from cdp.settings import SettingError, Settings


class DestinationSettingError(SettingError):
    """A destination's address or secret is missing; the message names the variable to set."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a vendor allows, in one named place of the destination's module.

    Attributes:
        largest_batch: Rows a request may hold.
        default_batch: Rows a request holds when the sync does not say.
        rate_per_second: Requests a second an account may make; None where the vendor sets no limit.
        max_in_flight: Requests under way at once when the sync does not say.
        default_rate_per_second: Requests a second when the sync does not say, where that is less
            than `rate_per_second`, as with a vendor whose limit depends on the customer's plan.
        most_in_flight: Requests an account may have under way at once; None for no limit.
    """

    largest_batch: int
    default_batch: int
    rate_per_second: float | None = None
    max_in_flight: int = 16
    default_rate_per_second: float | None = None
    most_in_flight: int | None = None


class DeliveryError(Exception):
    """Base of what `Session.deliver` may raise; `reason` is free of personal data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TemporaryFailureError(DeliveryError):
    """Worth trying again: a broken connection, a 5xx."""


class ThrottledError(DeliveryError):
    """The account sends too much; the whole account waits.

    `retry_after` is the wait in seconds that the receiver asked for; None where it asked for none.
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class BatchRefusedError(DeliveryError):
    """The batch was refused as a whole; it is halved until the rows at fault are found."""


class DestinationUnusableError(DeliveryError):
    """No row can be delivered until a person mends something: sign-in, address, permission."""


class Problem(NamedTuple):
    """A mistake in a sync: the key at fault, and what to do, as a sentence without the key."""

    key: str
    text: str


class Session(Protocol):
    """An open destination.

    `account` names what shares one rate limit: all sessions of the same account in this process
    are limited together.
    """

    @property
    def account(self) -> str:
        """The receiver's account, such as a host or a workspace; not secret."""
        ...

    def split(self, changes: Sequence[Change]) -> Sequence[Sequence[Change]]:
        """The changes by request: each part is what one `deliver` may be given.

        Keeps to the vendor's limits beside the number of rows, and parts operations that need
        requests of their own. Every change is in one part. See `packing.packed`.
        """
        ...

    async def deliver(self, changes: Sequence[Change]) -> Sequence[RowResult]:
        """Send one part of `split`, or some of it, and return one result per change, in order.

        One request, or the few that such a part takes where the vendor has no single one for it.

        Raises `TemporaryFailureError`, `ThrottledError`, `BatchRefusedError` or
        `DestinationUnusableError`. Waiting, trying again, halving and limiting the rate are the
        caller's. Called concurrently.
        """
        ...


@runtime_checkable
class Finishing(Protocol):
    """A session that has something to do when a run's rows are through."""

    async def finish(self) -> None:
        """Called once, when each row was delivered or rejected; not after a run that stopped.

        A `DeliveryError` makes it a run that stopped. In mode `full` the next run then sends all
        rows again.
        """
        ...


@runtime_checkable
class Merging(Protocol):
    """A destination that can make one of two rows, and is therefore sent merges.

    A merge is sent once the receiver has acknowledged the row that remains. Sent again, or about a
    row that is gone, it changes nothing.

    Attributes:
        merges_unasked: Whether it is sent merges where the sync says nothing of merged profiles.
    """

    merges_unasked: bool


class Destination(Protocol):
    """A kind of receiver. Attributes are read when the manifest is; `open` when a sync runs."""

    options: type[Options]
    modes: frozenset[Mode]
    limits: Limits

    def check(self, spec: SyncSpec) -> Iterable[Problem]:
        """What is wrong with a sync that is right by itself, when the manifest is read."""
        ...

    def open(self, spec: SyncSpec, settings: Settings) -> AbstractAsyncContextManager[Session]:
        """Connect; raises `DestinationSettingError` where an address or secret is missing."""
        ...
