"""`examples`: store what the page shows before any model is loaded."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli.base import app, without_loading_bars


@app.command()
def examples(
    task: Annotated[str, typer.Argument(help="A known task, such as news.")],
    out: Annotated[Path | None, typer.Option(help="File to write. Default: the one the page shows.")] = None,
):
    """Trace and attribute a task's demonstration texts, which the page shows before any model is loaded."""
    from dualroute.api import load, make_examples
    from dualroute.paths import assets_dir
    from dualroute.tasks import get_task
    from dualroute.trace.attribution import write_examples

    without_loading_bars()
    chosen = get_task(task)
    path = out or assets_dir() / "examples" / f"{task}.jsonl"
    write_examples(path, make_examples(load(task), chosen.demos))
    typer.echo(f"{len(chosen.demos)} examples written to {path}")
