"""Interventions, replayed exactly from a trace: the fewest flips that change the answer, and random controls.

What a flip adds to a rival's margin does not depend on the other flips. So for each rival the fewest flips are those
tokens that add most, and the smallest set of all is that of the nearest rival. Of three flows a token takes the best
one. A span's score has at most two tokens in it, and its rival's two more, so no span needs more than four flips. An
effect is shown beside the effects of random interventions of the same size. Editing words is a rerun of the model.
`assets/js/controls.js` and `assets/js/smallest.js` do the same on the page.
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
    span,
    word_classes,
    words,
)
from dualroute.trace.answers import Span
from dualroute.trace.decision import Decision
from dualroute.trace.outcome import TOLERANCE, Outcome
from dualroute.trace.policies import kappa_rho
from dualroute.trace.record import Trace
from dualroute.trace.replay import replay

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
    decision: Decision | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Controls:
    """`flips` {token: flow} on top of a decision, beside random tokens sent by the same flows.

    Only flips that change a token's route count, and only tokens whose route would change are drawn: as many for each
    flow as the intervention has. Raises ValueError as `replay` does, and where no flip changes anything.
    """
    before = replay(trace, decision)
    wanted = _wanted(trace, before, flips)
    draw = np.random.default_rng(seed)
    pools = {flow: _elsewhere(trace, before, flow) for flow in wanted}
    sets = [draw_flips(draw, wanted, pools) for _ in range(draws)]

    def effect(flipped) -> float:
        after = replay(trace, before.decision.with_overrides(flipped))
        return trace.answer.probability_of(after, before) - before.probability

    return _summary(effect(flips), [effect(s) for s in sets], sum(wanted.values()), len(set().union(*pools.values())))


def random_unread(
    trace: Trace,
    unread: Iterable[int],
    decision: Decision | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Controls:
    """Context tokens `unread` on top of a decision, beside as many random ones of those that are read.

    Raises ValueError as `replay` does, and where all of them are unread already.
    """
    before = replay(trace, decision)
    pool = sorted(set(range(len(trace.context_tokens))) - set(before.ignored))
    size = len(set(unread) - set(before.ignored))
    if not size:
        raise ValueError("no token of the context would be left unread that is read now: there is no effect to compare")
    draw = np.random.default_rng(seed)

    def effect(tokens) -> float:
        after = replay(trace, dataclasses.replace(before.decision, ignored=(*before.ignored, *map(int, tokens))))
        return trace.answer.probability_of(after, before) - before.probability

    sets = [draw.choice(pool, size, replace=False) for _ in range(draws)]
    return _summary(effect(unread), [effect(tokens) for tokens in sets], size, len(pool))


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


def smallest_change(trace: Trace, decision: Decision | None = None) -> SmallestChange | None:
    """The smallest set of flips after which the answer is another one, clearly; None where no flips are enough.

    Of sets of one size it takes the one that puts a rival furthest ahead. A span is another one when it is of other
    tokens, even where they are the same words. Raises ValueError as `replay` does.
    """
    before = replay(trace, decision)
    rivals = _spans(trace, before) if isinstance(trace.answer, Span) else _classes(trace, before)
    clear = TOLERANCE * max(1.0, float(np.abs(before.logits).max()))
    candidates = [flips for rival in rivals if (flips := _fewest(rival, clear))]
    if not candidates:
        return None
    _, _, chosen = min(candidates, key=lambda flips: flips[:2])
    flips = {token: trace.flows[flow] for token, flow in chosen.items()}
    after = replay(trace, before.decision.with_overrides(flips))
    return SmallestChange(flips, before, after)


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


def _changes(trace: Trace, before: Outcome) -> np.ndarray:
    """(R,T,C) what sending a token by each flow would add to the scores."""
    kappa, rho = kappa_rho(np.eye(len(trace.flows)))
    own, read = trace.direct_contributions.astype(np.float64), trace.sums.read(before.ignored)
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
        for j in range(i, min(len(scores), i + trace.answer.longest)):
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
