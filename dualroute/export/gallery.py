"""A static site of saved views: a start page with a card for each view, and one script and style sheet for all of them.

It works from a disk and on any host of static files. Nothing is fetched but the site's own files.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path
from string import Template

from dualroute import __version__
from dualroute.export.saved_views import SavedPage, script_digest
from dualroute.export.scripts import SCRIPT, STYLE, asset

VIEWS = "views"  # the folder of the views in the site


@dataclass(frozen=True)
class Card:
    """A view of the gallery, and what the start page says about it; `export.gallery_cards` makes them.

    name      of its file, without the ending
    group     heading under which it stands; cards of one group follow each other
    title     of its task
    question  of its task, to the reader
    note      what a reader has to know; may be empty
    body      HTML: the words with what they read, the texts, and the answers
    page      what the view shares with others of its kind
    data      what the view shows
    """

    name: str
    group: str
    title: str
    question: str
    note: str
    body: str
    page: SavedPage
    data: dict

    @property
    def file(self) -> str:
        """The view's place in the site; names hold nothing that an address would have to escape."""
        return f"{VIEWS}/{re.sub(r'[^A-Za-z0-9._-]+', '-', self.name)}.html"


def write_gallery(out: Path, cards: Sequence[Card]) -> list[Path]:
    """Write the site into the folder `out` and return its files, the start page first.

    Raises ValueError where two cards have one file.
    """
    pages = {card.file: _view_page(card) for card in cards}
    if len(pages) < len(cards):
        raise ValueError("two views of a gallery have the same name")
    files = {"index.html": _start_page(cards), SCRIPT: asset(SCRIPT), STYLE: asset(STYLE), **pages}
    (out / VIEWS).mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8")
    return [out / name for name in files]


def _view_page(card: Card) -> str:
    opener = f"DualRoute.{card.page.opener}();"
    return Template(asset("gallery_view.html")).substitute(
        digest=script_digest(opener.encode()),
        script=SCRIPT,
        style=STYLE,
        open=opener,
        title=escape(card.title),
        about=card.page.about,
        version=__version__,
        templates="\n".join(f'<template id="{name}">{html}</template>' for name, html in card.page.templates),
        data=json.dumps(card.data, allow_nan=False).replace("<", "\\u003c"),
    )


def _start_page(cards: Sequence[Card]) -> str:
    groups = "".join(
        f"<h2>{escape(name)}</h2>\n<ul>\n{''.join(map(_item, group))}</ul>\n"
        for name, group in groupby(cards, key=lambda card: card.group)
    )
    return Template(asset("gallery.html")).substitute(version=__version__, groups=groups)


def _item(card: Card) -> str:
    note = f'<p class="note">{escape(card.note)}</p>' if card.note else ""
    return (
        f'<li><a href="{card.file}"><h3>{escape(card.title)}</h3><p class="question">{escape(card.question)}</p>'
        f"{card.body}{note}</a></li>\n"
    )
