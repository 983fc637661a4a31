"""`python -m cdp`: the command line."""

from cdp.cli import app

app(prog_name="cdp")
