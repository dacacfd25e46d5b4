"""The typer application, and what several commands use."""

from pathlib import Path

import typer
from typer.core import TyperGroup

# Errors that a user can cause are printed in one line. Any other error is a defect and keeps its traceback.
USER_ERRORS = (ValueError, OSError, EOFError)


class OneLineErrors(TyperGroup):
    """Commands that report a user's error as one line on stderr and exit with code 1."""

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except USER_ERRORS as error:
            typer.echo(f"error: {' '.join(str(error).split()) or type(error).__name__}", err=True)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=OneLineErrors,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_show_locals=False,
    help="See which way every token went in a dual-route model, why, and what would have happened otherwise.",
)


def make_room(*files: Path | None) -> None:
    """Create the folders of the output files, so that an unusable path fails now and not after minutes of work."""
    for file in filter(None, files):
        blocking = next((folder for folder in file.parents if folder.exists() and not folder.is_dir()), None)
        if blocking:
            raise ValueError(f"{file} cannot be written: {blocking} is a file, not a folder")
        if file.is_dir():
            raise ValueError(f"{file} cannot be written: it is a folder; name a file in it")
        file.parent.mkdir(parents=True, exist_ok=True)


def write_json(path: Path, results: dict) -> None:
    """Write results as indented JSON."""
    import json

    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def without_loading_bars() -> None:
    """Turn off transformers' progress bars, which flash up for milliseconds while weights load."""
    from transformers.utils import logging

    logging.disable_progress_bar()
