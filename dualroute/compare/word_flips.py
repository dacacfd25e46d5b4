"""What one word's route is worth: the exact change of the answer's probability if all its pieces went the other way."""

from dataclasses import dataclass, replace

from dualroute.compare.selection import word_text, words
from dualroute.trace.decision import Decision
from dualroute.trace.outcome import Outcome
from dualroute.trace.record import Trace
from dualroute.trace.replay import replay


@dataclass(frozen=True, eq=False)
class WordFlip:
    """A word sent the other way, everything else as it was.

    text     the word as it is written in x
    tokens   its tokens
    reads    whether any of its pieces reads, wholly or in part
    effect   probability of the answer before the flip, after the flip minus before it; in [-1, 1]
    outcome  what the flip leads to
    """

    text: str
    tokens: range
    reads: bool
    effect: float
    outcome: Outcome


def word_flips(trace: Trace, decision: Decision | None = None) -> tuple[WordFlip, ...]:
    """Flip every word of x by itself, on top of a decision (default: the trace's own).

    A word that reads goes direct; another one takes the last flow, which uses all that can be read. For a span the
    effect is on the probability of the span that was the answer. Raises ValueError as `replay` does, and for a trace
    whose routes are no flows.
    """
    before = replay(trace, decision)
    rho = before.rho
    flips: list[WordFlip] = []
    for tokens in words(trace):
        reads = any(rho[t] > 0 for t in tokens)
        flow = trace.flows[0 if reads else -1]
        overrides = before.overrides | dict.fromkeys(tokens, flow)
        outcome = replay(trace, replace(before.decision, overrides=overrides))
        effect = trace.answer.probability_of(outcome, before) - before.probability
        flips.append(WordFlip(word_text(trace, tokens), tokens, reads, float(effect), outcome))
    return tuple(flips)
