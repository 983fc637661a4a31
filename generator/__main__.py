"""Lets `python -m generator` run the command line."""

from generator.cli import main

# Processes started for the parts of a large company import this module too.
if __name__ == "__main__":
    raise SystemExit(main())
