"""A given answer through both flows: teacher-forced, as a trace whose ledger replays any decision."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from dualroute.families.context_lm.display import word
from dualroute.families.context_lm.envelope import candidates
from dualroute.families.context_lm.flows import FlowOutput, read_text
from dualroute.families.context_lm.gates import Gate
from dualroute.families.context_lm.layout import Before
from dualroute.families.context_lm.mixing import probabilities, weights_of
from dualroute.trace.answers import NextTokens, Segment
from dualroute.trace.candidates import Candidates
from dualroute.trace.context import TextContext
from dualroute.trace.decision import Decision, check_places
from dualroute.trace.ledger import MixtureOfProbabilities
from dualroute.trace.policies import TWO_FLOWS
from dualroute.trace.record import Trace
from dualroute.trace.routing import Routing, TraceSpec

EXTRA = 4  # words of each flow that are candidates beside those on the envelope


@dataclass(frozen=True, eq=False)
class BothFlows:
    """The outputs (1,T,·) of both flows before each of the T tokens `ids` of an answer, and its gates (T,)."""

    ids: tuple[int, ...]
    direct: FlowOutput
    merged: FlowOutput
    gates: np.ndarray


@torch.inference_mode()
def read_both(model, gate: Gate, direct: Before, merged: Before, ids: Sequence[int]) -> BothFlows:
    """Send the same tokens through both flows."""
    one, other = (read_text(model, before, ids, gate.hears) for before in (direct, merged))
    gates, _ = gate(one, other)
    return BothFlows(tuple(ids), one, other, gates[0].numpy())


def make_trace(
    tokenizer, flows: BothFlows, inputs: tuple[Segment, Segment, Segment], spec: TraceSpec, notes: tuple[str, ...] = ()
) -> Trace:
    """Return the trace of a prompt, a passage and an answer whose tokens went through both flows.

    Raises ValueError for a decision that does not fit the answer.
    """
    check_places(spec.decision.overrides, 1, len(flows.ids))
    weights = weights_of(spec.decision, flows.gates)
    ledger = make_ledger(tokenizer, flows, spec.decision)
    routed = (weights * ledger.probs).sum(-1).astype(np.float32)
    scores = np.stack([1 - flows.gates, flows.gates], axis=-1).astype(np.float32)
    routing = Routing(2, (spec.router,), TWO_FLOWS, weights[None].astype(np.float32), scores[None])
    return Trace(inputs, routing, NextTokens(routed), spec, TextContext(1), ledger, notes)


def make_ledger(tokenizer, flows: BothFlows, decision: Decision) -> MixtureOfProbabilities:
    """Return the probability of every token on both flows, with the words that may be chosen in its place."""
    probs, numbers = [], []
    for place, given in enumerate(flows.ids):
        both = (flow.logits[0, place] for flow in (flows.direct, flows.merged))
        direct, merged = (probabilities(logits, decision.temperature) for logits in both)
        numbers.append(candidates(direct, merged, given, EXTRA))
        probs.append(torch.stack([direct, merged], dim=-1).numpy()[[given, *numbers[-1]]])
    ids = np.concatenate(numbers).astype(np.int32)
    names = {number: word(tokenizer, number) for number in set(ids.tolist())}
    chosen = Candidates(
        words=tuple(names[number] for number in ids.tolist()),
        ids=ids,
        counts=np.array([len(part) for part in numbers], dtype=np.int32),
        probs=np.concatenate([part[1:] for part in probs]).astype(np.float32),
        given=np.array(flows.ids, dtype=np.int32),
    )
    return MixtureOfProbabilities(np.stack([part[0] for part in probs]).astype(np.float32), chosen)


def perplexity(trace: Trace, decision: Decision | None = None) -> float:
    """Return the perplexity per token of the answer under a decision; open fields are as the trace was made."""
    return 1 / trace.replay(decision=decision).probability


def chosen_words(trace: Trace, decision: Decision | None = None) -> tuple[str, ...]:
    """Return the greedy choice at every position of the answer, given the tokens before it, under a decision."""
    found = candidates_of(trace)
    return tuple(found.words[place] for place in found.chosen(trace.replay(decision=decision).flow_weights))


def candidates_of(trace: Trace) -> Candidates:
    """Return the words that each position may choose. Raises ValueError for a trace without them."""
    if not isinstance(trace.ledger, MixtureOfProbabilities) or trace.ledger.candidates is None:
        raise ValueError("this trace does not hold the words that may be chosen")
    return trace.ledger.candidates
