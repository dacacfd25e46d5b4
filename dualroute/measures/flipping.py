"""Whether gates and attributions say which tokens need the context: flip those that read it, one by one.

Every token that reads the context (ρ > 0) is flipped to the direct flow, in some order, until none reads. The replay
knows the outcome of each step exactly, so this costs no forward pass, and the best order of all is known too: flips
add up, so it is that of their own effects. Plain numpy.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dualroute.trace.policies import kappa_rho
from dualroute.trace.record import Trace
from dualroute.trace.replay import routes_taken
from dualroute.trace.spans import best_span

FEWEST = 2  # tokens that read the context; of fewer there is only one order


@dataclass(frozen=True, eq=False)
class Flipped:
    """Flips of tokens (M,) in one order: after 0, 1, … M of them the scores, and whether the answer changed, (M+1,)."""

    tokens: np.ndarray
    scores: np.ndarray
    changed: np.ndarray

    @property
    def drop(self) -> float:
        """By how much the score lies below the routed one, on average over the share of tokens flipped."""
        return mean_over_share(self.scores[0] - self.scores)

    @property
    def changes(self) -> float:
        """How often the answer is another, on average over the share of tokens flipped."""
        return mean_over_share(self.changed.astype(np.float64))


@dataclass(frozen=True, eq=False)
class Flips:
    """Flips by the gate, by an attribution's scores of x, by their own effects (the best order), and at random.

    The score is the logit of the class that was routed to, or the score of the span.
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
    def from_dict(cls, data: dict) -> "Flips":
        """Of a parsed JSON object."""
        return cls(
            **{name: _flipped(data[name]) for name in ("gate", "attribution", "contribution")},
            random=tuple(map(_flipped, data["random"])),
        )


def reading_tokens(trace: Trace) -> np.ndarray:
    """(M,) the tokens that read the context under the trace's own decision."""
    return np.flatnonzero(routes_taken(trace).rho > 0)


def flips(trace: Trace, scores: np.ndarray, orders: int = 10, seed: int = 0) -> Flips | None:
    """Flip the tokens that read the context by scores (T,), and by what these have to be compared with.

    None for a text that was written, which cannot be replayed, and where fewer than FEWEST tokens read.
    """
    tokens = reading_tokens(trace)
    if not trace.replayable or len(tokens) < FEWEST:
        return None
    generators = (np.random.default_rng((seed, i)) for i in range(orders))
    return Flips(
        gate=flip(trace, _by(tokens, trace.gates)),
        attribution=flip(trace, _by(tokens, scores)),
        contribution=flip(trace, _by(tokens, effects(trace))),
        random=tuple(flip(trace, generator.permutation(tokens)) for generator in generators),
    )


def effects(trace: Trace) -> np.ndarray:
    """(T,) what each token's way adds to the routed answer's score, compared with the direct flow."""
    answer, changes = trace.replay().answer, _changes(trace)
    if isinstance(answer, tuple):  # a span: its start scores at one token, its end at another
        return sum(np.eye(len(changes))[token] * changes[:, end] for end, token in enumerate(answer))
    return changes[:, answer]


def flip(trace: Trace, tokens: Sequence[int]) -> Flipped:
    """What the replay says after each further token of `tokens` is flipped to the direct flow."""
    outcome, tokens = trace.replay(), np.asarray(tokens, dtype=int)
    answer, changes = outcome.answer, _changes(trace)
    if isinstance(answer, tuple):
        steps = list(_span_steps(outcome.logits, changes, tokens))
        found = [best_span(logits, trace.answer.longest) for logits in steps]
        scores = [sum(logits[token, end] for end, token in enumerate(answer)) for logits in steps]
    else:
        steps = outcome.logits - np.vstack([0 * changes[:1], np.cumsum(changes[tokens], axis=0)])  # (M+1,C)
        found, scores = steps.argmax(-1).tolist(), steps[:, answer]
    return Flipped(tokens, np.asarray(scores), np.array([one != answer for one in found]))


def mean_over_share(values: np.ndarray) -> float:
    """Mean of (M+1,) values after 0 … M flips, by trapezoids."""
    return float(np.trapezoid(values, dx=1 / (len(values) - 1)))


def _changes(trace: Trace) -> np.ndarray:
    """(T,C) what each token's logits lose when it alone is flipped to the direct flow."""
    taken = routes_taken(trace)
    kappa, rho = kappa_rho(np.eye(len(trace.flows))[0])
    direct, read = trace.direct_contributions.astype(np.float64), trace.sums.read()
    return (taken.kappa - kappa)[:, None] * direct + (taken.rho - rho)[:, None] * read


def _span_steps(logits: np.ndarray, changes: np.ndarray, tokens: np.ndarray):
    """The scores (T,2) after each flip."""
    logits = logits.copy()
    yield logits.copy()
    for token in tokens:
        logits[token] -= changes[token]
        yield logits.copy()


def _by(tokens: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """`tokens` by their scores, the largest first; of equals the earlier one."""
    return tokens[np.argsort(-np.asarray(scores, dtype=np.float64)[tokens], kind="stable")]


def _flipped(data: dict) -> Flipped:
    return Flipped(
        np.asarray(data["tokens"], dtype=int),
        np.asarray(data["scores"], dtype=np.float64),
        np.asarray(data["changed"], dtype=bool),
    )
