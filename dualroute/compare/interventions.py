"""Interventions, replayed exactly from a trace: the fewest flips that change the answer, and random controls.

A flip adds to a rival's margin whatever the other flips are. So the fewest flips for a rival are the tokens that add
most, and the smallest set of all is that of the nearest rival. With three flows a token takes the best one. A span's
score depends on at most two tokens and its rival's on two more, so no span needs more than four flips. Random
interventions of the same size are the controls of an effect. `chance.ts` and `smallest.ts` in
`frontend/src/core` do the same on the page.
"""

import dataclasses
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
    read_flips,
    span,
    word_classes,
    words,
)
from dualroute.trace.answers import Span
from dualroute.trace.decision import Decision, check_ignored
from dualroute.trace.outcome import TOLERANCE, Outcome
from dualroute.trace.record import Trace
from dualroute.trace.replay import replay
from dualroute.values import indices, seed_number, whole_number

DRAWS, MAX_DRAWS = 1_000, 1_000_000


@dataclass(frozen=True, eq=False)
class Controls:
    """The effect of an intervention and those of random ones: changes of the probability of the answer before it.

    effect     of the intervention
    draws      (N,) effects of random interventions of the same size
    mean       mean of the draws
    low, high  the range that holds 95% of the draws
    share      share of the draws that move the answer at least as far, in the same direction
    size       number of tokens that an intervention changes
    choices    number of tokens that it is drawn from
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
    decision: Decision | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Controls:
    """`flips` {token: flow} on top of a decision, and random tokens sent by the same flows as controls.

    Only flips that change a token's route count, and only tokens whose route would change are drawn: as many for each
    flow as the intervention has. Raises ValueError as `replay` does, for no draws, and where no flip changes anything.
    """
    before, flips = replay(trace, decision), read_flips(trace, flips)
    draws, generator = whole_number(draws, "draws", 1, MAX_DRAWS), np.random.default_rng(seed_number(seed))
    counts = _counts(trace, before, flips)
    pools = {flow: _elsewhere(trace, before, flow) for flow in counts}
    sets = [draw_flips(generator, counts, pools) for _ in range(draws)]

    def effect(flipped: Mapping[int, str]) -> float:
        after = replay(trace, _flipped(trace, before, flipped))
        return trace.answer.probability_of(after, before) - before.probability

    choices = len({token for pool in pools.values() for token in pool})
    return _summary(effect(flips), [effect(flipped) for flipped in sets], sum(counts.values()), choices)


def random_unread(
    trace: Trace,
    unread: Iterable[int],
    decision: Decision | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Controls:
    """Context tokens `unread` on top of a decision, and as many random ones of those that are read as controls.

    Raises ValueError as `replay` does, for no draws, and where all of them are unread already.
    """
    before, tokens = replay(trace, decision), check_ignored(indices(unread, "unread"), len(trace.context_tokens))
    pool = sorted(set(range(len(trace.context_tokens))) - set(before.ignored))
    size = len(set(tokens) - set(before.ignored))
    if not size:
        raise ValueError("no token of the context would be left unread that is read now: there is no effect to compare")
    draws, generator = whole_number(draws, "draws", 1), np.random.default_rng(seed_number(seed))

    def effect(more: Iterable[int]) -> float:
        after = replay(trace, dataclasses.replace(before.decision, ignored=(*before.ignored, *more)))
        return trace.answer.probability_of(after, before) - before.probability

    sets = [generator.choice(pool, size, replace=False).tolist() for _ in range(draws)]
    return _summary(effect(tokens), [effect(drawn) for drawn in sets], size, len(pool))


def draw_flips(
    generator: np.random.Generator, counts: Mapping[str, int], pools: Mapping[str, set[int]]
) -> dict[int, str]:
    """{token: flow} at random, no token twice: `counts` tokens for each flow, from its pool."""
    flipped: dict[int, str] = {}
    for flow, count in counts.items():
        left = sorted(pools[flow] - flipped.keys())
        flipped |= dict.fromkeys(generator.choice(left, min(count, len(left)), replace=False).tolist(), flow)
    return flipped


def _flipped(trace: Trace, before: Outcome, flips: Mapping[int, str]) -> Decision:
    """The decision with these flips in the last layer, whose weights the answer is made of."""
    last_layer = trace.n_layers - 1
    return before.decision.with_overrides({(last_layer, token): flow for token, flow in flips.items()})


def _counts(trace: Trace, before: Outcome, flips: Mapping[int, str]) -> dict[str, int]:
    """{flow: number of tokens that the flips send by it}, of tokens whose route they change."""
    changed = [flow for token, flow in flips.items() if token in _elsewhere(trace, before, flow)]
    if not changed:
        raise ValueError("no flip changes a token's route: there is no effect to compare")
    return {flow: changed.count(flow) for flow in trace.flows if flow in changed}


def _elsewhere(trace: Trace, before: Outcome, flow: str) -> set[int]:
    """The tokens that do not take `flow` alone."""
    return set(np.flatnonzero(before.flow_weights[:, trace.flows.index(flow)] != 1).tolist())


def _summary(effect: float, draws: list[float], size: int, choices: int) -> Controls:
    values = np.asarray(draws)
    low, high = np.quantile(values, (0.025, 0.975))
    # Sums in another order differ in their last bits; a draw of the same tokens counts as equal.
    as_far = np.sign(effect) * values >= abs(effect) - 1e-12
    share = np.count_nonzero(as_far) / len(values)
    return Controls(effect, values, float(values.mean()), float(low), float(high), share, size, choices)


@dataclass(frozen=True, eq=False)
class SmallestChange:
    """The fewest flips {token: flow} to add to the overrides of a decision, and the outcomes without and with them."""

    flips: dict[int, str]
    before: Outcome
    after: Outcome


@dataclass(frozen=True, eq=False)
class _Rival:
    """Another answer.

    gap     by how much its score lies behind
    tokens  (n,) the tokens that its score or the answer's depends on
    gains   (R,n) what each token would add to the rival's lead by each flow
    """

    gap: float
    tokens: np.ndarray
    gains: np.ndarray


def smallest_change(trace: Trace, decision: Decision | None = None) -> SmallestChange | None:
    """The smallest set of flips that clearly changes the answer; None where no flips are enough.

    Among sets of one size it is the one that puts a rival furthest ahead. A span of other tokens is another answer,
    even where the words are the same. Raises ValueError as `replay` does, and where logits are no sum.
    """
    before = replay(trace, decision)
    changes, answer = trace.sums.changes(before), trace.answer
    rivals = _spans(before, changes, answer.longest) if isinstance(answer, Span) else _classes(before, changes)
    clear = TOLERANCE * max(1.0, float(np.abs(before.logits).max()))
    candidates = [flips for rival in rivals if (flips := _fewest(rival, clear))]
    if not candidates:
        return None
    _, _, chosen = min(candidates, key=lambda flips: flips[:2])
    flips = {token: trace.flows[flow] for token, flow in chosen.items()}
    return SmallestChange(flips, before, replay(trace, _flipped(trace, before, flips)))


def _fewest(rival: _Rival, clear: float) -> tuple[int, float, dict[int, int]] | None:
    """(number of flips, minus the lead they give, {token: flow index}); None where the rival stays behind."""
    best = rival.gains.max(0)
    order = np.argsort(-best, kind="stable")
    lead = np.cumsum(best[order]) - rival.gap
    enough = np.flatnonzero(lead > clear)
    if not len(enough):
        return None
    best_tokens = order[: enough[0] + 1]
    flows = rival.gains[:, best_tokens].argmax(0)
    return (
        len(best_tokens),
        -float(lead[enough[0]]),
        dict(zip(rival.tokens[best_tokens].tolist(), flows.tolist(), strict=True)),
    )


def _classes(before: Outcome, changes: np.ndarray) -> Iterator[_Rival]:
    answer, tokens = before.class_index, np.arange(len(changes[0]))
    for rival in range(len(before.logits)):
        if rival != answer:
            gap = float(before.logits[answer] - before.logits[rival])
            yield _Rival(gap, tokens, changes[..., rival] - changes[..., answer])


def _spans(before: Outcome, changes: np.ndarray, longest: int) -> Iterator[_Rival]:
    (start, end), scores = before.span_ends, before.logits
    top = scores[start, 0] + scores[end, 1]
    for i in range(len(scores)):
        for j in range(i, min(len(scores), i + longest)):
            if (i, j) != (start, end):
                tokens = np.unique([start, end, i, j])
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
