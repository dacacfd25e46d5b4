"""The application that the commands are parts of."""

from pathlib import Path

import typer

# What a user can bring about: named in one line. Anything else is a defect and keeps its traceback.
USER_ERRORS = (ValueError, OSError, EOFError)


class OneLineErrors(typer.core.TyperGroup):
    """Commands whose errors are one line on stderr and exit code 1."""

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
    """Folders for the files that are to be written: what is wrong with one is told now, not after minutes of work."""
    for file in filter(None, files):
        file.parent.mkdir(parents=True, exist_ok=True)


def write_json(path: Path, results: dict) -> None:
    """Results as a file that reads well and ends with a line."""
    import json

    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def without_loading_bars() -> None:
    """Reading weights takes milliseconds here; bars for what takes minutes stay."""
    from transformers.utils import logging

    logging.disable_progress_bar()
