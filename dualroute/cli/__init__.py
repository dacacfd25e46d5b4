"""The command line, one file for each command. Heavy imports stay inside the commands."""

from importlib import import_module

from dualroute.cli.base import app

COMMANDS = (
    "train",
    "search",
    "evaluate",
    "faithfulness",
    "plausibility",
    "recover",
    "trace",
    "table",
    "cards",
    "examples",
    "rows",
    "publish",
    "thresholds",
    "serve",
)  # in the order of the help

for name in COMMANDS:
    import_module(f"{__name__}.{name}")

__all__ = ["COMMANDS", "app"]
