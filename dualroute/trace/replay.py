"""The exact outcome of any decision, from a trace alone. `assets/js/replay.js` does the same arithmetic.

The route that an attribution holds along its path. Plain numpy.
"""

from dataclasses import dataclass

import numpy as np

from dualroute.trace.decision import check_ignored, check_overrides
from dualroute.trace.policies import flow_weights, parts
from dualroute.trace.record import Trace
from dualroute.trace.spans import best_span, span_scores, span_text

TOLERANCE = 1e-5  # float32 sums in another order may differ by this much, relative


@dataclass(frozen=True, eq=False)
class Route:
    """Which way every token goes.

    flow_weights   (T,R) after policy and overrides;  kappa, rho  (T,) weights of direct and context part
    flows_taken    T names; `mixed` where no flow has all the weight
    shares         mean weight of each flow over the tokens
    """

    flow_weights: np.ndarray
    kappa: np.ndarray
    rho: np.ndarray
    flows_taken: tuple[str, ...]
    shares: dict[str, float]
    policy: str
    threshold: float
    overrides: dict[int, str]


@dataclass(frozen=True, eq=False)
class Outcome(Route):
    """What a decision leads to.

    logits, probs  (C,) float64;  label, label_index  the largest of them. For a span (T,2), each column a softmax over
                   the tokens; `label` is then the answer's text, and label_index None
    probability    of `label`: among the classes, or among all spans that are allowed
    span           the answer's first and last token, for a readout of spans
    tie            the two largest logits, or scores of spans, are closer than rounding can tell apart
    ignored        context tokens that were taken out of the sum
    """

    logits: np.ndarray
    probs: np.ndarray
    label: str
    label_index: int | None
    tie: bool
    probability: float = float("nan")
    span: tuple[int, int] | None = None
    ignored: tuple[int, ...] = ()


def replay(trace: Trace, policy=None, threshold=None, overrides=None, ignored=()) -> Outcome:
    """`logits = b + Σ_t κ_t D_t + Σ_t ρ_t Σ_s K_ts` for another policy, θ or set of flipped tokens.

    The decision is that of `route`. `ignored` are indices of context tokens that are not read: their `K_ts` leave the
    sum, and nothing else changes. That is exact, and something else than the word's absence from the text: without it
    the other words would be encoded, looked at and routed anew, which is a rerun of the model.
    A span's scores are those of each token alone: `b + κ_t D_t + ρ_t Σ_s K_ts`.
    Raises ValueError as `route` does, for an index outside the context, and for a trace of a text that was written:
    there is nothing to add up.
    """
    if trace.readout == "generation":
        raise ValueError(
            "a written text cannot be replayed: a change of route is a rerun; use router.trace with another policy, "
            "θ or overrides"
        )
    ignored = check_ignored(ignored, len(trace.context_tokens))
    taken = route(trace, policy, threshold, overrides)
    logits_of, answer = (_span_logits, _span) if trace.readout == "span" else (_class_logits, _class)
    logits = logits_of(trace, taken, *_contributions(trace, ignored))
    return Outcome(**vars(taken), **answer(trace, logits), ignored=ignored)


def route(trace: Trace, policy: str | None = None, threshold: float | None = None, overrides=None) -> Route:
    """The way of every token under a policy, θ and flipped tokens.

    What is not given is as the trace was made: its policy, its threshold, its overrides. `overrides` maps a
    token's index (from 0) to a flow; `{}` takes all flips back. Raises ValueError for an unknown policy or
    flow, a θ outside [0, 1] or an index outside the tokens.
    """
    spec = trace.spec
    policy = spec.policy if policy is None else policy
    threshold = spec.threshold if threshold is None else threshold
    overrides = dict(spec.overrides if overrides is None else overrides)
    weights = flow_weights(policy, trace.flow_gates[-1].astype(np.float64), threshold)
    for token, flow in check_overrides(overrides, len(trace.tokens), trace.flows).items():
        weights[token] = np.eye(len(trace.flows))[flow]
    kappa, rho = parts(weights)
    return Route(
        flow_weights=weights,
        kappa=kappa,
        rho=rho,
        flows_taken=tuple(_taken(row, trace.flows) for row in weights),
        shares=dict(zip(trace.flows, weights.mean(0).tolist(), strict=True)),
        policy=policy,
        threshold=float(threshold),
        overrides=overrides,
    )


def softmax(logits: np.ndarray, axis: int = -1) -> np.ndarray:
    """Softmax over an axis, the last if not given."""
    exponents = np.exp(logits - logits.max(axis, keepdims=True))
    return exponents / exponents.sum(axis, keepdims=True)


def _class(trace: Trace, logits: np.ndarray) -> dict:
    """The fields of an `Outcome` that follow from logits (C,)."""
    probs = softmax(logits)
    best = int(np.argmax(logits))
    found = {"label": trace.labels[best], "label_index": best, "probability": float(probs[best])}
    return {"logits": logits, "probs": probs, "tie": _is_tie(logits)} | found


def _span(trace: Trace, logits: np.ndarray) -> dict:
    """The fields of an `Outcome` that follow from scores (T,2) to start and to end the answer."""
    longest = trace.spec.max_answer_length
    span, summed = best_span(logits, longest), span_scores(logits, longest).ravel()
    found = {"label": span_text(trace.x, trace.offsets, span), "label_index": None, "span": span}
    probability = float(softmax(summed)[span[0] * len(logits) + span[1]])
    return {"logits": logits, "probs": softmax(logits, 0), "tie": _is_tie(summed), "probability": probability} | found


def _class_logits(trace: Trace, taken: Route, direct: np.ndarray, read: np.ndarray) -> np.ndarray:
    return trace.bias + taken.kappa @ direct + taken.rho @ read


def _span_logits(trace: Trace, taken: Route, direct: np.ndarray, read: np.ndarray) -> np.ndarray:
    return trace.bias + taken.kappa[:, None] * direct + taken.rho[:, None] * read


def _contributions(trace: Trace, ignored: tuple[int, ...] = ()) -> tuple[np.ndarray, np.ndarray]:
    """D and K summed over the context that is read, (T,C) each, float64."""
    read = np.delete(trace.context_contributions.astype(np.float64), list(ignored), axis=1).sum(1)
    return trace.direct_contributions.astype(np.float64), read


def _taken(weights: np.ndarray, flows: tuple[str, ...]) -> str:
    return flows[int(np.argmax(weights))] if weights.max() == 1 else "mixed"


def _is_tie(logits: np.ndarray) -> bool:
    if len(logits) < 2:
        return False
    second, first = np.sort(logits)[-2:]
    size = np.abs(logits[np.isfinite(logits)]).max()
    return bool(first - second <= TOLERANCE * max(1.0, float(size)))


def held_route(trace: Trace) -> tuple[np.ndarray, np.ndarray]:
    """The route along the path, `weights = held + free·gates`: held (T,R), free (T,1), float32.

    A step has no gradient that says anything, so what a hard policy decided in the trace is held. `soft`
    leaves the gates free; `weighted_threshold` holds which tokens are open and leaves the weight of those free
    (a closed token gives all weight to the direct flow); a flipped token is held.
    """
    outcome = route(trace)
    held = outcome.flow_weights.astype(np.float32)
    free = np.zeros((len(trace.tokens), 1), dtype=np.float32)
    if outcome.policy == "soft":
        free[:] = 1
    elif outcome.policy == "weighted_threshold":
        free[:, 0] = outcome.rho > 0
    free[list(outcome.overrides)] = 0
    return held * (1 - free), free
