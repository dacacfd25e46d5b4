"""What as many random flips do: an effect means something only beside them. `assets/js/controls.js` mirrors it.

The fewest flips that change the answer: exact, for the answer is a sum. `assets/js/smallest.js` mirrors it.

An answer is another one as soon as any rival's score passes its own. What a flip adds to that margin does not depend
on the other flips, so for each rival the fewest flips are the tokens that add most; the smallest set of all is that of
the nearest rival. Of three flows a token takes the best one. A span's score has at most two tokens in it, and its
rival's two more, so no answer of a span needs more than four flips.


What would have happened otherwise: tokens sent another way, context left unread, and what chance does. No torch.

Everything here is replayed from a trace, so every outcome is exact; words that are edited are a rerun of the model.

"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from dualroute.compare.selection import (
    WORD_CLASSES,
    every,
    first,
    force,
    last,
    of_class,
    of_words,
    span,
    word_classes,
    words,
)
from dualroute.trace.policies import parts
from dualroute.trace.record import Trace
from dualroute.trace.replay import TOLERANCE, Outcome, replay, softmax
from dualroute.trace.spans import span_scores

DRAWS = 1000


@dataclass(frozen=True, eq=False)
class Controls:
    """An effect beside what chance does. An effect is a change of the probability of the answer there was before.

    effect    of the intervention;  draws (N,) the effects of random ones of the same size
    mean, low, high  of the draws: their mean, and the range that holds 95 % of them
    share     of the draws that move the answer at least as far, in the same direction
    size      how many tokens an intervention changes;  choices: among how many they are drawn
    """

    effect: float
    draws: np.ndarray
    mean: float
    low: float
    high: float
    share: float
    size: int
    choices: int


def random_flips(
    trace: Trace,
    flips: Mapping[int, str],
    policy=None,
    threshold=None,
    overrides=None,
    ignored=(),
    draws: int = DRAWS,
    seed: int = 0,
) -> Controls:
    """`flips` {token: flow} on top of a decision, beside random tokens sent by the same flows.

    Only flips that change a token's route count, and only tokens whose route would change are drawn: as many for each
    flow as the intervention has. Raises ValueError as `replay` does, and where no flip changes anything.
    """
    before = replay(trace, policy, threshold, overrides, ignored)
    wanted = _wanted(trace, before, flips)
    draw = np.random.default_rng(seed)
    pools = {flow: _elsewhere(trace, before, flow) for flow in wanted}
    sets = [draw_flips(draw, wanted, pools) for _ in range(draws)]

    def effect(flipped) -> float:
        after = replay(trace, before.policy, before.threshold, before.overrides | dict(flipped), ignored)
        return probability_of(trace, after, before) - before.probability

    return _summary(effect(flips), [effect(s) for s in sets], sum(wanted.values()), len(set().union(*pools.values())))


def random_unread(
    trace: Trace,
    unread: Iterable[int],
    policy=None,
    threshold=None,
    overrides=None,
    ignored=(),
    draws: int = DRAWS,
    seed: int = 0,
) -> Controls:
    """Context tokens `unread` on top of a decision, beside as many random ones of those that are read.

    Raises ValueError as `replay` does, and where all of them are unread already.
    """
    before = replay(trace, policy, threshold, overrides, ignored)
    pool = sorted(set(range(len(trace.context_tokens))) - set(before.ignored))
    size = len(set(unread) - set(before.ignored))
    if not size:
        raise ValueError("no token of the context would be left unread that is read now: there is no effect to compare")
    draw = np.random.default_rng(seed)

    def effect(tokens) -> float:
        left_out = (*before.ignored, *map(int, tokens))
        after = replay(trace, before.policy, before.threshold, before.overrides, left_out)
        return probability_of(trace, after, before) - before.probability

    sets = [draw.choice(pool, size, replace=False) for _ in range(draws)]
    return _summary(effect(unread), [effect(tokens) for tokens in sets], size, len(pool))


def probability_of(trace: Trace, outcome: Outcome, of: Outcome) -> float:
    """What `outcome` gives the answer of another outcome of the same trace: its class, or the same span."""
    if of.span is None:
        return float(outcome.probs[of.label_index])
    every = softmax(span_scores(outcome.logits, trace.spec.max_answer_length).ravel())
    return float(every[of.span[0] * len(trace.tokens) + of.span[1]])


def draw_flips(draw: np.random.Generator, wanted: Mapping[str, int], pools: Mapping[str, set[int]]) -> dict[int, str]:
    """Random tokens for each flow, none twice; `wanted` how many, `pools` the tokens that are not there yet."""
    flipped: dict[int, str] = {}
    for flow, count in wanted.items():
        left = sorted(pools[flow] - flipped.keys())
        flipped |= dict.fromkeys(draw.choice(left, min(count, len(left)), replace=False).tolist(), flow)
    return flipped


def _wanted(trace: Trace, before: Outcome, flips: Mapping[int, str]) -> dict[str, int]:
    """How many tokens the flips send by each flow, of those whose route they change."""
    changed = [flow for token, flow in flips.items() if token in _elsewhere(trace, before, flow)]
    if not changed:
        raise ValueError("no flip changes a token's route: there is no effect to compare")
    return {flow: changed.count(flow) for flow in trace.flows if flow in changed}


def _elsewhere(trace: Trace, before: Outcome, flow: str) -> set[int]:
    """The tokens that do not go by `flow` alone."""
    if flow not in trace.flows:
        raise ValueError(f"override to flow {flow!r}: this model has {', '.join(trace.flows)}")
    return set(np.flatnonzero(before.flow_weights[:, trace.flows.index(flow)] != 1).tolist())


def _summary(effect: float, draws: list[float], size: int, choices: int) -> Controls:
    values = np.asarray(draws)
    low, high = np.quantile(values, (0.025, 0.975))
    # Sums in another order differ in their last bits; a draw of the very same tokens counts as equal.
    share = np.mean(np.sign(effect) * values >= abs(effect) - 1e-12)
    return Controls(effect, values, float(values.mean()), float(low), float(high), float(share), size, choices)


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


__all__ = [
    "WORD_CLASSES",
    "Controls",
    "SmallestChange",
    "every",
    "first",
    "force",
    "last",
    "of_class",
    "of_words",
    "random_flips",
    "random_unread",
    "smallest_change",
    "span",
    "word_classes",
    "words",
]
