"""Who may use the page: names, roles and password hashes from a file, and the limit on guessing."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from cdp.settings import SettingError

# scrypt with these takes 64 MB and a fifth of a second, as OWASP's cheat sheet advises (N = 2^16).
_COST, _BLOCK_SIZE, _MEMORY_LIMIT = 2**16, 8, 2**27
_SALT_BYTES, _HASH_BYTES = 16, 32
MOST_FAILURES = 5
FAILURE_WINDOW_SECONDS = 900.0


@dataclass(frozen=True)
class Role:
    """What a user may see.

    Attributes:
        name: As in the file of users.
        sees_identifiers: Whether direct identifiers are shown in full.
    """

    name: str
    sees_identifiers: bool


ROLES: Mapping[str, Role] = {
    role.name: role for role in (Role("analyst", False), Role("agent", True))
}


@dataclass(frozen=True)
class User:
    """Somebody who looks customers up; an empty password hash lets nobody sign in."""

    name: str
    role: Role
    password_hash: str


def hash_password(password: str, salt: bytes | None = None) -> str:
    """`scrypt$<salt>$<hash>` in base64, to be put into the file of users."""
    salt = os.urandom(_SALT_BYTES) if salt is None else salt
    digest = hashlib.scrypt(
        password.encode(),
        salt=salt,
        n=_COST,
        r=_BLOCK_SIZE,
        p=1,
        maxmem=_MEMORY_LIMIT,
        dklen=_HASH_BYTES,
    )
    return "$".join(["scrypt", *(base64.b64encode(part).decode() for part in (salt, digest))])


def read_users(file: Path) -> dict[str, User]:
    """Users by name.

    Raises:
        SettingError: The file or one of its users cannot be used; no password hash is repeated.
    """
    where = f"CDP_CUSTOMER_PAGE_USERS: {file}"
    try:
        rows = yaml.safe_load(file.read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise SettingError(f"{where} cannot be read as YAML: see docs/customer_page.md.") from None
    if not isinstance(rows, list) or not rows:
        raise SettingError(f"{where} has to be a list of users: see docs/customer_page.md.")
    users: dict[str, User] = {}
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or set(row) != {"name", "role", "password_hash"}:
            raise SettingError(f"{where}, user {number}: give name, role and password_hash.")
        name, role, password_hash = (str(row[key]) for key in ("name", "role", "password_hash"))
        if not name or name in users:
            raise SettingError(f"{where}, user {number}: the name is empty or given twice.")
        if role not in ROLES:
            raise SettingError(f"{where}, user {number}: role has to be {' or '.join(ROLES)}.")
        if _parts(password_hash) is None:
            raise SettingError(
                f"{where}, user {number}: password_hash is not one that "
                "`cdp customer-page hash-password` prints."
            )
        users[name] = User(name, ROLES[role], password_hash)
    return users


def _parts(password_hash: str) -> tuple[bytes, bytes] | None:
    kind, *encoded = password_hash.split("$")
    try:
        salt, digest = (base64.b64decode(part, validate=True) for part in encoded)
    except (ValueError, binascii.Error):
        return None
    is_ours = kind == "scrypt" and len(salt) == _SALT_BYTES and len(digest) == _HASH_BYTES
    return (salt, digest) if is_ours else None


def authenticate(users: Mapping[str, User], name: str, password: str) -> User | None:
    """The user, where name and password fit; takes as long for a name that there is not."""
    user = users.get(name)
    parts = _parts(user.password_hash) if user else None
    salt = parts[0] if parts else bytes(_SALT_BYTES)
    expected = user.password_hash if user and parts else ""
    is_right = hmac.compare_digest(hash_password(password, salt), expected)
    return user if is_right else None


class SignInLimit:
    """Counts failed sign-ins by name and by address; kept in memory, of one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: defaultdict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def take(self, *keys: str) -> bool:
        """Whether one more attempt may be made; it counts until `forgive` is told it was right.

        Counted before the password is looked at, so that attempts side by side count too.
        """
        now = self._clock()
        with self._lock:
            for key in [*self._failures]:
                times = self._failures[key]
                while times and times[0] <= now - FAILURE_WINDOW_SECONDS:
                    times.popleft()
                if not times:
                    del self._failures[key]
            if any(len(self._failures.get(key, ())) >= MOST_FAILURES for key in keys):
                return False
            for key in keys:
                self._failures[key].append(now)
        return True

    def forgive(self, *keys: str) -> None:
        """Forget the failures of somebody who has signed in."""
        with self._lock:
            for key in keys:
                self._failures.pop(key, None)
