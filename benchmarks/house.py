"""Measures the size and shape of the code: `make house` prints one JSON line per figure.

Every figure has a bar; the exit status is 1 if a figure exceeds its bar. Only files that git
tracks count, and neither tests nor the generator of the demo's company.
"""

from __future__ import annotations

import ast
import json
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from cdp.settings import PROJECT_DIR

PACKAGES = ("cdp", "orchestration", "dashboards", "benchmarks")
MAX_MODULE_LINES = 300
# Strategies that dbt and its adapters bring; any other one is our own.
KNOWN_STRATEGIES = {"append", "delete+insert", "insert_overwrite", "merge", "microbatch"}
# A string is SQL if it begins like a statement or a query.
SQL_START = re.compile(
    r"\s*(with\s+\w+\s+as\b|select\s|insert\s+into\b|update\s+\S+\s+set\b|delete\s+from\b|merge\s+into\b"
    r"|create\s+(or\s+replace\s+|temp|temporary\s+)*(table|view|schema|index|unique)"
    r"|alter\s+(table|schema)\b|drop\s+(table|view|schema)\b|copy\s+\S+\s+(from|to)\b)",
    re.IGNORECASE,
)


def tracked(*patterns: str) -> list[Path]:
    """Files of the patterns that git tracks and that are there, outside of tests and generator."""
    listed = subprocess.run(
        ["git", "ls-files", "--", *patterns], cwd=PROJECT_DIR, capture_output=True, check=True
    )
    names = listed.stdout.decode().splitlines()
    paths = [PROJECT_DIR / name for name in names if not name.startswith(("tests/", "generator/"))]
    return [path for path in paths if path.is_file()]


def line_count(path: Path) -> int:
    """Lines of a file, blank ones and comments included."""
    return len(path.read_text().splitlines())


def sql_lines(path: Path) -> int:
    """Lines of string literals of two lines or more that hold SQL.

    Literals that follow one another without an operator are one. A statement on one line may stay
    in Python.
    """
    tree = ast.parse(path.read_text())
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    lines: set[int] = set()
    for node in ast.walk(tree):
        if id(node) in docstrings or not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        text = "".join(
            part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "x"
            for part in parts
        )
        end = node.end_lineno or node.lineno
        if end > node.lineno and SQL_START.match(text):
            lines.update(range(node.lineno, end + 1))
    return len(lines)


def imports(path: Path, modules: dict[str, Path]) -> set[str]:
    """Modules of the project that a module imports, at its top or within functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                found.add(submodule if submodule in modules else node.module)
    return found & modules.keys()


def import_circles() -> list[list[str]]:
    """Groups of modules that import one another, directly or by way of others."""
    modules = {}
    for path in tracked(*(f"{package}/*.py" for package in PACKAGES)):
        name = ".".join(path.relative_to(PROJECT_DIR).with_suffix("").parts)
        modules[name.removesuffix(".__init__")] = path
    graph = {name: imports(path, modules) for name, path in modules.items()}
    reached = {name: _reachable(name, graph) for name in graph}
    circles = {
        tuple(sorted(other for other in reached[name] if name in reached[other]))
        for name in graph
        if name in reached[name]
    }
    return [list(circle) for circle in sorted(circles)]


def _reachable(start: str, graph: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(graph[name])
    return seen


def own_strategies() -> set[str]:
    """Names of incremental strategies that models or macros ask for and dbt does not bring."""
    text = "\n".join(path.read_text() for path in tracked("models/*.sql", "macros/*.sql"))
    return set(re.findall(r"incremental_strategy\s*=\s*'([^']+)'", text)) - KNOWN_STRATEGIES


def figures() -> Iterator[tuple[str, float, float, object]]:
    """Each figure: its name, its value, its bar and what to look at where it is too high."""
    models = {path: line_count(path) for path in tracked("models/*.sql")}
    macros = {path: line_count(path) for path in tracked("macros/*.sql")}
    python = tracked(*(f"{package}/*.py" for package in PACKAGES))
    code = tracked("*.sql", "*.yml", "*.yaml", "*.py")
    jinja = sum(
        line.lstrip().startswith("{%") for path in models for line in path.read_text().splitlines()
    )
    modules = {path: line_count(path) for path in python}
    long_modules = [_short(path) for path in python if modules[path] > MAX_MODULE_LINES]
    in_strings = {_short(path): sql_lines(path) for path in python}
    circles = import_circles()
    strategies = own_strategies()
    yield "lines_of_sql_yaml_python", sum(map(line_count, code)), 47_500, None
    yield "median_model_lines", statistics.median(models.values()), 42, None
    yield "max_model_lines", max(models.values()), 120, _longest(models)
    yield "max_macro_file_lines", max(macros.values()), 150, _longest(macros)
    ratio = sum(macros.values()) / sum(models.values())
    yield "macro_lines_per_model_line", round(ratio, 2), 0.6, None
    yield "own_incremental_strategies", len(strategies), 3, sorted(strategies)
    yield "jinja_statement_lines_in_models", jinja, 90, None
    most = sorted(in_strings, key=lambda name: -in_strings[name])[:5]
    yield "sql_lines_in_python_strings", sum(in_strings.values()), 150, most
    yield "python_modules_over_300_lines", len(long_modules), 0, long_modules
    yield "import_circles", len(circles), 0, circles


def _short(path: Path) -> str:
    return str(path.relative_to(PROJECT_DIR))


def _longest(lines: dict[Path, int]) -> str:
    return _short(max(lines, key=lambda path: lines[path]))


def main() -> int:
    """Print the figures; returns 1 if any exceeds its bar."""
    is_met = True
    for name, value, bar, details in figures():
        holds = value <= bar
        is_met = is_met and holds
        line = {"figure": name, "value": value, "bar": bar, "holds": holds}
        if details and not holds:
            line["details"] = details
        print(json.dumps(line))
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
