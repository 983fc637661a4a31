"""Who may use the page: settings, users, sessions and the limit on guessing."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cdp.customer_page import server
from cdp.customer_page.audit import AuditLog, SqliteAudit
from cdp.customer_page.options import PageOptions
from cdp.customer_page.sessions import Session, SessionSigner
from cdp.customer_page.users import (
    FAILURE_WINDOW_SECONDS,
    MAX_FAILURES,
    ROLES,
    SignInLimit,
    User,
    authenticate,
    hash_password,
    read_users,
)
from cdp.settings import SettingError, Settings
from tests.command import cdp

HASH = hash_password("long enough")
SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def users_file(tmp_path: Path) -> Path:
    file = tmp_path / "users.yml"
    file.write_text(f"- {{name: ann, role: agent, password_hash: '{HASH}'}}\n")
    return file


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HOST", "PORT", "USERS", "SECRET", "ROLE"):
        monkeypatch.delenv(f"CDP_CUSTOMER_PAGE_{name}", raising=False)
    monkeypatch.setenv("CDP_TARGET", "duckdb")
    monkeypatch.setenv("CDP_DATA_DIR", str(tmp_path))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "cdp.example.com"])  # noqa: S104
def test_other_machines_are_let_in_through_a_sign_in_only(
    host: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    users_file: Path,
) -> None:
    monkeypatch.setattr(server, "serve", lambda *_: pytest.fail("it serves"))
    monkeypatch.setenv("CDP_CUSTOMER_PAGE_HOST", host)
    monkeypatch.setenv("CDP_CUSTOMER_PAGE_SECRET", SECRET)
    assert cdp("customer-page") == 1
    assert "set CDP_CUSTOMER_PAGE_USERS" in capsys.readouterr().err
    monkeypatch.setenv("CDP_CUSTOMER_PAGE_USERS", str(users_file))
    monkeypatch.setenv("CDP_CUSTOMER_PAGE_SECRET", SECRET[:-1])
    assert cdp("customer-page") == 1
    assert "CDP_CUSTOMER_PAGE_SECRET has to have" in capsys.readouterr().err
    monkeypatch.setenv("CDP_CUSTOMER_PAGE_SECRET", SECRET)
    options = PageOptions.from_environment(Settings.from_environment())
    assert not options.is_local
    assert set(options.users) == {"ann"}


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_is_let_in_masked(
    host: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CDP_CUSTOMER_PAGE_HOST", host)
    options = PageOptions.from_environment(Settings.from_environment())
    assert options.is_local
    assert not options.local_user.role.sees_identifiers
    assert PageOptions.from_environment(Settings.from_environment()).secret == options.secret
    assert (tmp_path / "customer_page" / "secret").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {name: ann, role: agent, password_hash: secret}", "user 1: password_hash"),
        ("- {name: ann, role: boss, password_hash: x}", "user 1: role"),
        ("- {name: ann, role: agent}", "user 1: give name"),
        ("ann: agent", "a list of users"),
        ("[", "cannot be read as YAML"),
    ],
)
def test_a_file_of_users_is_checked(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "users.yml"
    file.write_text(text)
    with pytest.raises(SettingError, match=told) as raised:
        read_users(file)
    assert "secret" not in str(raised.value)


def test_password_and_name_have_to_fit(users_file: Path) -> None:
    users = read_users(users_file)
    assert authenticate(users, "ann", "long enough") == users["ann"]
    assert authenticate(users, "ann", "long enough ") is None
    assert authenticate(users, "bob", "long enough") is None
    nobody = User("carl", ROLES["agent"], "")
    assert authenticate({"carl": nobody}, "carl", "") is None


def test_a_hash_of_an_earlier_version_still_fits(tmp_path: Path) -> None:
    digest = hashlib.scrypt(
        b"long enough", salt=b"s" * 16, n=2**16, r=8, maxmem=2**27, p=1, dklen=32
    )
    parts = (base64.b64encode(part).decode() for part in (b"s" * 16, digest))
    file = tmp_path / "users.yml"
    file.write_text(
        f"- {{name: ann, role: agent, password_hash: {'$'.join(['scrypt', *parts])}}}\n"
    )
    users = read_users(file)
    assert authenticate(users, "ann", "long enough") == users["ann"]
    assert authenticate(users, "ann", "long enoug") is None


def test_sessions_can_be_neither_forged_nor_kept() -> None:
    signer = SessionSigner(SECRET.encode())
    session = Session.begin(User("ann", ROLES["analyst"], "x"))
    cookie = signer.write(session)
    assert signer.read(cookie) == session
    other = signer.write(dataclasses.replace(session, user_name="bob"))
    mixed = f"{other.split('.')[0]}.{cookie.split('.')[1]}"
    for wrong in (mixed, cookie[:-1], "", ".", "é.é", cookie.split(".")[0]):
        assert signer.read(wrong) is None
    assert SessionSigner(b"another").read(cookie) is None
    aged = dataclasses.replace(session, started_at=session.started_at - 8 * 3600)
    assert signer.read(signer.write(aged)) is None


def test_guessing_is_limited_by_name_and_by_address() -> None:
    now = 0.0
    limit = SignInLimit(clock=lambda: now)
    for number in range(MAX_FAILURES):
        assert limit.take("name ann", f"address {number}")
    assert not limit.take("name ann", "address 9")
    assert limit.take("name bob", "address 9")
    now = FAILURE_WINDOW_SECONDS
    assert limit.take("name ann", "address 9")
    limit.forgive("name ann")
    for _ in range(MAX_FAILURES):
        assert limit.take("name ann", f"address of {now}")
        limit.forgive(f"address of {now}")
    assert not limit.take("name ann", "address 7")


def test_look_ups_are_never_changed(tmp_path: Path) -> None:
    file = tmp_path / "audit.sqlite"
    audit = SqliteAudit(file)
    AuditLog(audit, b"key").record(User("ann", ROLES["agent"], ""), "search", ["p1", "p2"], "x")
    for change in ("delete from customer_lookups", "update customer_lookups set user_name = 'b'"):
        with (
            closing(sqlite3.connect(file)) as connection,
            pytest.raises(sqlite3.IntegrityError, match="kept as they are"),
        ):
            connection.execute(change)
    rows = list(audit.read())
    assert sorted((row.user_name, row.profile_id) for row in rows) == [("ann", "p1"), ("ann", "p2")]
    assert {row.is_masked for row in rows} == {False}
