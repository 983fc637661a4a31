"""Who is signed in, kept in a signed cookie: nothing on the server, nothing to forge."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass

from cdp.customer_page.users import User

COOKIE = "cdp_customer_page"
LONGEST_SECONDS = 8 * 3600


@dataclass(frozen=True)
class Session:
    """What the cookie says.

    Attributes:
        user_name: Who is signed in; empty before.
        fingerprint: Of the password that was signed in with, so that a new one ends the session.
        token: What every form of the session carries, against forms of other sites.
        started_at: When it began, in seconds since 1970.
    """

    user_name: str
    fingerprint: str
    token: str
    started_at: int

    @classmethod
    def begin(cls, user: User | None = None) -> Session:
        """A new session, of nobody or of somebody who has just signed in."""
        name, fingerprint = (user.name, fingerprint_of(user)) if user else ("", "")
        return cls(name, fingerprint, secrets.token_urlsafe(24), int(time.time()))


def fingerprint_of(user: User) -> str:
    """A few letters that change with role and password."""
    text = f"{user.role.name} {user.password_hash}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class SessionSigner:
    """Writes sessions as cookies and reads them back."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"session", "sha256")

    def write(self, session: Session) -> str:
        """The value of the cookie."""
        content = base64.urlsafe_b64encode(json.dumps(vars(session)).encode())
        return f"{content.decode()}.{self._signature(content)}"

    def read(self, cookie: str) -> Session | None:
        """The session; None where the cookie is not ours or too old."""
        content, _, signature = cookie.partition(".")
        expected = self._signature(content.encode())
        if not hmac.compare_digest(signature.encode(), expected.encode()):
            return None
        try:
            session = Session(**json.loads(base64.urlsafe_b64decode(content)))
        except (binascii.Error, ValueError, TypeError):
            return None
        age = time.time() - session.started_at
        return session if age + 60 >= 0 and age < LONGEST_SECONDS else None

    def _signature(self, content: bytes) -> str:
        return hmac.new(self._key, content, "sha256").hexdigest()
