"""Users of the page: names, roles and password hashes from a file, and the sign-in limit."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pwdlib.hashers.argon2 import Argon2Hasher

from cdp.settings import SettingError

_HASHER = Argon2Hasher()
MAX_FAILURES = 5
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
    """A user of the page; nobody can sign in with an empty password hash."""

    name: str
    role: Role
    password_hash: str


def hash_password(password: str) -> str:
    """An Argon2 hash for the file of users."""
    return _HASHER.hash(password)


def read_users(file: Path) -> dict[str, User]:
    """Users by name.

    Raises:
        SettingError: The file or one of its users cannot be used; the message contains no hash.
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
        if not _is_hash(password_hash):
            raise SettingError(
                f"{where}, user {number}: password_hash is not one that "
                "`cdp customer-page hash-password` prints."
            )
        users[name] = User(name, ROLES[role], password_hash)
    return users


def authenticate(users: Mapping[str, User], name: str, password: str) -> User | None:
    """The user, if name and password are right.

    For an unknown name a hash of another user is verified, so that the time does not show which
    names exist.
    """
    user = users.get(name)
    known = user or next(iter(users.values()), None)
    is_right = known is not None and _is_password(password, known.password_hash)
    return user if is_right else None


def _is_hash(password_hash: str) -> bool:
    return Argon2Hasher.identify(password_hash) or _scrypt_parts(password_hash) is not None


def _is_password(password: str, password_hash: str) -> bool:
    if Argon2Hasher.identify(password_hash):
        return _HASHER.verify(password, password_hash)
    if (parts := _scrypt_parts(password_hash)) is None:
        return False
    salt, digest = parts
    found = hashlib.scrypt(password.encode(), salt=salt, n=2**16, r=8, p=1, maxmem=2**27, dklen=32)
    return hmac.compare_digest(found, digest)


def _scrypt_parts(password_hash: str) -> tuple[bytes, bytes] | None:
    """Salt and digest of `scrypt$<salt>$<digest>`, which was printed before version 0.2."""
    kind, *encoded = password_hash.split("$")
    try:
        salt, digest = (base64.b64decode(part, validate=True) for part in encoded)
    except (ValueError, binascii.Error):
        return None
    return (salt, digest) if kind == "scrypt" and (len(salt), len(digest)) == (16, 32) else None


class SignInLimit:
    """Counts failed sign-ins by name and by address, in the memory of one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: defaultdict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def take(self, *keys: str) -> bool:
        """Whether one more attempt is allowed; it counts as failed until `forgive` is called.

        Counting before the password is verified also limits concurrent attempts.
        """
        now = self._clock()
        with self._lock:
            for key in [*self._failures]:
                times = self._failures[key]
                while times and times[0] <= now - FAILURE_WINDOW_SECONDS:
                    times.popleft()
                if not times:
                    del self._failures[key]
            if any(len(self._failures.get(key, ())) >= MAX_FAILURES for key in keys):
                return False
            for key in keys:
                self._failures[key].append(now)
        return True

    def forgive(self, *keys: str) -> None:
        """Forget the failures of a user who has signed in."""
        with self._lock:
            for key in keys:
                self._failures.pop(key, None)
