"""The fewest flips that change the answer: exact, for the answer is a sum. `assets/js/smallest.js` mirrors it.

An answer is another one as soon as any rival's score passes its own. What a flip adds to that margin does not depend
on the other flips, so for each rival the fewest flips are the tokens that add most; the smallest set of all is that of
the nearest rival. Of three flows a token takes the best one. A span's score has at most two tokens in it, and its
rival's two more, so no answer of a span needs more than four flips.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dualroute.interpret.replay import TOLERANCE, Outcome, replay
from dualroute.interpret.trace import Trace
from dualroute.policies import parts


@dataclass(frozen=True, eq=False)
class SmallestChange:
    """flips: {token: flow} to add to the overrides, as few as can be; before, after: the outcome without and with."""

    flips: dict[int, str]
    before: Outcome
    after: Outcome


@dataclass(frozen=True, eq=False)
class _Rival:
    """Another answer: `gap`, by how much it is behind; gains (R,n), what each flow of each of `tokens` would add."""

    gap: float
    tokens: np.ndarray
    gains: np.ndarray


def smallest_change(trace: Trace, policy=None, threshold=None, overrides=None, ignored=()) -> SmallestChange | None:
    """The smallest set of flips after which the answer is another one, clearly; None where no flips are enough.

    Of sets of one size it takes the one that puts a rival furthest ahead. A span is another one when it is of other
    tokens, even where they are the same words. Raises ValueError as `replay` does.
    """
    before = replay(trace, policy, threshold, overrides, ignored)
    rivals = _spans(trace, before) if trace.readout == "span" else _classes(trace, before)
    clear = TOLERANCE * max(1.0, float(np.abs(before.logits).max()))
    found = [flips for rival in rivals if (flips := _fewest(rival, clear))]
    if not found:
        return None
    _, _, chosen = min(found, key=lambda flips: flips[:2])
    flips = {token: trace.flows[flow] for token, flow in chosen.items()}
    after = replay(trace, before.policy, before.threshold, before.overrides | flips, ignored)
    return SmallestChange(flips, before, after)


def _fewest(rival: _Rival, clear: float) -> tuple[int, float, dict[int, int]] | None:
    """(number of flips, minus the lead they give, {token: flow index}); None where the rival stays behind."""
    best = rival.gains.max(0)
    order = np.argsort(-best, kind="stable")
    lead = np.cumsum(best[order]) - rival.gap
    enough = np.flatnonzero(lead > clear)
    if not len(enough):
        return None
    taken = order[: enough[0] + 1]
    flows = rival.gains[:, taken].argmax(0)
    return len(taken), -float(lead[enough[0]]), dict(zip(rival.tokens[taken].tolist(), flows.tolist(), strict=True))


def _changes(trace: Trace, before: Outcome) -> np.ndarray:
    """(R,T,C) what sending a token by each flow would add to the scores."""
    kappa, rho = parts(np.eye(len(trace.flows)))
    own = trace.direct_contributions.astype(np.float64)
    read = np.delete(trace.context_contributions.astype(np.float64), list(before.ignored), axis=1).sum(1)
    by_kappa, by_rho = kappa[:, None] - before.kappa, rho[:, None] - before.rho
    return by_kappa[..., None] * own + by_rho[..., None] * read


def _classes(trace: Trace, before: Outcome) -> Iterator[_Rival]:
    changes, answer = _changes(trace, before), before.label_index
    tokens = np.arange(len(trace.tokens))
    for rival in range(len(trace.labels)):
        if rival != answer:
            gap = float(before.logits[answer] - before.logits[rival])
            yield _Rival(gap, tokens, changes[..., rival] - changes[..., answer])


def _spans(trace: Trace, before: Outcome) -> Iterator[_Rival]:
    changes, (start, end), scores = _changes(trace, before), before.span, before.logits
    top = scores[start, 0] + scores[end, 1]
    for i in range(len(scores)):
        for j in range(i, min(len(scores), i + trace.spec.max_answer_length)):
            if (i, j) != (start, end):
                tokens = np.asarray(sorted({start, end, i, j}))
                gains = changes[:, tokens, 0] * ((tokens == i) * 1.0 - (tokens == start))
                gains += changes[:, tokens, 1] * ((tokens == j) * 1.0 - (tokens == end))
                yield _Rival(float(top - scores[i, 0] - scores[j, 1]), tokens, gains)
