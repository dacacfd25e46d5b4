"""Reading traces of version 0.4 (schema 1): one flat record, where empty arrays stood for what a model lacks."""

from typing import Any

import numpy as np

from dualroute.trace.answers import Answer, Classes, Segment, Span, Written
from dualroute.trace.context import BackwardContext, Context, ImageContext, ItemsContext, TextContext
from dualroute.trace.decision import route_indices
from dualroute.trace.ledger import SumOfLogits
from dualroute.trace.policies import flow_weights
from dualroute.trace.record import Routing, Trace, TraceSpec

NEEDED = ("x", "h", "tokens", "context_tokens", "flows", "flow_gates", "pooling", "attention", "direct_contributions")
NEEDED += ("context_contributions", "bias", "labels", "logits", "probs", "spec")


def read_trace(data: dict[str, Any]) -> Trace:
    """The trace of a parsed JSON object of schema 1. Raises ValueError, naming what is missing or does not fit."""
    missing = [name for name in NEEDED if name not in data]
    if missing:
        raise ValueError(f"not a trace: {', '.join(missing)} missing")
    spec, old = TraceSpec.from_dict(data["spec"]), data["spec"]
    offsets = tuple(map(tuple, data.get("offsets", ())))
    x = Segment(old.get("x_name", "text"), data["x"], tuple(data["tokens"]), offsets)
    h = Segment(spec.h_name, data["h"], tuple(data["context_tokens"]))
    context = _context(data, spec)
    inputs = (x,) if isinstance(context, BackwardContext) else (x, h)
    answer = _answer(data, old)
    return Trace(
        inputs, _routing(data, spec), answer, spec, context, _ledger(data, context), tuple(data.get("notes", ()))
    )


def _routing(data: dict[str, Any], spec: TraceSpec) -> Routing:
    scores, flows = _array(data["flow_gates"]), tuple(data["flows"])
    if scores.ndim != 3 or scores.shape[1:] != (len(data["tokens"]), len(flows)):
        raise ValueError(f"flow_gates has shape {scores.shape}, expected (L, {len(data['tokens'])}, {len(flows)})")
    weights = flow_weights(spec.policy, scores.astype(np.float64), spec.threshold)
    for place, flow in route_indices(spec.decision.overrides, *scores.shape[:2], flows).items():
        weights[place] = np.eye(len(flows))[flow]
    layers = ("router",) if len(scores) == 1 else tuple(f"router {layer}" for layer in range(len(scores)))
    return Routing(0, layers, flows, weights.astype(np.float32), scores)


def _context(data: dict[str, Any], spec: TraceSpec) -> Context | None:
    if not data["context_tokens"]:
        return None
    attention = _array(data["attention"])
    if spec.context == "backward":
        return BackwardContext(0, attention)
    if spec.context == "image":
        return ImageContext(1, attention, data.get("image", ""))
    return (ItemsContext if spec.context == "items" else TextContext)(1, attention)


def _answer(data: dict[str, Any], old: dict[str, Any]) -> Answer:
    if data.get("generation"):
        written = data["generation"]
        arrays = {name: _array(written[name]) for name in ("attention", "copied", "probs")}
        return Written(**written | arrays | {"tokens": tuple(written["tokens"])})
    logits, probs = _array(data["logits"]), _array(data["probs"])
    if data.get("readout") == "span":
        return Span(logits, probs, old.get("max_answer_length", 30))
    return Classes(tuple(data["labels"]), logits, probs)


def _ledger(data: dict[str, Any], context: Context | None) -> SumOfLogits | None:
    if data.get("generation"):
        return None
    tokens, outputs = len(data["tokens"]), len(data["labels"])
    direct, pooling = _array(data["direct_contributions"]), _array(data["pooling"])
    read = None if context is None else _array(data["context_contributions"])
    return SumOfLogits(direct.reshape(tokens, outputs), read, _array(data["bias"]), pooling)


def _array(value: Any) -> np.ndarray:
    return np.asarray(value, dtype=np.float32)
