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
from dualroute.compare.selection import word_text, words
from dualroute.compare.views import View
from dualroute.compare.word_flips import word_flips
from dualroute.export.saved_views import ABOUT, saved_views, script_digest, trace_html, view_payload
from dualroute.export.scripts import SCRIPT, STYLE, asset
from dualroute.export.trace_payload import h_name, page_draws
from dualroute.numerals import signed
from dualroute.trace.answers import Written
from dualroute.trace.attribution import StoredExample
from dualroute.trace.record import Trace
from dualroute.trace.replay import routes_taken

OPEN = "DualRoute.openViews();"
VIEWS = "views"  # the folder of the views in the site
MOST_WORDS = 26  # of a text on its card
LEAST_EFFECT = 0.005  # change of probability that is printed below a word
CONTEXT_CHARACTERS = 140


@dataclass(frozen=True)
class Card:
    """A view of the gallery, and what the start page says about it.

    name      of its file, without the ending
    group     heading under which it stands; cards of one group follow each other
    title     of its task
    question  of its task, to the reader
    note      what a reader has to know first; may be empty
    """

    name: str
    group: str
    title: str
    question: str
    note: str
    example: StoredExample

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
    trace = card.example.trace
    if not page_draws(trace):
        return trace_html(trace)  # a file of its own
    view = view_payload(View(trace), [card.example.prediction, card.example.gate])
    view["payload"]["right"] = list(card.example.right)  # the page marks an answer by it
    data = json.dumps({"views": [view]}, allow_nan=False).replace("<", "\\u003c")
    templates = "\n".join(f'<template id="{name}">{html}</template>' for name, html in saved_views(False).templates)
    return Template(asset("gallery_view.html")).substitute(
        digest=script_digest(OPEN.encode()),
        script=SCRIPT,
        style=STYLE,
        open=OPEN,
        title=escape(card.title),
        about=ABOUT,
        version=__version__,
        templates=templates,
        data=data,
    )


def _start_page(cards: Sequence[Card]) -> str:
    groups = "".join(
        f"<h2>{escape(name)}</h2>\n<ul>\n{''.join(map(_card, group))}</ul>\n"
        for name, group in groupby(cards, key=lambda card: card.group)
    )
    return Template(asset("gallery.html")).substitute(version=__version__, groups=groups)


def _card(card: Card) -> str:
    note = f'<p class="note">{escape(card.note)}</p>' if card.note else ""
    return (
        f'<li><a href="{card.file}"><h3>{escape(card.title)}</h3><p class="question">{escape(card.question)}</p>'
        f"{_picture(card.example.trace)}{_tiles(card.example.trace)}{_context(card.example.trace)}"
        f"{_answers(card.example)}{note}</a></li>\n"
    )


def _picture(trace: Trace) -> str:
    return f'<img src="{escape(trace.image)}" alt="the picture that words could look at">' if trace.image else ""


def _context(trace: Trace) -> str:
    if not trace.h or trace.image:
        return ""
    text = " ".join(trace.h.split())
    text = text if len(text) <= CONTEXT_CHARACTERS else text[: CONTEXT_CHARACTERS - 1] + "…"
    return f'<p class="context"><b>{escape(h_name(trace))}</b> {escape(text)}</p>'


def _tiles(trace: Trace) -> str:
    """The words of x as tiles, those that read marked; below a word by how much its flip moves the answer."""
    rho, effects = routes_taken(trace).rho, {}
    if trace.replayable:
        effects = {flip.tokens.start: flip.effect for flip in word_flips(trace)}
    shown = words(trace)[:MOST_WORDS]
    tiles = "".join(
        _tile(word_text(trace, tokens), max(rho[t] for t in tokens) > 0, effects.get(tokens.start, 0.0))
        for tokens in shown
    )
    return f'<p class="tiles">{tiles}{" …" if len(shown) < len(words(trace)) else ""}</p>'


def _tile(word: str, reads: bool, effect: float) -> str:
    number = f"<small>{signed(100 * effect, 0)}</small>" if abs(effect) >= LEAST_EFFECT else ""
    kind = ' class="read"' if reads else ""
    return f"<span{kind}>{escape(word)}{number}</span> "


def _answers(example: StoredExample) -> str:
    (answer, alone), right = example.answers, example.is_right
    verdict = "" if right is None else '<em class="right">✓ right</em>' if right else _wrong(example.right[0])
    without = f"without the {h_name(example.trace)}"
    other = f"the same {without}" if alone == answer else f"{without}: <b>{escape(alone)}</b>"
    verb = "writes" if isinstance(example.trace.answer, Written) else "says"
    return f'<p class="answer">The model {verb} <b>{escape(answer)}</b> {verdict}<br>{other}</p>'


def _wrong(right: str) -> str:
    return f'<em class="wrong">✗ wrong (right: {escape(right)})</em>'
