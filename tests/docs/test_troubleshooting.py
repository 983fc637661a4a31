"""Every message on the page on troubleshooting is one that the project, or dbt, really says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from cdp.settings import PROJECT_DIR
from tests.docs.pages import DOCS

PAGE = DOCS / "troubleshooting.md"


def messages() -> list[tuple[str, str]]:
    """Quoted parts of the first cell of each row, and the row's meaning."""
    found = []
    for line in PAGE.read_text().splitlines():
        if line.startswith("| `"):
            cells = line.strip("|").split("|")
            for quoted in re.findall(r"`([^`]+)`", cells[0]):
                found += [(part.strip(), cells[1].strip()) for part in quoted.split("…")]
    return [(part, meaning) for part, meaning in found if part]


def said_by_python() -> Iterator[str]:
    """Text of each string of the package, with a blank for what is filled in."""
    for path in (PROJECT_DIR / "cdp").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr):
                yield "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "\0"
                    for part in node.values
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def said_by_sql() -> Iterator[str]:
    """Text of macros, with what Jinja joins joined, and names of singular tests."""
    for path in (PROJECT_DIR / "macros").rglob("*.sql"):
        yield re.sub(r"'\s*~\s*'", "", path.read_text())
    yield from (path.stem for path in (PROJECT_DIR / "tests" / "dbt").rglob("assert_*.sql"))


def test_every_quoted_message_is_said() -> None:
    found = messages()
    assert len(found) > 50
    said = "\n".join([*said_by_python(), *said_by_sql()])
    ours = [part for part, meaning in found if not meaning.startswith("dbt's:")]
    assert not [part for part in ours if part not in said]


def test_every_setting_error_is_on_the_page() -> None:
    """What stops a run before it begins is what a newcomer meets first."""
    quoted = [part for part, _ in messages()]
    files = ("cdp/environment.py", "cdp/settings.py", "cdp/cli/session.py", "cdp/cli/tools.py")
    raised = [
        ast.unparse(node.exc)
        for file in files
        for node in ast.walk(ast.parse((PROJECT_DIR / file).read_text()))
        if isinstance(node, ast.Raise) and node.exc and "SettingError" in ast.unparse(node)
    ]
    assert len(raised) >= 4
    missing = [text for text in raised if not any(part in text for part in quoted)]
    assert not missing
