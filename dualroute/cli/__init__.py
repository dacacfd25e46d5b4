"""The command line, one file per command. Commands import torch, transformers and gradio only when they run."""

from importlib import import_module

from dualroute.cli.base import app

COMMANDS = (
    "train",
    "train_gate",
    "search",
    "choose_threshold",
    "evaluate",
    "evaluate_gate",
    "faithfulness",
    "word_truth",
    "plausibility",
    "recover",
    "trace",
    "table",
    "cards",
    "examples",
    "rows",
    "row_changes",
    "publish",
    "thresholds",
    "gallery",
    "serve",
)  # in the order in which the help lists them

for name in COMMANDS:
    import_module(f"{__name__}.{name}")

__all__ = ["COMMANDS", "app"]
