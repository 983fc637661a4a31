"""What destinations over HTTP share: one request, and its failure said in delivery's terms."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from cdp.activation.destinations.base import (
    BatchRefusedError,
    DeliveryError,
    DestinationUnusableError,
    RowResult,
    TemporaryFailureError,
    ThrottledError,
)

CodeOf = Callable[[object], object]
FailureOf = Callable[[int, object], DeliveryError | None]

# Refusals that concern the request, not its rows: trying the rows one by one would reject them
# all.
_UNUSABLE = frozenset({401, 402, 403, 404, 405, 407, 410, 415, 421, 426, 431, 451})
_TEMPORARY = frozenset({408, 423, 425})
_TEMPORARY_ROW = _TEMPORARY | {429}
# Without dots, leading digits, @ and blanks, so that no address, phone number or name can pass.
_SAFE_CODE = re.compile(r"[A-Za-z][A-Za-z_]{1,63}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered, if it is no failure.

    Attributes:
        status: 2xx, or 404 where the caller takes it for an answer.
        document: The parsed JSON body, or None where there is none.
        content: The body as it came.
    """

    status: int
    document: Any
    content: bytes = b""


def document_of(answer: Answer, name: str | None = None) -> Mapping[str, Any]:
    """The object that an answer holds, which has the field `name` in all of the vendor's answers.

    Raises `TemporaryFailureError` for anything else: it was not the vendor that answered, but a
    proxy or a page of maintenance.
    """
    document = answer.document
    if not isinstance(document, Mapping) or (name is not None and name not in document):
        raise TemporaryFailureError(f"{answer.status} without the document expected")
    return document


def check_no_content(answer: Answer) -> None:
    """Raise `TemporaryFailureError` unless the answer is a 204, or a 404 taken for an answer."""
    if answer.status not in (204, 404):
        raise TemporaryFailureError(f"{answer.status} where no content was expected")


def safe_code(value: object) -> str | None:
    """A receiver's error code, if its form rules out that it is personal data."""
    return value if isinstance(value, str) and _SAFE_CODE.fullmatch(value) else None


def code_in_document(document: object) -> object:
    """The `code` of an error, where most receivers have it."""
    return document.get("code") if isinstance(document, Mapping) else None


def failure_reason(status: int, document: object, code_of: CodeOf = code_in_document) -> str:
    """`<status> <code>`: all of a refusal that may be logged."""
    code = safe_code(code_of(document))
    return f"{status} {code}" if code else str(status)


def refused_row(status: int, code: object) -> RowResult:
    """The result of a row that was answered with an error status and, perhaps, a code."""
    passing = status in _TEMPORARY_ROW or status >= 500
    reason = failure_reason(status, {"code": code})
    return RowResult("retry" if passing else "rejected", reason)


def retry_after_seconds(header: str | None, now: datetime | None = None) -> float | None:
    """Seconds to wait by a Retry-After header, which is seconds or a date; None if unreadable."""
    if header is None:
        return None
    text = header.strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


async def post(
    client: aiohttp.ClientSession, url: str, body: bytes, headers: Mapping[str, str]
) -> Answer:
    """POST once; returns a 2xx answer and raises a `DeliveryError` for anything else."""
    return await request(client, "POST", url, body, headers)


async def request(
    client: aiohttp.ClientSession,
    method: str,
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    code_of: CodeOf = code_in_document,
    failure_of: FailureOf | None = None,
    may_be_missing: bool = False,
) -> Answer:
    """Make one request; returns a 2xx answer and raises a `DeliveryError` for anything else.

    `code_of` finds the receiver's error code in the document of a refusal. `failure_of` gives,
    for its status and document, what it comes to; of None the status decides. Where the thing
    asked for `may_be_missing`, as when it is deleted again, a 404 is an answer.
    """
    try:
        # A redirect would turn the POST into a GET, or carry the signed body to another host.
        async with client.request(
            method, url, data=body, headers=headers, allow_redirects=False
        ) as response:
            # Read to the announced length, so that a truncated response counts as none.
            content = await response.read()
            status, retry_after = response.status, response.headers.get("Retry-After")
            content_type = response.content_type
    except aiohttp.InvalidURL as error:
        raise DestinationUnusableError("the address is not a URL") from error
    except (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch) as error:
        raise DestinationUnusableError("the receiver's certificate is not trusted") from error
    except TimeoutError as error:
        raise TemporaryFailureError("no answer in time") from error
    except (aiohttp.ClientError, OSError) as error:
        raise TemporaryFailureError(f"connection: {type(error).__name__}") from error
    document = _parse(content, content_type)
    if 200 <= status < 300:
        if document is _UNREADABLE:
            raise TemporaryFailureError(f"{status} with unreadable JSON")
        return Answer(status, document, content)
    if status == 404 and may_be_missing:
        return Answer(status, None)
    failure = failure_of(status, document) if failure_of else None
    raise failure or _failure(status, failure_reason(status, document, code_of), retry_after)


def _failure(status: int, reason: str, retry_after: str | None) -> DeliveryError:
    if status == 429 or (status == 503 and retry_after):
        return ThrottledError(reason, retry_after_seconds(retry_after))
    if status in _TEMPORARY or status >= 500:
        return TemporaryFailureError(reason)
    if status in _UNUSABLE or status < 400:
        return DestinationUnusableError(reason)
    return BatchRefusedError(reason)


_UNREADABLE = object()


def _parse(content: bytes, content_type: str) -> object:
    if not content or not content_type.endswith("json"):
        return None
    try:
        return json.loads(content)
    except ValueError:
        return _UNREADABLE
