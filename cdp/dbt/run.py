"""dbt's command line, with what models ask about their own definitions.

    python -m cdp.dbt.run build --select profiles

Parses the project once, tells dbt the checksums of its models and runs the command.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cdp.dbt import checksums
from cdp.dbt.warm import parse

_PARSED_OPTIONS = frozenset(
    {"--vars", "--target", "-t", "--profile", "--profiles-dir", "--project-dir", "--target-path"}
)


def main(arguments: Sequence[str]) -> int:
    """Run a command of dbt; returns its exit status."""
    from dbt.cli.main import dbtRunner  # noqa: PLC0415  seconds to import

    try:
        manifest = parse(_options_of_parsing(arguments))
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 2
    checksums.tell(manifest)
    result = dbtRunner(manifest=manifest).invoke(list(arguments))
    return 0 if result.success else 1 if result.exception is None else 2


def _options_of_parsing(arguments: Sequence[str]) -> list[str]:
    """Options of a command that decide how the project parses, with their values."""
    options: list[str] = []
    for number, argument in enumerate(arguments):
        if argument in _PARSED_OPTIONS:
            options += arguments[number : number + 2]
        elif argument.split("=")[0] in _PARSED_OPTIONS:
            options.append(argument)
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
