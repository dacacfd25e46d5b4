"""`gallery`: write the stored examples as a site of static files."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli.base import app


@app.command()
def gallery(
    out: Annotated[Path, typer.Option(help="Folder of the site. Files of an earlier gallery in it are replaced.")],
):
    """Write a site of saved views, for each task an example and a failure: for a disk or a host of static files."""
    from dualroute.app.catalogue import load_catalogue
    from dualroute.export.gallery import write_gallery

    if out.exists() and not out.is_dir():
        raise NotADirectoryError(f"{out} is not a folder")
    files = write_gallery(out, [card for entry in load_catalogue().values() for card in cards_of(entry)])
    size = sum(file.stat().st_size for file in files)
    typer.echo(f"{files[0]}: {len(files) - 3} views, {size / 1e6:.1f} MB in all")


def cards_of(entry) -> list:
    """Return the cards of a task: its first example with a right answer, else its first, and its first failure."""
    from dualroute.export.gallery import Card

    best = [example for example in entry.examples if example.is_right] or entry.examples
    failures = [example for example in entry.examples if example.is_right is False and example is not best[0]]
    task = entry.task
    return [
        Card(name, entry.group, task.title, task.question, entry.note, example)
        for name, examples in ((entry.key, best), (f"{entry.key}-failure", failures))
        for example in examples[:1]
    ]
