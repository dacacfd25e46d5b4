"""Upgrade traces that version 0.4 wrote (schema 1): flat records with empty arrays for absent parts."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from dualroute.trace.decision import read_overrides, route_indices
from dualroute.trace.policies import flow_weights
from dualroute.trace.reading import check_names, check_probabilities, read_array, read_list, read_object, read_texts

NEEDED = (
    *("x", "h", "tokens", "context_tokens", "flows", "flow_gates", "pooling", "attention", "direct_contributions"),
    *("context_contributions", "bias", "labels", "logits", "probs", "spec"),
)
SPEC = ("checkpoint", "revision", "task", "backbone", "router", "granularity", "context", "h_name")
LONGEST_ANSWER = 30  # tokens of a span where the record names no limit


def upgrade_spec(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The spec of schema 2, where the decision is an object of its own."""
    parts = {name: spec[name] for name in ("policy", "threshold", "overrides") if name in spec}
    decision: dict[str, Any] = {"overrides": {}, **parts}
    return {name: spec[name] for name in SPEC if name in spec} | {"decision": decision}


def upgrade_trace(data: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON object of schema 2. Raises ValueError, naming what is missing or has another shape."""
    check_names(data, NEEDED)
    old = read_object(data["spec"], "spec")
    offsets = data.get("offsets", ())
    x = {"name": old.get("x_name", "text"), "text": data["x"], "tokens": data["tokens"], "offsets": offsets}
    h = {"name": old.get("h_name", "context"), "text": data["h"], "tokens": data["context_tokens"], "offsets": ()}
    context = _context(data, old.get("context", "text"))
    reads_itself = context is not None and context["kind"] == "backward"
    return {
        "schema": 2,
        "inputs": [x] if reads_itself else [x, h],
        "routing": _routing(data, old),
        "answer": _answer(data, old),
        "context": context,
        "ledger": _ledger(data, context),
        "spec": upgrade_spec(old),
        "notes": data.get("notes", ()),
    }


def _routing(data: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """The router's probabilities, and the weights that follow from them by the old spec's policy and overrides."""
    scores, flows = read_array(data["flow_gates"], "flow_gates"), read_texts(data["flows"], "flows")
    tokens = len(read_list(data["tokens"], "tokens"))
    if scores.ndim != 3 or scores.shape[1:] != (tokens, len(flows)):
        raise ValueError(f"flow_gates has shape {scores.shape}, expected (L, {tokens}, {len(flows)})")
    check_probabilities(scores, "flow_gates", -1)
    check_names(old, ("policy", "threshold"), "the spec")
    weights = flow_weights(old["policy"], scores.astype(np.float64), old["threshold"])
    overrides = read_overrides(old.get("overrides"))
    for place, flow in route_indices(overrides, len(scores), tokens, flows).items():
        weights[place] = np.eye(len(flows))[flow]
    layers = ["router"] if len(scores) == 1 else [f"router {layer}" for layer in range(len(scores))]
    numbers: dict[str, Any] = {"weights": weights, "scores": scores, "segment": 0, "chosen_by": "policy"}
    return numbers | {"layers": layers, "routes": flows}


def _context(data: Mapping[str, Any], kind: str) -> dict[str, Any] | None:
    if not data["context_tokens"]:
        return None
    context = {"kind": kind, "segment": 0 if kind == "backward" else 1, "attention": data["attention"]}
    return context | ({"image": data.get("image", "")} if kind == "image" else {})


def _answer(data: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    if data.get("generation"):
        return {"kind": "written"} | data["generation"]
    scores = {"logits": data["logits"], "probs": data["probs"]}
    if data.get("readout") == "span":
        return scores | {"kind": "span", "longest": old.get("max_answer_length", LONGEST_ANSWER)}
    return scores | {"kind": "classes", "labels": data["labels"]}


def _ledger(data: Mapping[str, Any], context: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if data.get("generation"):
        return None
    read = None if context is None else data["context_contributions"]
    numbers = {"direct": data["direct_contributions"], "bias": data["bias"], "pooling": data["pooling"]}
    return numbers | {"kind": "sum_of_logits", "context": read}
