"""What as many random flips do: an effect means something only beside them. `assets/js/controls.js` mirrors it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from dualroute.interpret.replay import Outcome, replay, softmax
from dualroute.interpret.spans import span_scores
from dualroute.interpret.trace import Trace

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
