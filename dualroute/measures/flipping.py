"""Flip the tokens that read the context to the direct flow, one by one: do gates and attributions find those in need?

Every token that reads the context (ρ > 0) is flipped, in some order, until none reads. The replay gives the outcome of
each step exactly, without a forward pass. Flips add up, so the best of all orders is that of their own effects.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dualroute.trace.answers import Span
from dualroute.trace.ledger import SumOfLogits
from dualroute.trace.outcome import Outcome
from dualroute.trace.record import Trace
from dualroute.trace.replay import routes_taken
from dualroute.trace.spans import best_span
from dualroute.values import seed_number, whole_number

FEWEST = 2  # tokens that read the context; fewer have only one order


@dataclass(frozen=True, eq=False)
class Flipped:
    """Flips of tokens (M,) in one order: scores and whether the answer changed (M+1,), after 0, 1, … M flips."""

    tokens: np.ndarray
    scores: np.ndarray
    changed: np.ndarray

    @property
    def drop(self) -> float:
        """Mean fall of the score below the routed one, over the share of flipped tokens."""
        return mean_over_share(self.scores[0] - self.scores)

    @property
    def changes(self) -> float:
        """How often the answer differs, over the share of flipped tokens."""
        return mean_over_share(self.changed.astype(np.float64))


@dataclass(frozen=True, eq=False)
class Flips:
    """Flips by the gate, by an attribution's scores of x, by their own effects (the best order), and at random.

    The score is the logit of the class that routing predicts, or the score of the span.
    """

    gate: Flipped
    attribution: Flipped
    contribution: Flipped
    random: tuple[Flipped, ...]

    @property
    def named(self) -> dict[str, Flipped]:
        """The orders that are not random."""
        return {"gate": self.gate, "attribution": self.attribution, "contribution": self.contribution}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Flips":
        """The flips of a parsed JSON object."""
        return cls(
            **{name: _flipped(data[name]) for name in ("gate", "attribution", "contribution")},
            random=tuple(map(_flipped, data["random"])),
        )


def reading_tokens(trace: Trace) -> np.ndarray:
    """(M,) the tokens that read the context under the trace's own decision."""
    return np.flatnonzero(routes_taken(trace).rho > 0)


def flips(trace: Trace, scores: np.ndarray, orders: int = 10, seed: int = 0) -> Flips | None:
    """Flip the tokens that read the context by scores (T,), and by the orders to compare with.

    None where logits are no sum, so that flips do not add up, and where fewer than FEWEST tokens read.
    """
    orders, seed = whole_number(orders, "orders"), seed_number(seed)
    if not isinstance(trace.ledger, SumOfLogits) or len(tokens := reading_tokens(trace)) < FEWEST:
        return None
    generators = (np.random.default_rng((seed, i)) for i in range(orders))
    return Flips(
        gate=flip(trace, _by(tokens, trace.gates)),
        attribution=flip(trace, _by(tokens, scores)),
        contribution=flip(trace, _by(tokens, effects(trace))),
        random=tuple(flip(trace, generator.permutation(tokens)) for generator in generators),
    )


def effects(trace: Trace) -> np.ndarray:
    """(T,) by how much each token's route raises the routed answer's score above that of the direct flow."""
    outcome = trace.replay()
    losses = _losses(trace, outcome)
    if outcome.span is None:
        return losses[:, outcome.class_index]
    totals = np.zeros(len(losses))  # a span's start scores at one token, its end at another
    for output, token in enumerate(outcome.span):
        totals[token] += losses[token, output]
    return totals


def flip(trace: Trace, tokens: Sequence[int] | np.ndarray) -> Flipped:
    """The replays after each further token of `tokens` is flipped to the direct flow."""
    outcome, order = trace.replay(), np.asarray(tokens, dtype=int)
    losses = _losses(trace, outcome)
    if isinstance(trace.answer, Span):
        longest, ends = trace.answer.longest, list(enumerate(outcome.span_ends))
        steps = list(_span_steps(outcome.logits, losses, order))
        scores = np.asarray([sum(logits[token, output] for output, token in ends) for logits in steps])
        changed = [best_span(logits, longest) != outcome.span for logits in steps]
    else:
        logits = outcome.logits - np.vstack([0 * losses[:1], np.cumsum(losses[order], axis=0)])  # (M+1,C)
        scores, changed = logits[:, outcome.class_index], logits.argmax(-1) != outcome.class_index
    return Flipped(order, scores, np.asarray(changed))


def mean_over_share(values: np.ndarray) -> float:
    """Mean of (M+1,) values after 0 … M flips, by trapezoids."""
    return float(np.trapezoid(values, dx=1 / (len(values) - 1)))


def _losses(trace: Trace, outcome: Outcome) -> np.ndarray:
    """(T,C) what each token's outputs lose when it alone is flipped to the direct flow."""
    return -trace.sums.changes(outcome)[trace.flows.index("direct")]


def _span_steps(logits: np.ndarray, losses: np.ndarray, tokens: np.ndarray) -> Iterator[np.ndarray]:
    """The scores (T,2) before and after each flip."""
    logits = logits.copy()
    yield logits.copy()
    for token in tokens:
        logits[token] -= losses[token]
        yield logits.copy()


def _by(tokens: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """`tokens` by their scores, the largest first, equal ones in order."""
    return tokens[np.argsort(-np.asarray(scores, dtype=np.float64)[tokens], kind="stable")]


def _flipped(data: Mapping[str, Any]) -> Flipped:
    return Flipped(
        np.asarray(data["tokens"], dtype=int),
        np.asarray(data["scores"], dtype=np.float64),
        np.asarray(data["changed"], dtype=bool),
    )
