"""Traces of a tiny language model, and what Python finds for decisions about them."""

from collections.abc import Iterator

import numpy as np
from factories.language_models import PASSAGE, PROMPT, language_model

from dualroute.compare.views import Comparison, View
from dualroute.export.language_payload import language_payload
from dualroute.families.context_lm.tracing import candidates_of, chosen_words, perplexity
from dualroute.trace.decision import Decision, read_overrides
from dualroute.trace.record import Trace

OTHER = "the striker won, said 王 in Nairobi"
ANSWER = "the striker scored naïvely, said 王 🎉 in Nairobi"


def language() -> dict:
    """Payloads, decisions about them, and the greedy choice at many ρ."""
    lm = language_model(scale=4.0)
    traces = {"cold": lm.trace(PROMPT, PASSAGE, ANSWER, decision=Decision(temperature=0.5))}
    traces["plain"] = lm.trace(PROMPT, PASSAGE, ANSWER)
    traces["other"] = lm.trace(PROMPT, "Rain in Nairobi.", OTHER)
    payloads = {name: language_payload(trace, True, 0.3, lm.limits) for name, trace in traces.items()}
    cases = [case for name, trace in traces.items() for case in _cases(name, trace)]
    greedy = [_greedy(name, trace) for name, trace in traces.items()]
    return {"payloads": payloads, "cases": cases, "greedy": greedy, "pairs": list(_pairs(traces))}


def _pairs(traces: dict[str, Trace]) -> Iterator[dict]:
    """Two θ, two rules with a flip, two temperatures, two answers beside two passages; as `Comparison` has them."""
    views = [
        (("plain", "threshold", 0.6, {}), ("plain", "threshold", 0.2, {})),
        (("plain", "direct", 0.3, {}), ("plain", "soft", 0.3, {1: "direct"})),
        (("plain", "merged", 0.3, {}), ("cold", "merged", 0.3, {})),
        (("plain", "threshold", 0.3, {}), ("other", "threshold", 0.3, {0: "merged"})),
    ]
    for pair in views:
        a, b = (View(traces[name], policy, theta, flips) for name, policy, theta, flips in pair)
        found = Comparison(a, b)
        words = [chosen_words(view.trace, view.decision) for view in (a, b)]
        both = [column.pair for column in found.columns if column.pair]
        yield {
            "views": [
                {"trace": n, "policy": p, "theta": t, "overrides": [[i, a.trace.flows.index(f)] for i, f in o.items()]}
                for n, p, t, o in pair
            ],
            "columns": [[-1 if c.a is None else c.a, -1 if c.b is None else c.b, c.change] for c in found.columns],
            "rerouted": [list(column.pair) for column in found.rerouted if column.pair],
            "rechosen": [list(one) for one in both if words[0][one[0]] != words[1][one[1]]],
            "perplexities": [perplexity(view.trace, view.decision) for view in (a, b)],
        }


def _cases(name: str, trace: Trace) -> Iterator[dict]:
    gate = float(trace.gates[2])
    flips = {1: "merged", 2: "direct", 5: "merged"}
    for policy in ("threshold", "weighted_threshold", "soft", "direct", "merged"):
        for theta, overrides in ((0.2, {}), (gate, {}), (float(np.nextafter(gate, 0)), flips)):
            decision = Decision(policy, theta, read_overrides(overrides))
            outcome = trace.replay(decision=decision)
            yield {
                "trace": name,
                "policy": policy,
                "theta": theta,
                "overrides": [[t, trace.flows.index(flow)] for t, flow in overrides.items()],
                "rho": outcome.flow_weights[:, 1].tolist(),
                "probs": outcome.probs.tolist(),
                "perplexity": perplexity(trace, decision),
                "chosen": list(chosen_words(trace, decision)),
            }


def _greedy(name: str, trace: Trace) -> dict:
    rhos = np.linspace(0, 1, 41)
    found = candidates_of(trace)
    tokens = len(trace.tokens)
    weights = [np.repeat([[1 - rho, rho]], tokens, axis=0) for rho in rhos]
    return {"trace": name, "rhos": rhos.tolist(), "ids": [found.ids[found.chosen(one)].tolist() for one in weights]}
