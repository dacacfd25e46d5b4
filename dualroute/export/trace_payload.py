"""Records as the page's inspector takes them: plain values, arrays as base64 of little-endian float32."""

import base64
import hashlib

import numpy as np

from dualroute.attribute.methods import METHODS
from dualroute.compare.selection import word_classes
from dualroute.trace.answers import Classes, Span, Written
from dualroute.trace.attribution import Attribution
from dualroute.trace.context import BackwardContext
from dualroute.trace.decision import Decision
from dualroute.trace.ledger import SumOfLogits
from dualroute.trace.outcome import Outcome
from dualroute.trace.policies import FLOWS, TITLES
from dualroute.trace.record import Trace

READOUTS = {Classes: "classification", Span: "span", Written: "generation"}  # as the page calls kinds of answers
LONGEST = 30  # tokens of an answer, as the page has it where answers are no spans
_NOTHING = np.zeros(0, np.float32)
POLICY_HELP = {
    "threshold": "a token reads when its gate is above θ",
    "weighted_threshold": "a token whose gate is above θ reads in proportion to its gate",
    "soft": "every token reads in proportion to its gate",
    "select": "every token takes the flow with the largest gate",
    "direct": "no token reads",
    "context": "every token uses only what it read",
    "merged": "every token reads",
}
BASELINES = {
    "pad": "the padding token",
    "mask": "the mask token",
    "zero": "a zero vector",
    "mean": "the mean embedding of all words",
    "text": "your own text",
}


def trace_payload(trace: Trace, attributed: bool = False) -> dict:
    """What the inspector draws. `attributed`: an attribution payload comes along, none need be asked for."""
    return {
        "key": trace_key(trace),
        "checkpoint": trace.spec.checkpoint,
        "x": trace.x,
        "h": trace.h,
        "tokens": list(trace.tokens),
        "contextTokens": list(trace.context_tokens),
        "flows": list(trace.flows),
        "labels": list(trace.labels),
        "gates": pack(trace.flow_gates[-1]),
        "attention": pack(_NOTHING if trace.attention is None else trace.attention),
        **_sums_payload(trace),
        **decision_payload(trace.spec.decision, trace.flows),
        "policies": [[name, TITLES[name], POLICY_HELP[name]] for name in page_policies(trace.flows)],
        "xName": trace.segment.name,
        "hName": h_name(trace),
        "notes": list(trace.notes),
        "made": made_by(trace),
        "attributed": attributed,
        "readout": READOUTS[type(trace.answer)],
        "contextKind": trace.spec.context,
        "maxAnswer": trace.answer.longest if isinstance(trace.answer, Span) else LONGEST,
        "offsets": page_offsets(trace),
        "image": trace.image,
        "wordClasses": {name: list(tokens) for name, tokens in word_classes(trace).items()},
        "written": written_payload(trace.answer) if isinstance(trace.answer, Written) else None,
    }


def page_draws(trace: Trace) -> bool:
    """Whether the page's scripts draw this trace: routes are flows, the answer a sum of logits or a written text."""
    return type(trace.answer) in READOUTS and set(trace.flows) <= set(FLOWS)


def decision_payload(decision: Decision, flows: tuple[str, ...]) -> dict:
    """A decision as the page takes it: overridden tokens with the index of their flow."""
    overrides = [[token, flows.index(flow)] for token, flow in decision.flips.items()]
    return {"policy": decision.policy, "threshold": decision.threshold, "overrides": overrides}


def _sums_payload(trace: Trace) -> dict:
    """The exact parts of the logits; empty strings where the answer is no sum, as the page's scripts expect it."""
    if not isinstance(trace.ledger, SumOfLogits):
        pooling = np.zeros(len(trace.tokens), np.float32)
        return {"pooling": pack(pooling)} | dict.fromkeys(("direct", "context", "bias"), "")
    sums = trace.ledger
    context = _NOTHING if sums.context is None else sums.context
    return {
        "pooling": pack(sums.pooling),
        "direct": pack(sums.direct),
        "context": pack(context),
        "bias": pack(sums.bias),
    }


def h_name(trace: Trace) -> str:
    """What is read besides x, for a sentence: of a recurrent encoder its second pass, whatever stood in h."""
    return "words that follow" if isinstance(trace.context, BackwardContext) else trace.spec.h_name


def written_payload(written: Written) -> dict:
    """What the inspector draws of a text that was written, N pieces."""
    return {
        "tokens": list(written.tokens),
        "text": written.text,
        "attention": pack(written.attention),
        "copied": written.copied.astype(float).tolist(),
        "probs": written.probs.astype(float).tolist(),
        "alternatives": dict(written.alternatives),
    }


def page_offsets(trace: Trace) -> list[list[int]]:
    """The tokens' places in x as a browser counts them: a character beyond U+FFFF is two of its units."""
    before = np.cumsum([0, *(1 + (ord(character) > 0xFFFF) for character in trace.x)])
    return before[np.asarray(trace.offsets, dtype=int).reshape(-1, 2)].tolist()


def answer_place(outcome: Outcome) -> str:
    """How the page and `parse_target` name a span: `3-5`, its first and its last token."""
    return "-".join(map(str, outcome.span or ()))


def answer_name(trace: Trace) -> str:
    """The predicted answer as the page and `parse_target` name it; empty for a written text, explained as a whole."""
    if not trace.replayable:
        return ""
    outcome = trace.replay()
    return outcome.label if outcome.span is None else answer_place(outcome)


def attribution_payload(trace: Trace, label: str, prediction: Attribution, gate: Attribution) -> dict:
    """Both attributions of a trace, with the request they answer: the page tells from it what has become stale.

    label  the class that is explained, or the place of the answer, `3-5`; empty for a text that was written
    """
    spec = trace.spec
    request = {
        "key": trace_key(trace),
        "policy": spec.policy,
        "threshold": spec.threshold,
        "overrides": [[token, flow] for token, flow in spec.overrides.items()],
        "label": label,
    }
    return {"request": request, "prediction": _scores(prediction), "gate": _scores(gate)}


def page_policies(flows: tuple[str, ...]) -> list[str]:
    """The policies a visitor can choose for a model with these flows."""
    return [name for name in POLICY_HELP if len(flows) == 3 or name not in ("select", "context")]


def trace_key(trace: Trace) -> str:
    """Short digest of what was traced: checkpoint and inputs, not the decision."""
    inputs = [trace.x, trace.h, *([trace.image] if trace.image else [])]
    return hashlib.sha256("\0".join([trace.spec.revision, *inputs]).encode()).hexdigest()[:12]


def made_by(trace: Trace) -> str:
    """One line that says what made the picture."""
    spec = trace.spec
    exact = "" if not trace.replayable else " Scores are exact sums of the stored contributions."
    return (
        f"Checkpoint {spec.checkpoint} ({spec.revision}), task {spec.task}, {spec.router} router per "
        f"{spec.granularity}, backbone {spec.backbone}.{exact}"
    )


def pack(array: np.ndarray) -> str:
    """Base64 of the array's float32 bytes, row by row."""
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode()


def _scores(attribution: Attribution) -> dict:
    delta = attribution.convergence_delta
    return {
        "scores": attribution.scores.astype(float).tolist(),
        "contextScores": attribution.context_scores.astype(float).tolist(),
        "methodTitle": METHODS[attribution.method].title if attribution.method in METHODS else attribution.method,
        "baselineTitle": BASELINES.get(attribution.baseline, attribution.baseline),
        "steps": attribution.steps,
        "delta": None if delta is None or np.isnan(delta) else float(delta),
        "change": float(attribution.value - attribution.baseline_value),
        "value": float(attribution.value),
        "baselineValue": float(attribution.baseline_value),
        "converged": attribution.converged,
    }
