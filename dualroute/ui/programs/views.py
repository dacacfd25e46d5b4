"""Two views compared."""

from dualroute.interpret.comparison import Comparison, View
from dualroute.ui import handlers
from dualroute.ui.programs.checks import known_only, plain
from dualroute.ui.programs.decisions import DECISION, outcome_record


def compared(request: dict, other: dict) -> dict:
    """A and B: both outcomes, the probability of every answer in each, the tokens and the sentence that tells it all.

    other  what differs in B: checkpoint, x, h, image, policy, threshold, overrides, ignored
    """
    if not isinstance(other, dict) or not other:
        raise ValueError("say what differs in the other view: checkpoint, x, h, image, policy, threshold or overrides")
    known_only(other, ("checkpoint", "x", "h", "image", *DECISION), "the other view")
    pair = Comparison(_view(request), _view(_changed(request, other)))
    answers = {name: [plain(a), plain(b)] for name, (a, b) in pair.answers.items()}
    records = pair.to_frame().to_dict("records")
    return {
        "sentence": pair.sentence,
        "a": _seen(pair.a),
        "b": _seen(pair.b),
        "answers": answers,
        "tokens": [{name: plain(value) for name, value in record.items()} for record in records],
    }


def _view(request: dict) -> View:
    ignored = request.get("ignored") or ()
    if not isinstance(ignored, list | tuple):
        raise ValueError("ignored must be a list of the context tokens that are not read")
    return View(handlers.asked_for(request), ignored=tuple(ignored))


def _changed(request: dict, other: dict) -> dict:
    """B's request. Another text has other tokens: flips of A's are not taken over."""
    moved = {"x", "checkpoint"} & set(other)
    return request | ({"overrides": {}, "ignored": ()} if moved else {}) | other


def _seen(view: View) -> dict:
    spec, made = view.trace.spec, {"x": view.trace.x, "h": view.trace.h}
    made |= {"checkpoint": spec.checkpoint, "revision": spec.revision}
    if view.trace.generation:
        taken = {"policy": view.outcome.policy, "threshold": view.outcome.threshold}
        return made | taken | {"answer": view.answer, "flows": list(view.outcome.flows_taken)}
    return made | outcome_record(view.outcome, view.trace)
