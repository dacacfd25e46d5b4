"""Cards of the gallery: of a routed input, and of an answer that a language model wrote beside a passage."""

import re
from html import escape

from dualroute.compare.selection import word_text, words
from dualroute.compare.views import View
from dualroute.compare.word_flips import word_flips
from dualroute.export.gallery import Card
from dualroute.export.language_payload import page_places
from dualroute.export.saved_views import saved_language, saved_views, view_payload
from dualroute.export.trace_payload import h_name
from dualroute.numerals import signed
from dualroute.tasks import Task
from dualroute.trace.answers import Written
from dualroute.trace.attribution import StoredExample
from dualroute.trace.record import Trace
from dualroute.trace.replay import routes_taken

MOST_WORDS = 26  # of a text on its card
LEAST_EFFECT = 0.005  # change of probability that is printed below a word
CONTEXT_CHARACTERS = 140
LANGUAGE = "A language model with a passage"
RIGHT = '<em class="right">✓ right</em>'


def input_card(name: str, group: str, task: Task, note: str, example: StoredExample) -> Card:
    """Return the card of a stored example of a task. Raises ValueError for a trace that the page does not draw."""
    trace = example.trace
    view = view_payload(View(trace), [example.prediction, example.gate])
    view["payload"]["right"] = list(example.right)  # the page marks an answer by it
    body = _picture(trace) + _flipped_tiles(trace) + _context(trace) + _answers(example)
    return Card(name, group, task.title, task.question, note, body, saved_views(False), {"views": [view]})


def answer_card(name: str, answered: dict, fault: str) -> Card:
    """Return the card of a question that a language model answered.

    answered  a stored example of the tab Language model, see `LanguageExample` of the page's contract
    fault     what is wrong with the answer; empty where it is right
    """
    written = answered["written"]
    payload, routed, alone = written["payload"], written["routed"], written["direct"]
    verdict = '<em class="wrong">✗ not right</em>' if fault else RIGHT
    body = (
        _quoted("question", payload["prompt"])
        + _tiles(_answer_words(payload, routed["rho"]))
        + _quoted("passage", payload["passage"])
        + _said("writes", routed["text"], verdict, "without the passage", alone["text"])
    )
    data = {"written": written, "sources": answered["sources"]}
    question = "Which words of the answer came from the passage?"
    return Card(name, LANGUAGE, "Language model", question, fault, body, saved_language(), data)


def _answer_words(payload: dict, rho: list[float]) -> list[tuple[str, bool, float]]:
    """The words of an answer; one reads where a piece of it does. Places are those of a browser."""
    text, found = payload["answer"], []
    for word in re.finditer(r"\S+", text):
        ((start, end),) = page_places(text, [word.span()])
        inside = [t for t, (first, last) in enumerate(payload["offsets"]) if first < end and last > start]
        found.append((word.group(), any(rho[t] > 0 for t in inside), 0.0))
    return found


def _flipped_tiles(trace: Trace) -> str:
    """The words of x; below each by how much its flip moves the answer, where that is known without the model."""
    rho, effects = routes_taken(trace).rho, {}
    if trace.replayable:
        effects = {flip.tokens.start: flip.effect for flip in word_flips(trace)}
    reads = ((tokens, max(rho[t] for t in tokens) > 0) for tokens in words(trace))
    return _tiles([(word_text(trace, tokens), read, effects.get(tokens.start, 0.0)) for tokens, read in reads])


def _tiles(found: list[tuple[str, bool, float]]) -> str:
    tiles = "".join(_tile(*word) for word in found[:MOST_WORDS])
    return f'<p class="tiles">{tiles}{" …" if len(found) > MOST_WORDS else ""}</p>'


def _tile(word: str, reads: bool, effect: float) -> str:
    number = f"<small>{signed(100 * effect, 0)}</small>" if abs(effect) >= LEAST_EFFECT else ""
    kind = ' class="read"' if reads else ""
    return f"<span{kind}>{escape(word)}{number}</span> "


def _picture(trace: Trace) -> str:
    return f'<img src="{escape(trace.image)}" alt="the picture that words could look at">' if trace.image else ""


def _context(trace: Trace) -> str:
    return "" if not trace.h or trace.image else _quoted(h_name(trace), trace.h)


def _quoted(name: str, text: str) -> str:
    text = " ".join(text.split())
    text = text if len(text) <= CONTEXT_CHARACTERS else text[: CONTEXT_CHARACTERS - 1] + "…"
    return f'<p class="context"><b>{escape(name)}</b> {escape(text)}</p>'


def _answers(example: StoredExample) -> str:
    (answer, alone), right = example.answers, example.is_right
    verdict = "" if right is None else RIGHT if right else _wrong(example.right[0])
    verb = "writes" if isinstance(example.trace.answer, Written) else "says"
    return _said(verb, answer, verdict, f"without the {h_name(example.trace)}", alone)


def _said(verb: str, answer: str, verdict: str, without: str, alone: str) -> str:
    other = f"the same {without}" if alone == answer else f"{without}: <b>{escape(alone)}</b>"
    return f'<p class="answer">The model {verb} <b>{escape(answer)}</b> {verdict}<br>{other}</p>'


def _wrong(right: str) -> str:
    return f'<em class="wrong">✗ wrong (right: {escape(right)})</em>'
