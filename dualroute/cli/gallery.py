"""`gallery`: write the stored examples as a site of static files."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli.base import app


@app.command()
def gallery(
    out: Annotated[Path, typer.Option(help="Folder of the site. Files of an earlier gallery in it are replaced.")],
):
    """Write a site of saved views for a disk or a host of static files: an example and a failure of each task."""
    from dualroute.app.catalogue import load_catalogue
    from dualroute.app.language.start import FAULTS, stored_examples
    from dualroute.export.gallery import write_gallery

    if out.exists() and not out.is_dir():
        raise NotADirectoryError(f"{out} is not a folder")
    of_tasks = [card for entry in load_catalogue().values() for card in cards_of(entry)]
    files = write_gallery(out, [*answer_cards(stored_examples(), FAULTS), *of_tasks])
    size = sum(file.stat().st_size for file in files)
    typer.echo(f"{files[0]}: {len(files) - 3} views, {size / 1e6:.1f} MB in all")


def cards_of(entry) -> list:
    """Return the cards of a task: its first example with a right answer, else its first, and its first failure."""
    from dualroute.export.gallery_cards import input_card

    best = [example for example in entry.examples if example.is_right] or entry.examples
    failures = [example for example in entry.examples if example.is_right is False and example is not best[0]]
    return [
        input_card(name, entry.group, entry.task, entry.note, example)
        for name, examples in ((entry.key, best), (f"{entry.key}-failure", failures))
        for example in examples[:1]
    ]


def answer_cards(answered: list[dict], faults: dict[str, str]) -> list:
    """Return the cards of a language model: its first right answer, and its first one with a fault.

    answered  stored examples of the tab Language model
    faults    {answer: what is wrong with it}, empty for a right one; an answer that is not in it gets no card
    """
    from dualroute.export.gallery_cards import answer_card

    judged = [(one, faults.get(one["written"]["payload"]["answer"])) for one in answered]
    right = [(one, fault) for one, fault in judged if fault == ""]
    wrong = [(one, fault) for one, fault in judged if fault]
    return [
        answer_card(name, one, fault)
        for name, found in (("language-model", right), ("language-model-failure", wrong))
        for one, fault in found[:1]
    ]
