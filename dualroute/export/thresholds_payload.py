"""Payloads of the Thresholds tab: evaluation rows with the answer of every state, or a stored curve alone."""

import base64
import json
from typing import Any

import numpy as np

from dualroute.checkpoints import title_of
from dualroute.export.trace_payload import pack
from dualroute.report.passage_gate import TITLES
from dualroute.report.results import PERCENTAGES, default_entry, metric_of, metric_word
from dualroute.report.tables import caption
from dualroute.rows.gate_study import GateStudy
from dualroute.rows.stored import Facet, RowStudy

LENGTH_GROUPS = 4  # with about equally many rows each
WRITTEN = (
    "This checkpoint writes its answer. A written text is no sum of contributions, so another θ is another run of the "
    "decoder: no slider can answer it here. What was measured at a few θs stands below."
)
NO_ROWS = (
    "This checkpoint came without its evaluation rows, so only what was measured at some θs can be shown. "
    "`python -m dualroute rows {} --data FILE` makes them."
)


def rows_payload(study: RowStudy, name: str, early: bool, texts: dict | None = None, at_hand: bool = False) -> dict:
    """Return what `frontend/src/core/rows` reads: plain values, and arrays as base64 of little-endian numbers.

    early    whether the router sees x only, so that a closed gate saves the encoding of h
    texts    {id: {x, h}} of rows that a visitor supplied
    at_hand  whether the server can look texts up by id
    """
    steps, results = study.steps, study.results
    spans = bool((steps.labels < 0).all())
    wide = spans or len(results["labels"]) > 256
    margins = steps.margins if study.metric == "auc" else None
    return {
        "kind": "rows",
        "name": name,
        "title": title_of(name),
        "revision": results["revision"],
        "data": ", ".join(filter(None, (results.get("folder"), results["data"]))),
        "n": len(steps),
        "metric": study.metric,
        "word": metric_word(study.metric),
        "percent": study.metric in PERCENTAGES,
        "labels": list(results["labels"]),
        "spans": spans,
        "early": early,
        "ids": list(study.ids),
        "lengths": _bytes(steps.lengths, "<i4"),
        "readable": _bytes(steps.readable, "u1"),
        "gates": pack(steps.gates),
        "answers": _bytes(steps.answers, "<i4" if wide else "u1"),
        "wide": wide,
        "confidence": _bytes(np.round(steps.confidence * 65535), "<u2"),
        "scores": pack(steps.scores) if spans else None,
        "margins": None if margins is None else pack(margins),
        "right": _bytes(steps.labels, "<i2"),
        "operations": None if study.operations is None else _bytes(study.operations, "<f4"),
        "facets": [_facet(title, facet) for title, facet in _facets(study).items()],
        "direct": results["direct"],
        "merged": results["merged"],
        "entries": [_entry(entry, study.metric) for entry in results["thresholds"] if "random" in entry],
        "theta": float(results["default_threshold"]),
        "figure": _figure(results),
        "note": caption(results).replace("`", ""),
        "texts": texts,
        "atHand": at_hand,
    }


def gate_payload(study: GateStudy, name: str) -> dict:
    """Return what `frontend/src/core/rows/gate_rows.ts` reads, arrays as base64 of little-endian numbers."""
    results = study.results
    names = study.group_names
    questions, numbers = np.unique(study.questions, return_inverse=True)
    return {
        "kind": "gate",
        "name": name,
        "title": gate_title(name),
        "revision": results["revision"],
        "data": ", ".join(filter(None, (results.get("folder"), results["data"]))),
        "early": not results.get("full", True),
        "questions": len(questions),
        "groups": [[group, TITLES.get(group, group)] for group in names],
        "ids": list(study.ids),
        "lengths": _bytes(study.lengths, "<i4"),
        "group": _bytes([names.index(group) for group in study.groups.tolist()], "<i2"),
        "question": _bytes(numbers, "<i4"),
        "gates": pack(study.gates),
        "direct": pack(study.direct),
        "merged": pack(study.merged),
        "controls": {control: pack(values) for control, values in study.controls.items()},
        "theta": float(study.threshold),
        "note": _gate_note(study),
    }


def gate_title(name: str) -> str:
    """Return the title for readers of a gate of a language model."""
    return f"Language model, gate {title_of(name)}"


def _gate_note(study: GateStudy) -> str:
    count, results = len(np.unique(study.questions)), study.results
    return (
        f"{count:,} questions of {results['data']}, {len(study.gates):,} tokens of their given answers, each beside "
        f"{len(study.group_names) - 1} kinds of passages; gate {results['checkpoint']} {results['revision']}. "
        "Nats per token: lower is better, and the exponential is the perplexity. Intervals resample questions."
    )


def curve_payload(results: dict, name: str, why: str) -> dict:
    """Return the stored curve of a checkpoint without rows; `why` is a sentence that explains their absence."""
    return {
        "kind": "curve",
        "name": name,
        "title": title_of(name),
        "revision": results.get("revision", ""),
        "why": why,
        "figure": _figure(results),
        "word": metric_word(metric_of(results)),
        "note": caption(results).replace("`", "") + " " + _default_words(results),
    }


def nothing_measured_payload(name: str, why: str) -> dict:
    """Return the payload of a checkpoint without rows and without a stored curve."""
    plain = {"kind": "curve", "name": name, "title": title_of(name), "revision": "", "why": why}
    return plain | {"figure": None, "word": "", "note": ""}


def length_facet(lengths: np.ndarray) -> Facet:
    """Return the facet of rows by their number of tokens, in groups of about equal size; lengths is (N,)."""
    edges = np.unique(np.quantile(lengths, np.linspace(0, 1, LENGTH_GROUPS + 1)[1:-1]).astype(int))
    codes = np.searchsorted(edges, lengths, "left")
    present, codes = np.unique(codes, return_inverse=True)
    names = [_range_name(lengths[codes == code]) for code in range(len(present))]
    return Facet(tuple(names), codes)


def _range_name(lengths: np.ndarray) -> str:
    low, high = int(lengths.min()), int(lengths.max())
    return f"{low}–{high} tokens" if low < high else f"{low} token{'s' if low > 1 else ''}"


def _facets(study: RowStudy) -> dict[str, Facet]:
    labels = study.steps.labels
    classes = {} if (labels < 0).any() else {"class": Facet(tuple(study.results["labels"]), labels)}
    return classes | {"length": length_facet(study.steps.lengths)} | study.facets


def _facet(title: str, facet: Facet) -> dict:
    return {"title": title, "names": list(facet.names), "codes": _bytes(facet.codes, "<i2")}


def _entry(entry: dict, metric: str) -> dict:
    """Return the page's entry of a stored θ: what random and static gates reach at its share."""
    static = {name: gate[metric] for name, gate in entry["static"].items()}
    minus = {f"minus{name.title()}": entry[f"minus_{name}"] for name in ("random", "static", "direct")}
    return {
        "theta": entry["theta"],
        "share": entry["share"],
        "random": entry["random"][metric],
        "randomCi": entry["random"]["ci"],
        "static": static,
        **minus,
    }


def _figure(results: dict) -> dict:
    from dualroute.report.curves import curve_figure

    return json.loads(str(curve_figure(results).to_json()))


def _default_words(results: dict) -> str:
    entry, metric = default_entry(results), metric_of(results)
    return f"At the default θ = {entry.get('theta', results['default_threshold']):g}: {100 * entry[metric]:.1f}."


def _bytes(array: Any, kind: str) -> str:
    return base64.b64encode(np.ascontiguousarray(array, dtype=kind).tobytes()).decode()
