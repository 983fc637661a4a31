"""Settings of the page: address, users and secret."""

from __future__ import annotations

import getpass
import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cdp.customer_page.users import ROLES, User, read_users
from cdp.settings import Pages, SettingError, Settings

MIN_SECRET_LENGTH = 32


@dataclass(frozen=True)
class PageOptions:
    """How the page is served.

    Attributes:
        host: Address it listens on, `CDP_CUSTOMER_PAGE_HOST`.
        port: Port, `CDP_CUSTOMER_PAGE_PORT`.
        users: Who may sign in, by name, from `CDP_CUSTOMER_PAGE_USERS`; empty without a sign-in.
        local_user: The user if there is no sign-in: that of the operating system, with the role
            `CDP_CUSTOMER_PAGE_ROLE`.
        secret: Signs sessions and keys the hashes of search terms, `CDP_CUSTOMER_PAGE_SECRET`.
    """

    host: str
    port: int
    users: Mapping[str, User]
    local_user: User
    secret: bytes

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the page."""
        return is_loopback(self.host)

    @classmethod
    def from_environment(cls, settings: Settings) -> PageOptions:
        """Read the settings.

        Raises:
            SettingError: A setting cannot be used, or other machines could reach the page without
                a sign-in.
        """
        pages = Pages.from_environment()
        host, users_file = pages.customer_page_host, pages.customer_page_users
        kept = pages.customer_page_secret
        secret = kept.get_secret_value() if kept else ""
        users = read_users(users_file) if users_file else {}
        if not is_loopback(host) and not users:
            raise SettingError(
                "CDP_CUSTOMER_PAGE_HOST is an address that other machines reach, so people have to "
                "sign in: set CDP_CUSTOMER_PAGE_USERS to a file of users (docs/customer_page.md), "
                "or leave CDP_CUSTOMER_PAGE_HOST out."
            )
        if (users or secret) and len(secret) < MIN_SECRET_LENGTH:
            raise SettingError(
                f"CDP_CUSTOMER_PAGE_SECRET has to have at least {MIN_SECRET_LENGTH} characters to "
                "sign sessions with: set it to what `openssl rand -hex 32` prints."
            )
        return cls(
            host=host,
            port=pages.customer_page_port,
            users=users,
            local_user=User(getpass.getuser(), ROLES[pages.customer_page_role], ""),
            secret=secret.encode() if secret else _kept_secret(settings.data_dir),
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address to listen on."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def page_folder(data_dir: Path) -> Path:
    """Folder for the page's files on this machine, closed to other users."""
    folder = data_dir / "customer_page"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def _kept_secret(data_dir: Path) -> bytes:
    """A secret that is stored on this machine, so that hashes stay the same after a restart."""
    file = page_folder(data_dir) / "secret"
    if not file.exists():
        created = secrets.token_hex(32)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as opened:
            opened.write(created)
    return file.read_bytes()
