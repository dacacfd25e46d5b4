"""Pairs of views, alignments and interventions, as Python has them."""

from collections.abc import Iterator

import numpy as np

from dualroute.compare.alignment import align
from dualroute.compare.interventions import random_flips, random_unread, smallest_change
from dualroute.compare.views import Comparison, View
from dualroute.trace.decision import Decision
from dualroute.trace.record import Trace

from .golden_traces import traces, view_of


def decisions(trace: Trace) -> list[View]:
    return [
        View(trace),
        View(trace, threshold=0.3),
        View(trace, threshold=0.125, overrides={0: "direct", 2: "merged", 3: "merged", 5: "merged", 6: "merged"}),
        View(trace, "soft", ignored=(0, 2)),
        View(trace, "weighted_threshold", 0.2),
        View(trace, "merged", ignored=(1,)),
        View(trace, "direct", overrides={1: trace.flows[1]}),
    ]


def pairs() -> Iterator[dict]:
    """Two decisions on one input, other inputs and other models, and texts that were written."""
    for name in ("two flows", "three flows", "spans", "spans, three flows"):
        views = decisions(traces()[name])
        for a in views[:3]:
            for b in views:
                yield pair(name, a, name, b)
    before, after, other = (traces()[name] for name in ("before an edit", "after an edit", "another model"))
    for a in (View(before), View(before, "soft", overrides={1: "direct"})):
        for name, b in (
            ("after an edit", View(after, overrides={1: "merged"})),
            ("another model", View(other, threshold=0.1, ignored=(1,))),
        ):
            yield pair("before an edit", a, name, b)
            yield pair(name, b, "before an edit", a)
    yield pair("before an edit", View(before), "other weights", View(traces()["other weights"]))


def pair(one: str, a: View, two: str, b: View) -> dict:
    found = Comparison(a, b)
    frame = found.to_frame()
    names = ["contribution"] if "contribution_a" in frame else ["start_contribution", "end_contribution"]
    return {
        "a": view_of(one, a),
        "b": view_of(two, b),
        "sentence": found.sentence,
        "answers": [[name, *values] for name, values in found.answers.items()],
        "rerouted": [[c.a, c.b] for c in found.rerouted],
        "contributions": {side: frame[[f"{name}_{side}" for name in names]].to_numpy().tolist() for side in "ab"},
    }


def written_pairs() -> list[list[str]]:
    """[policy of B, sentence]: A is the text as it was written, under `threshold`."""
    trace = traces()["written"]
    others = {"threshold": View(trace), "direct": View(trace, "direct"), "merged": View(trace, "merged")}
    return [[policy, Comparison(View(trace), view).sentence] for policy, view in others.items()]


def alignments() -> list:
    draw = np.random.default_rng(0)
    sequences = [[draw.choice(list("abcd"), draw.integers(0, 12)).tolist() for _ in range(2)] for _ in range(60)]

    def place(i: int | None) -> int:
        return -1 if i is None else i

    return [[a, b, [[place(c.a), place(c.b), c.change] for c in align(a, b)]] for a, b in sequences]


def smallest() -> Iterator[dict]:
    for name in ("two flows", "three flows", "spans", "spans, three flows"):
        trace = traces()[name]
        for view in decisions(trace):
            at = view.outcome
            found = smallest_change(trace, Decision(at.policy, at.threshold, at.overrides, view.ignored))
            flips = None if found is None else sorted([t, trace.flows.index(flow)] for t, flow in found.flips.items())
            yield view_of(name, view) | {"flips": flips}


def controls() -> Iterator[dict]:
    """Effects beside random interventions of the same size; the draws differ, so only their distribution agrees."""
    for name in ("two flows", "three flows", "spans"):
        trace = traces()[name]
        flips = dict.fromkeys(range(3), "direct")
        for kind, found in (
            ("flips", random_flips(trace, flips, Decision("merged"), draws=2000)),
            ("unread", random_unread(trace, [0, 1], Decision("merged"), draws=2000)),
        ):
            numbers = {key: float(getattr(found, key)) for key in ("effect", "mean", "share", "size", "choices")}
            yield {
                "trace": name,
                "kind": kind,
                "error": float(4 * (found.draws.std() * np.sqrt(2 / 2000) + 1e-9)),
            } | numbers
