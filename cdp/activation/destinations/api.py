"""What the destinations of software vendors share: sign-in from the environment, JSON both ways."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Set
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from pydantic import Field

from cdp.activation.destinations.base import (
    BatchRefusedError,
    Change,
    DestinationSettingError,
    Options,
    Problem,
    Value,
)
from cdp.activation.destinations.http import Answer, CodeOf, FailureOf, code_in_document, request
from cdp.activation.spec import SyncSpec
from cdp.environment import named_secret, named_value

# Plain HTTP is allowed to this machine only, for tests and proxies.
_LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


class TimedOptions(Options):
    """Keys that a sync to any vendor's API has.

    Attributes:
        timeout_seconds: How long one request may take, answer included.
    """

    timeout_seconds: float = Field(30, gt=0, le=600)


class ApiOptions(TimedOptions):
    """Keys of a sync whose payload columns are the vendor's fields.

    Attributes:
        omit: Payload columns that are not sent, such as the profile_id that consent is looked up
            by, where the vendor has no field for it.
    """

    omit: tuple[str, ...] = ()

    def fields(self, change: Change) -> dict[str, Value]:
        """The change's values by the vendor's field, without those left out."""
        return {name: value for name, value in change.values.items() if name not in self.omit}


def omit_problems(spec: SyncSpec) -> Iterable[Problem]:
    """Columns to leave out that the payload does not have."""
    options = spec.options
    for name in options.omit if isinstance(options, ApiOptions) else ():
        if spec.payload.column(name) is None:
            yield no_column(spec, "omit", name)


def object_problems(spec: SyncSpec, only: str) -> Iterable[Problem]:
    """An object other than the only one that the destination takes."""
    if spec.object != only:
        yield Problem("object", f"is {spec.object!r}: {spec.destination} takes {only!r}.")


def column_problems(spec: SyncSpec, reserved: Set[str], why: str) -> Iterable[Problem]:
    """Columns of names that the vendor would take for something else; the key's is no field."""
    left_out = {spec.key, *(spec.options.omit if isinstance(spec.options, ApiOptions) else ())}
    for column in spec.payload.columns:
        if column.name in reserved - left_out:
            yield Problem(
                "depends_on",
                f"is {spec.payload.name}, whose column {column.name} cannot be sent: {why}. "
                "Rename it, or list it in `omit`.",
            )


def no_column(spec: SyncSpec, key: str, name: str) -> Problem:
    """The problem of a sync's key that names a column which the payload does not have."""
    names = ", ".join(column.name for column in spec.payload.columns)
    return Problem(
        key, f"names {name!r}, which {spec.payload.name} does not have: use one of {names}."
    )


def secret_in(variable: str, spec: SyncSpec) -> str:
    """The value of an environment variable that a sync signs in with."""
    value = named_secret(variable)
    if value is None:
        raise DestinationSettingError(
            f"{variable} is not set: sync {spec.name!r} signs in to {spec.destination} with it."
        )
    return value.get_secret_value().strip()


def address_in(variable: str, default: str | None, spec: SyncSpec) -> str:
    """The API's address in an environment variable, without a slash at its end."""
    url = named_value(variable) or default
    if not url:
        raise DestinationSettingError(
            f"{variable} is not set: set it to the address of {spec.destination}'s API."
        )
    if not is_safe_address(url):
        raise DestinationSettingError(
            f"{variable} is not an https address: set it to https://HOST."
        )
    return url.rstrip("/")


def is_safe_address(url: str) -> bool:
    """Whether a secret may be sent there: over TLS, or on this machine."""
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL_HOSTS)
    return is_safe and bool(parts.netloc)


def to_json(document: object) -> bytes:
    """Compact JSON, as it goes over the wire."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Api:
    """An open API of one account.

    Attributes:
        address: What paths are appended to.
        account: Tells accounts apart without telling the secret.
        headers: Sent with every request: sign-in.
        code_of: Finds the vendor's error code in a refusal.
        failure_of: What a refusal comes to where the vendor's statuses do not say it.
        largest_body: Bytes that a request's body may have; None where the vendor sets no limit.
    """

    client: aiohttp.ClientSession
    address: str
    account: str
    headers: Mapping[str, str] = field(repr=False)
    code_of: CodeOf = code_in_document
    failure_of: FailureOf | None = None
    largest_body: int | None = None

    async def send(
        self,
        method: str,
        path: str,
        document: object = None,
        *,
        content_type: str = "application/json",
        **more: Any,
    ) -> Answer:
        """Send a document as JSON, or nothing; for the rest see `send_bytes`."""
        if document is None:
            return await self.send_bytes(method, path, None, {}, **more)
        typed = {"Content-Type": content_type}
        return await self.send_bytes(method, path, to_json(document), typed, **more)

    async def send_bytes(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        may_be_missing: bool = False,
    ) -> Answer:
        """Send a body as it is; a larger one than the vendor takes is refused unsent.

        See `http.request` for `may_be_missing` and what is raised.
        """
        if body is not None and self.largest_body is not None and len(body) > self.largest_body:
            raise BatchRefusedError("413 larger_than_the_vendor_takes")
        url = self.address + path
        signed = {**self.headers, **headers}
        return await request(
            self.client,
            method,
            url,
            body,
            signed,
            code_of=self.code_of,
            failure_of=self.failure_of,
            may_be_missing=may_be_missing,
        )


@asynccontextmanager
async def open_api(
    spec: SyncSpec,
    address: str,
    secret: str,
    headers: Mapping[str, str],
    *,
    code_of: CodeOf = code_in_document,
    failure_of: FailureOf | None = None,
    largest_body: int | None = None,
) -> AsyncIterator[Api]:
    """Connections to an API for one sync, as many as it may have in flight; see `Api`."""
    options = spec.options
    seconds = options.timeout_seconds if isinstance(options, TimedOptions) else None
    digest = hashlib.sha256(secret.encode()).hexdigest()[:8]
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=spec.max_in_flight),
        timeout=aiohttp.ClientTimeout(total=seconds),
    ) as client:
        account = f"{urlsplit(address).netloc}/{digest}"
        yield Api(client, address, account, headers, code_of, failure_of, largest_body)
