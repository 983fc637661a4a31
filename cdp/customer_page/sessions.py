"""Sessions in a signed cookie, so that the server stores nothing."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

from cdp.customer_page.users import User

COOKIE = "cdp_customer_page"
MAX_AGE_SECONDS = 8 * 3600


@dataclass(frozen=True)
class Session:
    """Contents of the cookie.

    Attributes:
        user_name: Who is signed in; empty before the sign-in.
        fingerprint: Of role and password at the sign-in, so that a new one ends the session.
        token: Sent with every form of the session, which protects against forms of other sites.
        started_at: Start in seconds since 1970.
    """

    user_name: str
    fingerprint: str
    token: str
    started_at: int

    @classmethod
    def begin(cls, user: User | None = None) -> Session:
        """A new session, for a user who has just signed in or without one."""
        name, fingerprint = (user.name, fingerprint_of(user)) if user else ("", "")
        return cls(name, fingerprint, secrets.token_urlsafe(24), int(time.time()))


def fingerprint_of(user: User) -> str:
    """A short hash that changes with role and password."""
    text = f"{user.role.name} {user.password_hash}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class SessionSigner:
    """Writes sessions as signed cookies and reads them."""

    def __init__(self, secret: bytes) -> None:
        self._serializer = URLSafeSerializer(
            secret, salt="session", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def write(self, session: Session) -> str:
        """The value of the cookie."""
        return str(self._serializer.dumps(vars(session)))

    def read(self, cookie: str) -> Session | None:
        """The session; None if the signature is wrong or the session too old."""
        try:
            session = Session(**self._serializer.loads(cookie))
        except (BadData, TypeError):
            return None
        age = time.time() - session.started_at
        return session if -60 <= age < MAX_AGE_SECONDS else None
