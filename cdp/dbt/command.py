"""dbt in a process of ours: `python -m cdp.dbt.command build` does what `dbt build` does.

`run` is the one way in which the project builds, tests or seeds by itself: `cdp dbt`, `cdp build`,
steps of Dagster, forks of the warm process and plans of identity rules.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from cdp.dbt import checksums
from cdp.settings import PROJECT_DIR

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult

PLACES = ("--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR))
# Unit tests prove the models, not the data: they run in `make test`.
WITHOUT_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
# Options of a command that decide how the project parses.
_PARSING = frozenset(
    {"--vars", "--target", "-t", "--profile", "--profiles-dir", "--project-dir", "--target-path"}
)


class ParseError(RuntimeError):
    """The project does not parse; dbt has said why."""


def parse(places: Sequence[str] = PLACES) -> Any:
    """Parse the project with this process's environment; returns dbt's manifest."""
    from dbt.cli.main import dbtRunner  # noqa: PLC0415  seconds to import

    result = dbtRunner().invoke(["--quiet", "parse", *places])
    if not result.success:
        raise ParseError(f"the project does not parse: {result.exception}")
    return result.result


def run(
    arguments: Sequence[str],
    *,
    manifest: Any = None,
    callbacks: Sequence[Callable[[Any], None]] = (),
) -> dbtRunnerResult:
    """Run a command of dbt, once the models' checksums are where its macros read them.

    Args:
        arguments: Those of the command line, with where the project is.
        manifest: The parsed project; parsed here when left out.
        callbacks: Called with each event of dbt, those of its debug log too.
    """
    from dbt.cli.main import dbtRunner  # noqa: PLC0415  seconds to import

    if manifest is None:
        parsed = dbtRunner().invoke(["--quiet", "parse", *_parsing_options(arguments)])
        if not parsed.success:
            return parsed
        manifest = parsed.result
    checksums.tell(manifest)
    return dbtRunner(manifest, list(callbacks)).invoke(list(arguments))


def _parsing_options(arguments: Sequence[str]) -> list[str]:
    options: list[str] = []
    for number, argument in enumerate(arguments):
        if argument in _PARSING:
            options += arguments[number : number + 2]
        elif argument.split("=")[0] in _PARSING:
            options.append(argument)
    return options


def status(result: dbtRunnerResult) -> int:
    """Exit status of dbt's own command line: 1 for a model or test that failed, 2 for an error."""
    if result.exception is not None and type(result.exception).__name__ == "DbtUsageException":
        # dbt prints all other errors itself.
        print(result.exception, file=sys.stderr)
    return 0 if result.success else 1 if result.exception is None else 2


if __name__ == "__main__":
    sys.exit(status(run(sys.argv[1:])))
