"""Google's sign-in of service accounts, before the APIs that take its tokens."""

from __future__ import annotations

import base64
import json
import time
from abc import abstractmethod
from typing import Any
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.cdp.activation.emulators.emulator import Call, Emulator, Refused, Reply

PROJECT = "boots-and-tents"
EMAIL = f"activation@{PROJECT}.iam.gserviceaccount.com"
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_MAX_SECONDS = 3600


def _pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def key_file(url: str) -> str:
    """The service account's JSON key for the emulator at an address."""
    return json.dumps(
        {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key": _pem(_KEY),
            "client_email": EMAIL,
            "token_uri": f"{url}/token",
        }
    )


def wrong_key_file(text: str) -> str:
    """The same with a key that the account does not have."""
    return json.dumps(json.loads(text) | {"private_key": _pem(_OTHER_KEY)})


class GoogleEmulator(Emulator):
    """Gives tokens for claims that the account signed, and takes no others."""

    scope: str

    def __init__(self) -> None:
        super().__init__()
        self.tokens: set[str] = set()

    @abstractmethod
    def answer_signed_in(self, call: Call) -> Reply:
        """Answer a request that has a token."""

    def is_signed_in(self, call: Call) -> bool:
        kind, _, token = call.headers.get("Authorization", "").partition(" ")
        return call.path == "/token" or (kind == "Bearer" and token in self.tokens)

    def may_fail(self, call: Call) -> bool:
        return call.path != "/token"

    def answer(self, call: Call) -> Reply:
        if call.query:
            raise Refused(400, "INVALID_ARGUMENT")
        return self._give_token(call) if call.path == "/token" else self.answer_signed_in(call)

    def _give_token(self, call: Call) -> Reply:
        if call.method != "POST":
            raise Refused(404, "NOT_FOUND")
        form = parse_qs(call.body.decode())
        if call.headers.get("Content-Type") != "application/x-www-form-urlencoded":
            raise Refused(400, "invalid_request")
        if form.get("grant_type") != ["urn:ietf:params:oauth:grant-type:jwt-bearer"]:
            raise Refused(400, "unsupported_grant_type")
        try:
            self._check_claims(form["assertion"][0])
        except (InvalidSignature, KeyError, ValueError):
            raise Refused(400, "invalid_grant") from None
        token = f"ya29.{len(self.tokens)}"
        self.tokens.add(token)
        return Reply(200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def _check_claims(self, assertion: str) -> None:
        header, claims, signature = assertion.split(".")
        _KEY.public_key().verify(
            _decoded(signature),
            f"{header}.{claims}".encode(),
            padding.PKCS1v15(),
            hashes.SHA256(),
        )
        claimed = json.loads(_decoded(claims))
        now = time.time()
        if (
            json.loads(_decoded(header))["alg"] != "RS256"
            or claimed["iss"] != EMAIL
            or claimed["aud"] != f"{self.url}/token"
            or claimed["scope"] != self.scope
            or not now - 60 < claimed["iat"] <= now + 1
            or not claimed["iat"] < claimed["exp"] <= claimed["iat"] + _MAX_SECONDS
        ):
            raise ValueError("not a claim of this account")

    def refusal(self, status: int, code: str, text: str) -> Any:
        if code.startswith(("invalid_", "unsupported_")):
            return {"error": code, "error_description": text}
        return {"error": {"code": status, "message": text, "status": code}}


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
