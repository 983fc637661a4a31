"""Commands in forks of a process that has imported dbt and other modules and parsed the project.

Importing takes dbt some four seconds and parsing this project five, and as much goes to importing
Dagster and its code location for a run: more than a trigger may take in all. The process listens on
a socket in a folder that only its user may enter. A client connects, sends a command and the file
descriptor for its output, and receives its process id and at the end its status. The process parses
again once a file of the project has changed, and ends with the process that started it.

    python -m cdp.dbt.warm [MODULE ...]    serves until standard input ends

Without it `start` runs dbt in a process of its own, to the same effect.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NoReturn

from cdp.dbt import command as dbt_command
from cdp.dbt.command import PLACES, parse
from cdp.settings import PROJECT_DIR, Settings

# Variables that decide how the project parses; others only decide where a command reads and
# writes.
_NAMES = ("TARGET", "SCHEMA", "RAW_SCHEMA", "CONNECTORS", "PROBABILISTIC_MATCHING")
PARSED_VARIABLES = tuple(f"CDP_{name}" for name in _NAMES)
_PROJECT_FOLDERS = ("models", "macros", "seeds", "snapshots", "analyses", "tests/dbt")
_PROJECT_FILES = ("dbt_project.yml", "profiles.yml", "selectors.yml")
_MAX_REQUEST = 1 << 20


def become(environment: Mapping[str, str]) -> None:
    """Take over all variables of a command; none of an earlier one stays."""
    for name in os.environ.keys() - environment.keys():
        del os.environ[name]
    os.environ.update(environment)


class Command:
    """A command of dbt under way.

    Attributes:
        output: What it prints, line by line.
        is_warm: Whether it runs in a fork of the warm process.
    """

    def __init__(
        self, output: IO[bytes], process: subprocess.Popen[bytes] | None, peer: socket.socket | None
    ) -> None:
        self.output = output
        self.is_warm = peer is not None
        self._process = process
        self._answers = peer.makefile("rb") if peer else None
        first = self._answers.readline() if self._answers else b""
        # If the fork fails, the error goes where its output would have gone.
        self._pid: int | None = process.pid if process else None
        if first:
            self._pid = json.loads(first)["pid"]

    def interrupt(self) -> None:
        """Ask it to end, as Ctrl-C does."""
        if self._pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGINT)

    def wait(self) -> int:
        """Its exit status, once it has ended; 1 for a fork that died without one."""
        if self._answers is None:
            return self._process.wait() if self._process else 1
        last = self._answers.readline()
        return int(json.loads(last)["status"]) if last else 1


def start_call(function: str, argument: str, output: int) -> int | None:
    """Call `package.module:function` with one text in a fork, which goes on without this process.

    What it prints goes to the file descriptor `output`. Returns the fork's process id; None where
    no warm process answers.
    """
    peer = _asked([argument], dict(os.environ), output, function)
    if peer is None:
        return None
    with peer, peer.makefile("rb") as answers:
        first = answers.readline()
    return int(json.loads(first)["pid"]) if first else None


def start(arguments: Sequence[str], environment: Mapping[str, str]) -> Command:
    """Start a command of dbt in the project, warm where a warm process answers.

    Args:
        arguments: Those of the command line: `build`, `--select`, ….
        environment: All variables of the command.
    """
    reading, writing = os.pipe()
    try:
        peer = _asked(arguments, environment, writing)
        process = None
        if peer is None:
            process = subprocess.Popen(
                [sys.executable, "-m", "cdp.dbt.command", *arguments, *PLACES],
                cwd=PROJECT_DIR,
                env=dict(environment),
                stdout=writing,
                stderr=subprocess.STDOUT,
            )
    finally:
        os.close(writing)
    return Command(os.fdopen(reading, "rb"), process, peer)


def _asked(
    arguments: Sequence[str], environment: Mapping[str, str], output: int, function: str = ""
) -> socket.socket | None:
    peer = socket.socket(socket.AF_UNIX)
    try:
        peer.connect(str(address()))
        request = {
            "function": function,
            "arguments": list(arguments),
            "environment": dict(environment),
        }
        text = json.dumps(request).encode() + b"\n"
        socket.send_fds(peer, [text[:1]], [output])
        peer.sendall(text[1:])
    except OSError:
        peer.close()
        return None
    return peer


def address() -> Path:
    """The socket of the warm process for this project, data folder and engine."""
    settings = Settings.from_environment()
    told = f"{PROJECT_DIR} {settings.data_dir} {settings.target} {settings.duckdb_path}"
    digest = hashlib.sha256(told.encode()).hexdigest()[:16]
    # The path of a socket is limited to about 100 characters, which a data folder may exceed.
    return Path(tempfile.gettempdir(), f"cdp-{os.getuid()}", f"{digest}.sock")


@contextlib.contextmanager
def serving(*modules: str) -> Iterator[None]:
    """Keep a warm process for as long as the block runs; ready or not, `start` may be used."""
    process = launch(*modules)
    try:
        yield
    finally:
        if process.stdin:
            process.stdin.close()
        process.wait()


def launch(*modules: str) -> subprocess.Popen[bytes]:
    """Start the warm process, which imports modules and ends when its standard input is closed."""
    return subprocess.Popen(
        [sys.executable, "-m", "cdp.dbt.warm", *modules],
        cwd=PROJECT_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )


def is_ready() -> bool:
    """Whether a warm process answers."""
    with socket.socket(socket.AF_UNIX) as peer:
        return peer.connect_ex(str(address())) == 0


@dataclass
class _Server:
    folder: Path
    parsed: dict[tuple[str | None, ...], tuple[str, Any]] = field(default_factory=dict)

    def manifest(self, environment: Mapping[str, str]) -> Any:
        """The project as it parses in this environment, from the files as they are now."""
        key = tuple(environment.get(name) for name in (*PARSED_VARIABLES, "PGDATABASE"))
        written = _fingerprint()
        if self.parsed.get(key, ("", None))[0] != written:
            # dbt starts from what an earlier process parsed with the same variables.
            folder = str(self.folder / hashlib.sha256(repr(key).encode()).hexdigest()[:16])
            own = {"DBT_TARGET_PATH": folder, "DBT_LOG_PATH": folder}
            become({**environment, **own})
            self.parsed[key] = written, parse()
        return self.parsed[key][1]


def _fingerprint() -> str:
    files = [PROJECT_DIR / name for name in _PROJECT_FILES]
    for folder in _PROJECT_FOLDERS:
        files += [
            Path(at, name) for at, _, names in os.walk(PROJECT_DIR / folder) for name in names
        ]
    marks = [(str(file), *_mark(file)) for file in sorted(files)]
    return hashlib.sha256(repr(marks).encode()).hexdigest()


def _mark(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


def serve(modules: Sequence[str]) -> None:
    """Import modules that commands need, and take commands until standard input ends."""
    place = address()
    place.parent.mkdir(mode=0o700, exist_ok=True)
    if place.parent.stat().st_uid != os.getuid():
        raise SystemExit(f"{place.parent} belongs to somebody else: remove it or set TMPDIR.")
    server = _Server(Settings.from_environment().data_dir / "parsed")
    environment = dict(os.environ)
    server.manifest(environment)
    become(environment)
    for module in modules:
        importlib.import_module(module)
    with socket.socket(socket.AF_UNIX) as listener, selectors.DefaultSelector() as waiting:
        # Bound under another name first, so that a socket which is there answers; one that an
        # ended process left refuses.
        making = place.with_suffix(f".{os.getpid()}")
        listener.bind(str(making))
        listener.listen()
        making.replace(place)
        waiting.register(listener, selectors.EVENT_READ)
        waiting.register(0, selectors.EVENT_READ)
        # Children are not waited for.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while all(key.fd != 0 for key, _ in waiting.select()):
            peer, _ = listener.accept()
            with peer:
                _answer(server, peer, listener)


def _answer(server: _Server, peer: socket.socket, listener: socket.socket) -> None:
    first, outputs, _, _ = socket.recv_fds(peer, 1, 1)
    if not outputs:
        return
    try:
        text = first + peer.makefile("rb").readline(_MAX_REQUEST)
        request = json.loads(text)
        manifest = server.manifest(request["environment"])
        if not os.fork():
            listener.close()
            _run(request, manifest, peer, outputs[0])
    except Exception as error:
        with contextlib.suppress(OSError):
            os.write(outputs[0], f"{type(error).__name__}: {error}\n".encode())
    finally:
        os.close(outputs[0])


def _run(request: Mapping[str, Any], manifest: Any, peer: socket.socket, output: int) -> NoReturn:
    """Run the command in this fork, which can neither change the manifest nor leave it open."""
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        peer.sendall(json.dumps({"pid": os.getpid()}).encode() + b"\n")
        os.dup2(output, 1)
        os.dup2(output, 2)
        become(request["environment"])
        if request["function"]:
            module, _, name = request["function"].partition(":")
            getattr(importlib.import_module(module), name)(*request["arguments"])
            status = 0
        else:
            # If the asking process was killed, nobody reads the output any more.
            threading.Thread(target=_end_with, args=(peer,), daemon=True).start()
            # Writing the manifest again would take dbt longer than building some models.
            arguments = ["--no-write-json", *request["arguments"], *PLACES]
            status = dbt_command.status(dbt_command.run(arguments, manifest=manifest))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        with contextlib.suppress(OSError):
            peer.sendall(json.dumps({"status": status}).encode() + b"\n")
        os._exit(status)


def _end_with(peer: socket.socket) -> None:
    with contextlib.suppress(OSError):
        peer.recv(1)
    os._exit(1)


if __name__ == "__main__":
    serve(sys.argv[1:])
