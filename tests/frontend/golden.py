"""What the page's arithmetic must agree with: inputs and Python's own results, for the tests of the front end.

`PYTHONPATH=tests python -m frontend.golden` writes the files of `frontend/golden`; a test checks that they are current.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from dualroute.app.schema import json_schema
from dualroute.compare.views import View
from dualroute.compare.word_flips import word_flips
from dualroute.export.trace_payload import page_policies, trace_payload
from dualroute.report.flow import flow_ribbons
from dualroute.trace.breakpoints import breakpoints
from dualroute.trace.outcome import Outcome

from .golden_compare import alignments, controls, pairs, smallest, written_pairs
from .golden_gates import gates
from .golden_language import language
from .golden_rows import rows
from .golden_traces import replayable, traces, view_of

FOLDER = Path(__file__).resolve().parents[2] / "frontend" / "golden"
THREE = ("direct", "context", "merged")


def replays() -> Iterator[dict]:
    """Every policy at several θs, without and with flips, and with context tokens left unread."""
    for name, trace in replayable().items():
        gate = float(trace.gates[0])
        flips = {t: trace.flows[t // 2 % len(trace.flows)] for t in range(0, len(trace.tokens), 2)}
        for policy in page_policies(trace.flows):
            yield outcome(name, View(trace, policy, 0.3))
        for theta in (gate, float(np.nextafter(gate, 0))):
            yield outcome(name, View(trace, "threshold", theta))
        yield outcome(name, View(trace, "soft", 0.3, flips))
        yield outcome(name, View(trace, "threshold", 0.3, flips, ignored=tuple(range(0, len(trace.context_tokens), 2))))


def outcome(name: str, view: View) -> dict:
    found = view.outcome
    return view_of(name, view) | {
        "logits": np.ravel(found.logits).tolist(),
        "kappa": found.kappa.tolist(),
        "rho": found.rho.tolist(),
        "weights": found.flow_weights.ravel().tolist(),
        "answer": found.label,
        "best": found.label_index if found.span is None else found.span[0] * len(found.kappa) + found.span[1],
        "probability": float(found.probability),
        "tie": bool(found.tie),
    }


def answers_over_theta() -> Iterator[dict]:
    for name, trace in replayable().items():
        thetas = np.linspace(0, 0.999, 25).tolist()
        yield {"trace": name, "thetas": thetas, "answers": [trace.replay(threshold=theta).label for theta in thetas]}


def stretches() -> Iterator[dict]:
    for name in ("two flows", "three flows", "equal sizes", "spans", "written", "shipped"):
        trace = traces()[name]
        for policy in ("threshold", "weighted_threshold"):
            for overrides in ({}, {0: "merged", 3: "direct"}):
                found = breakpoints(trace, policy, overrides).stretches
                flips = [[t, trace.flows.index(flow)] for t, flow in overrides.items()]
                yield {"trace": name, "policy": policy, "overrides": flips, "stretches": [stretch(s) for s in found]}


def stretch(found) -> dict:
    answered = isinstance(found.outcome, Outcome)  # a written text has routes alone
    return {
        "low": float(found.low),
        "high": float(found.high),
        "closed": list(found.closed),
        "answer": found.outcome.label if answered else None,
        "prob": float(found.outcome.probability) if answered else None,
        "share": float(found.outcome.rho.mean()),
    }


def ribbons() -> Iterator[dict]:
    for name in ("two flows", "three flows", "no context", "many tokens", "equal sizes", "spans"):
        trace = traces()[name]
        for policy in ("threshold", "soft", "merged"):
            view = View(trace, policy, 0.4, {0: "direct"})
            label = view.outcome.label_index if view.outcome.span is None else view.outcome.span
            found = flow_ribbons(trace, view.outcome, label)
            rows = [[ribbon.source, ribbon.target, bool(ribbon.positive), float(ribbon.value)] for ribbon in found]
            yield view_of(name, view) | {"ribbons": rows}


def flips_of_words() -> Iterator[dict]:
    """What flipping each word is worth, under several policies, with flips already made and context left unread."""
    for name, trace in replayable().items():
        for policy in page_policies(trace.flows):
            yield word_case(name, View(trace, policy, 0.3))
        overrides = {t: trace.flows[t % len(trace.flows)] for t in range(0, len(trace.tokens), 3)}
        yield word_case(name, View(trace, "threshold", 0.5, overrides, ignored=(0,) if trace.context_tokens else ()))


def word_case(name: str, view: View) -> dict:
    flips = word_flips(view.trace, view.outcome.decision)
    words = [
        {
            "text": flip.text,
            "from": flip.tokens.start,
            "to": flip.tokens.stop,
            "reads": flip.reads,
            "effect": flip.effect,
            "answer": flip.outcome.label,
        }
        for flip in flips
    ]
    return view_of(name, view) | {"words": words}


GOLDEN: dict[str, Callable[[], Any]] = {
    "traces": lambda: {name: trace_payload(trace) for name, trace in traces().items()},
    "replays": lambda: list(replays()),
    "theta": lambda: {"answers": list(answers_over_theta()), "stretches": list(stretches())},
    "flow": lambda: list(ribbons()),
    "pairs": lambda: {"pairs": list(pairs()), "written": written_pairs(), "aligned": alignments()},
    "changes": lambda: {"smallest": list(smallest()), "controls": list(controls())},
    "rows": rows,
    "gates": gates,
    "language": language,
    "words": lambda: list(flips_of_words()),
}


def without_nan(value: Any) -> Any:
    """The same with null for NaN, which JSON has not."""
    if isinstance(value, dict):
        return {name: without_nan(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(part) for part in value]
    return None if isinstance(value, float) and np.isnan(value) else value


def schema_text() -> str:
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "schema.json").write_text(schema_text(), encoding="utf-8")
    for name, make in GOLDEN.items():
        text = json.dumps(without_nan(make()), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
