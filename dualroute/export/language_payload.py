"""A trace of a language model as the tab "Language model" takes it: plain values, arrays as base64 of float32."""

import hashlib

import numpy as np

from dualroute.export.trace_payload import POLICY_HELP, decision_payload, pack, page_policies
from dualroute.trace.ledger import MixtureOfProbabilities
from dualroute.trace.policies import TITLES
from dualroute.trace.record import Trace


def language_payload(trace: Trace, full: bool, standard: float, limits: tuple[str, ...] = ()) -> dict:
    """What the page draws of an answer, given or written, and replays any decision from.

    full      whether the gate sees both flows;  standard  its own θ
    Raises ValueError for a trace without the words that each position may choose.
    """
    ledger, spec = trace.ledger, trace.spec
    if not isinstance(ledger, MixtureOfProbabilities) or ledger.candidates is None:
        raise ValueError("this trace does not hold the words that may be chosen")
    prompt, passage, answer = trace.inputs
    found = ledger.candidates
    return {
        "key": language_key(trace),
        "model": spec.backbone,
        "gate": spec.router,
        "revision": spec.revision,
        "full": full,
        "standard": standard,
        "prompt": prompt.text,
        "passage": passage.text,
        "answer": answer.text,
        "tokens": list(answer.tokens),
        "offsets": page_places(answer.text, answer.offsets),
        "gates": pack(trace.flow_gates[-1]),
        "probs": pack(ledger.probs),
        "words": list(found.words),
        "ids": found.ids.tolist(),
        "counts": found.counts.tolist(),
        "chances": pack(found.probs),
        "given": found.given.tolist(),
        **decision_payload(spec.decision, trace.flows),
        "temperature": spec.decision.temperature or 1.0,
        "policies": [[name, TITLES[name], POLICY_HELP[name]] for name in page_policies(trace.flows)],
        "notes": list(trace.notes),
        "limits": list(limits),
    }


def holds_candidates(trace: Trace) -> bool:
    """Whether a trace is of a prompt, a passage and an answer, with the words that each position may choose."""
    ledger = trace.ledger
    return len(trace.inputs) == 3 and isinstance(ledger, MixtureOfProbabilities) and ledger.candidates is not None


def language_key(trace: Trace) -> str:
    """Short digest of what was traced: model, texts, the answer's tokens and the temperature, not the route."""
    candidates = trace.ledger.candidates if isinstance(trace.ledger, MixtureOfProbabilities) else None
    given = [] if candidates is None else candidates.given.tolist()
    parts = [trace.spec.revision, trace.spec.router, *(one.text for one in trace.inputs), str(given)]
    parts.append(str(trace.spec.decision.temperature))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def page_places(text: str, offsets) -> list[list[int]]:
    """Places in a text as a browser counts them: a character beyond U+FFFF is two of its units."""
    before = np.cumsum([0, *(1 + (ord(character) > 0xFFFF) for character in text)])
    return before[np.asarray(offsets, dtype=int).reshape(-1, 2)].tolist()
