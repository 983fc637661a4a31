"""Sign-in to Google's APIs with a service account's key: a signed claim for a token of an hour."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

from cdp.activation.destinations.api import is_safe_address, secret_in, to_json
from cdp.activation.destinations.base import (
    BatchRefusedError,
    DestinationSettingError,
    DestinationUnusableError,
    TemporaryFailureError,
)
from cdp.activation.destinations.http import request
from cdp.activation.spec import SyncSpec

DEFAULT_KEY_VARIABLE = "CDP_GOOGLE_SERVICE_ACCOUNT"
TOKEN_ADDRESS = "https://oauth2.googleapis.com/token"  # noqa: S105  # an address

_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_TOKEN_SECONDS = 3600
# A token is renewed a minute early, since it could expire during a request.
_SPARE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A service account's key file. `private_key` is in PEM."""

    email: str
    private_key: str = field(repr=False)
    token_address: str
    project: str

    def assertion(self, scope: str, now: int) -> str:
        """The claim to act as this account, signed with RS256; `now` is in seconds since 1970."""
        # An optional extra, which only Google's destinations need.
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

        key = load_pem_private_key(self.private_key.encode(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError("the private key is not RSA")
        claims = {
            "iss": self.email,
            "scope": scope,
            "aud": self.token_address,
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
        }
        content = ".".join(_base64url(to_json(part)) for part in ({"alg": "RS256"}, claims))
        signature = key.sign(content.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{content}.{_base64url(signature)}"


def service_account_in(variable: str, spec: SyncSpec) -> ServiceAccount:
    """The service account whose key file's content an environment variable holds."""
    text = secret_in(variable, spec)
    try:
        document = json.loads(text)
        account = ServiceAccount(
            email=document["client_email"],
            private_key=document["private_key"],
            token_address=document.get("token_uri", TOKEN_ADDRESS),
            project=document.get("project_id", ""),
        )
        account.assertion("", 0)
    except ImportError:
        raise DestinationSettingError(
            f"sync {spec.name!r} needs the package cryptography: install this project with the "
            "extra 'google'."
        ) from None
    except (AttributeError, KeyError, TypeError, ValueError):
        # The library's messages quote the key.
        raise DestinationSettingError(
            f"{variable} is not a service account's JSON key: set it to the key file's content."
        ) from None
    if not is_safe_address(account.token_address):
        raise DestinationSettingError(f"token_uri in {variable} is not an https address.")
    return account


class Tokens:
    """Access tokens of one service account for one scope, each used until it nearly ends."""

    def __init__(self, client: aiohttp.ClientSession, account: ServiceAccount, scope: str) -> None:
        self._client = client
        self._account = account
        self._scope = scope
        self._lock = asyncio.Lock()
        self._token = ""
        self._ends_at = 0.0

    async def headers(self) -> dict[str, str]:
        """Headers of a signed JSON request; asks for a token where there is none."""
        async with self._lock:
            if time.monotonic() >= self._ends_at:
                await self._renew()
        return {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}

    async def _renew(self) -> None:
        asked_at = time.monotonic()
        assertion = self._account.assertion(self._scope, int(time.time()))
        body = urlencode({"grant_type": _GRANT, "assertion": assertion}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = await request(
                self._client,
                "POST",
                self._account.token_address,
                body,
                headers,
                code_of=lambda document: _member(document, "error"),
            )
        except BatchRefusedError as refusal:
            raise DestinationUnusableError(refusal.reason) from None
        token = _member(answer.document, "access_token")
        if not isinstance(token, str):
            raise TemporaryFailureError(f"{answer.status} without a token")
        lasts = _member(answer.document, "expires_in")
        seconds = lasts if isinstance(lasts, int) else _TOKEN_SECONDS
        self._token, self._ends_at = token, asked_at + seconds - _SPARE_SECONDS


def google_code(document: object) -> object:
    """The code of an error of Google's: that of the service where there is one, else the status."""
    error = _member(document, "error")
    details = _member(error, "details")
    for detail in details if isinstance(details, list) else ():
        code = _member(detail, "errorCode") or _member(detail, "reason")
        if code:
            return code
    return _member(error, "status")


def _member(document: object, name: str) -> Any:
    return document.get(name) if isinstance(document, Mapping) else None


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
