"""What files hold, that a repeat writes them again, and that a manifest lists only whole ones."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import asyncssh
import boto3
import duckdb
import fsspec
import pytest
from moto.server import ThreadedMotoServer

from cdp.activation import SyncStoppedError
from cdp.activation.destinations.base import (
    Change,
    DestinationSettingError,
    DestinationUnusableError,
)
from cdp.activation.destinations.files import DESTINATION
from cdp.dbt.manifest import ManifestError, SyncSpec
from tests.cdp.activation.activation_world import COLUMNS, META, World, row, rows

pytestmark = pytest.mark.parametrize("settings", ["duckdb"], indirect=True)


@pytest.fixture
def folder(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the sync's files come to be."""
    monkeypatch.setenv("CDP_FILES_URL", str(tmp_path / "out"))
    return tmp_path / "out" / world.name


def spec_of(world: World, **meta: object) -> SyncSpec:
    return world.spec(**{"destination": "files", "batch_size": None} | meta)


def deliver(world: World, *batches: list[Change], **meta: object) -> None:
    async def run() -> None:
        async with DESTINATION.open(spec_of(world, **meta), world.settings) as session:
            for batch in batches:
                await session.deliver(batch)

    asyncio.run(run())


def change(key: str, values: dict[str, object] | None = None, revision: int = 1) -> Change:
    operation: Any = "delete" if values is None else "insert"
    values = {"profile_id": key} | values if values is not None else {}
    return Change(key, operation, json.dumps(values), f"{key}-{revision}", revision)


def manifests(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(file.read_text()) for file in sorted(folder.glob("manifest-*.json"))]


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


READERS = {
    "csv": "read_csv('{0}', header = true, quote = '\"', allow_quoted_nulls = false)",
    "jsonl": "read_json('{0}', format = 'newline_delimited')",
    "parquet": "read_parquet('{0}')",
}


@pytest.mark.parametrize("format_name", READERS)
def test_rows_come_back_as_they_were(world: World, folder: Path, format_name: str) -> None:
    text = 'Zoë\'s "boots", wide\nand\\n high'
    world.put([row("p1", product=text, email=""), row("p2", email=None, score=1.0)])
    world.run(spec_of(world, format=format_name))
    (file,) = folder.glob(f"*.{format_name}")
    read = duckdb.sql(
        f"select profile_id, email, product, amount, visit_count, score, is_member, "
        f"joined_date, cast(seen_at as timestamp), _operation, _key, _revision "
        f"from {READERS[format_name].format(file)} order by profile_id"
    )
    seen_at = datetime.fromisoformat("2026-03-02T04:05:06.700")
    shared = (3, date(2026, 3, 1), seen_at)
    expected = [
        ("p1", "", text, 12.5, shared[0], 0.1, True, *shared[1:], "insert", "p1", 1),
        ("p2", None, "boots", 12.5, shared[0], 1.0, True, *shared[1:], "insert", "p2", 1),
    ]
    assert [(*r[:3], float(r[3]), *r[4:]) for r in read.fetchall()] == expected


def test_parquet_keeps_the_types_of_the_contract(world: World, folder: Path) -> None:
    world.put([row("p1")])
    world.run(spec_of(world, format="parquet"))
    types = dict(
        duckdb.sql(
            f"select column_name, column_type from (describe from '{folder}/*.parquet')"
        ).fetchall()
    )
    assert types["amount"] == "DECIMAL(38,2)"
    assert types["joined_date"] == "DATE"
    assert types["seen_at"] == "TIMESTAMP WITH TIME ZONE"
    assert (types["visit_count"], types["score"], types["is_member"]) == (
        *("BIGINT", "DOUBLE", "BOOLEAN"),
    )
    assert duckdb.sql(f"select amount, seen_at from '{folder}/*.parquet'").fetchall() == [
        (Decimal("12.50"), datetime(2026, 3, 2, 4, 5, 6, 700_000, tzinfo=UTC))
    ]


def test_a_csv_cell_is_no_formula_and_a_number_stays_one(world: World, folder: Path) -> None:
    for start in "=+-@\t\r":
        deliver(world, [change(f"{start}1", {"product": f'{start}cmd("x")', "amount": -1.5})])
    lines = [file.read_bytes().decode() for file in folder.glob("*.csv")]
    for start in "=+-@\t\r":
        cells = f'"\'{start}1","","\'{start}cmd(""x"")",-1.50,'
        assert any(cells.replace(',"",', ",,") in line for line in lines)
        assert any(f'insert,"\'{start}1",1,' in line for line in lines)


def test_texts_are_left_alone_where_the_reader_is_no_spreadsheet(
    world: World, folder: Path
) -> None:
    deliver(world, [change("p1", {"product": "+49171"})], formula_safe=False)
    (file,) = folder.glob("*.csv")
    assert '"+49171"' in file.read_text()


@pytest.mark.parametrize("format_name", READERS)
def test_of_a_deleted_row_key_and_revision_are_left(
    world: World, folder: Path, format_name: str
) -> None:
    deliver(world, [change("p1", None, 4), change("p2", {"product": "tent"})], format=format_name)
    source = READERS[format_name].format(f"{folder}/*.{format_name}")
    read = duckdb.sql(
        "select _operation, _key, _revision, _idempotency_key, profile_id, product "
        f"from {source} order by _key"
    )
    assert read.fetchall() == [
        ("delete", "p1", 4, "p1-4", None, None),
        ("insert", "p2", 1, "p2-1", "p2", "tent"),
    ]


def test_a_manifest_lists_the_files_of_a_run(world: World, folder: Path) -> None:
    world.put(rows(25))
    report = world.run(spec_of(world, batch_size=10))
    assert report.requests == 3
    (manifest,) = manifests(folder)
    assert {name: manifest[name] for name in ("sync", "object", "mode")} == {
        "sync": world.name,
        "object": "members",
        "mode": "mirror",
    }
    assert [file["rows"] for file in manifest["files"]] == [10, 10, 5]
    for file in manifest["files"]:
        content = (folder / file["name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        assert len(content) == file["bytes"]
    assert len(contents(folder)) == 4


def test_a_repeat_after_a_crash_writes_the_same_files_again(world: World, folder: Path) -> None:
    batches = [[change("p1", {"product": "boots"})], [change("p2", {"product": "tent"})]]
    deliver(world, *batches)
    before = contents(folder)
    deliver(world, *batches)
    assert contents(folder) == before
    # The first was acknowledged before the crash, the second was not.
    deliver(world, batches[1])
    after = contents(folder)
    assert before.items() <= after.items()
    assert {name[:9] for name in after.keys() - before.keys()} == {"manifest-"}


def test_the_manifest_comes_after_the_file(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    replace = os.rename

    def rename(source: str, target: str) -> None:
        assert not Path(target).exists() or Path(target).name.startswith("manifest")
        written.append(Path(target).name.partition("-")[0])
        replace(source, target)

    monkeypatch.setattr(os, "rename", rename)
    deliver(world, [change("p1", {})], [change("p2", {})])
    assert [name == "manifest" for name in written] == [False, True, False, True]
    assert not list(folder.glob("*.part"))


def test_a_file_that_could_not_be_listed_is_not_acknowledged(world: World, folder: Path) -> None:
    batch = [change("p1", {})]
    deliver(world, batch)
    (manifest,) = folder.glob("manifest-*")
    manifest.with_name(manifest.name + ".part").mkdir()
    with pytest.raises(DestinationUnusableError) as caught:
        deliver(world, batch)
    assert caught.value.reason == "files: IsADirectoryError"


def test_a_path_that_cannot_be_stops_the_run(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("CDP_FILES_URL", str(tmp_path / "taken"))
    world.put(rows(1))
    with pytest.raises(SyncStoppedError, match="cannot be used: files: NotADirectoryError"):
        world.run(spec_of(world))


def test_the_columns_of_the_files_own_must_be_free(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COLUMNS, "_revision", "bigint")
    with pytest.raises(ManifestError, match="rename _revision in the payload"):
        spec_of(world)


def test_a_file_holds_at_most_100_000_rows(world: World) -> None:
    with pytest.raises(ManifestError, match="files takes at most 100000"):
        spec_of(world, batch_size=100_001)


def test_a_missing_address_is_named(world: World) -> None:
    assert META["destination"] == "webhook"
    with pytest.raises(DestinationSettingError, match="CDP_FILES_URL is not set"):
        deliver(world, [])


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_endpoint: str, world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    for variable, value in {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": s3_endpoint,
        "CDP_FILES_URL": "s3://exports/members",
    }.items():
        monkeypatch.setenv(variable, value)
    boto3.client("s3").create_bucket(Bucket="exports")
    return f"exports/members/{world.name}"


def test_files_come_to_a_bucket(world: World, bucket: str) -> None:
    world.put(rows(12))
    assert world.run(spec_of(world, batch_size=10)).inserted == 12
    s3 = fsspec.filesystem("s3", skip_instance_cache=True)
    (manifest_name,) = s3.glob(f"{bucket}/manifest-*.json")
    files = json.loads(s3.cat_file(manifest_name))["files"]
    assert [file["rows"] for file in files] == [10, 2]
    for file in files:
        content = s3.cat_file(f"{bucket}/{file['name']}")
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
    assert not s3.glob(f"{bucket}/*.part")


def test_a_bucket_that_does_not_exist_stops_the_run(
    world: World, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDP_FILES_URL", "s3://nowhere/members")
    world.put(rows(1))
    with pytest.raises(SyncStoppedError, match="cannot be used: files: FileNotFoundError"):
        world.run(spec_of(world))


class SftpServer(NamedTuple):
    url: str
    root: Path
    known_hosts: Path
    key: Path


class _PasswordServer(asyncssh.SSHServer):
    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("ann", "open sesame")


@pytest.fixture
def sftp(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SftpServer]:
    """A server that takes the password or the key, in a thread of its own."""
    root = tmp_path / "sftp"
    root.mkdir()
    host_key, user_key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    key, authorized = tmp_path / "id", tmp_path / "authorized"
    user_key.write_private_key(key)
    user_key.write_public_key(authorized)
    loop, started, port = asyncio.new_event_loop(), threading.Event(), []

    async def serve() -> None:
        server = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=_PasswordServer,
            server_host_keys=[host_key],
            authorized_client_keys=str(authorized),
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(root).encode()),
        )
        port.append(server.get_port())
        started.set()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(30)
    known_hosts = tmp_path / "known_hosts"
    public = host_key.export_public_key().decode()
    known_hosts.write_text(f"[127.0.0.1]:{port[0]} {public}")
    url = f"sftp://ann@127.0.0.1:{port[0]}/in"
    monkeypatch.setenv("CDP_FILES_URL", url)
    monkeypatch.setenv("CDP_FILES_KNOWN_HOSTS", str(known_hosts))
    yield SftpServer(url, root, known_hosts, key)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


@pytest.mark.parametrize("secret", ["password", "key"])
def test_files_come_to_an_sftp_server(
    world: World, sftp: SftpServer, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    if secret == "password":
        monkeypatch.setenv("CDP_FILES_PASSWORD", "open sesame")
    else:
        monkeypatch.setenv("CDP_FILES_PRIVATE_KEY", str(sftp.key))
    world.put(rows(12))
    assert world.run(spec_of(world, batch_size=10)).inserted == 12
    folder = sftp.root / "in" / world.name
    (manifest,) = manifests(folder)
    assert [file["rows"] for file in manifest["files"]] == [10, 2]
    assert len(contents(folder)) == 3


@pytest.mark.parametrize("fault", ["password", "server key", "no known hosts"])
def test_an_sftp_server_that_is_not_to_be_trusted_or_does_not_trust_is_named(
    world: World, sftp: SftpServer, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setenv("CDP_FILES_PASSWORD", "wrong" if fault == "password" else "open sesame")
    if fault == "server key":
        other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
        address = sftp.known_hosts.read_text().split()[0]
        sftp.known_hosts.write_text(f"{address} {other}")
    if fault == "no known hosts":
        sftp.known_hosts.write_text("")
    with pytest.raises(DestinationSettingError, match="CDP_FILES_URL: no connection") as caught:
        deliver(world, [])
    assert "wrong" not in str(caught.value)
