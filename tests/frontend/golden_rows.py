"""Evaluation rows at several θs, as Python measures them."""

from functools import cache

import numpy as np
from factories.corpora import make_corpus, make_span_corpus

from dualroute.evaluation.bootstrap import RowBootstrap
from dualroute.evaluation.row_study import Description, facet, study
from dualroute.evaluation.statistics import AreaUnderCurve
from dualroute.export.thresholds_payload import rows_payload
from dualroute.rows.threshold_index import ThresholdIndex, halves

LABELS = ["World", "Sports", "Business", "Sci/Tech"]
THETAS = (0.0, 0.1, 0.25, 0.5, 0.731, 0.99, 1.0)
CHANGES = {"worse": -1, "other": 0, "better": 1}


@cache
def studies() -> dict:
    return {
        "classes": make_study(make_corpus(rows=120), "accuracy", LABELS),
        "equal gates": make_study(make_corpus(rows=80, seed=1, coarse=True), "accuracy", LABELS),
        "area": make_study(make_corpus(rows=160, classes=2, seed=2), "auc", LABELS[:2]),
        "spans": make_study(make_span_corpus(rows=40, seed=3), "f1", ["start", "end"]),
    }


def make_study(corpus, metric: str, labels: list[str]):
    corpus.gates[:] = corpus.gates.astype(np.float32)  # as a model's are
    head = {"task": "news", "checkpoint": "news", "revision": "0", "labels": labels, "data": "made", "rows_note": ""}
    head |= {"default_policy": "threshold", "default_threshold": 0.4, "skipped_empty_x": 0}
    ids = [f"row-{i}" for i in range(len(corpus))]
    parts = {"number": facet(["odd", "even"] * (len(corpus) // 2))}
    return study(corpus, ids, Description(head, metric, 0.4), parts, 2)


def rows() -> dict:
    return {name: rows_case(found) for name, found in studies().items()}


def rows_case(found) -> dict:
    index = ThresholdIndex(found.steps, found.metric)
    calibration, kinds = index.calibration(0.7), index.changed(0.2, 0.7)
    first, second = (ThresholdIndex(found.steps.subset(half), found.metric) for half in halves(len(found.steps)))
    grid = np.linspace(0, 1, 51)
    curve = first.curve(grid)
    wanted = float(first.quality(0.4)) - 1e-6
    payload = rows_payload(found, "news", False)
    return {
        "payload": payload | {"figure": {"data": [], "layout": {}}},
        "at": [at_theta(index, theta) for theta in THETAS],
        "calibration": {"counts": calibration.counts.tolist(), "error": float(calibration.error)},
        "changes": {name: np.flatnonzero(kinds == kind).tolist() for name, kind in CHANGES.items()},
        "parts": [numbers(part) for part in index.facets(0.7, found.facets["number"].codes).values()],
        "curve": {
            "thetas": grid.tolist(),
            "shares": list(map(float, curve.shares)),
            "qualities": list(map(float, curve.qualities)),
        },
        "halves": [
            [[float(half.quality(theta)), float(half.share(theta))] for half in (first, second)] for theta in THETAS
        ],
        "wanted": wanted,
        "intervals": intervals(found, index),
    }


def quality_and_share(index: ThresholdIndex, theta: float) -> list[float]:
    return [float(index.quality(theta)), float(index.share(theta))]


def numbers(part: dict) -> dict:
    return {name: float(value) for name, value in part.items()}


def at_theta(index: ThresholdIndex, theta: float) -> dict:
    at = index.at(theta)
    found = {"quality": float(at.quality), "share": float(at.share), "reading": float(at.reading_rows)}
    return {"theta": theta, "answers": at.answers.tolist(), "read": at.read.tolist()} | found


def intervals(found, index: ThresholdIndex) -> list:
    """Of the quality at θ = 0.6, and of its difference to θ = 0; the page's draws are others."""
    key = "margins" if found.metric == "auc" else "scores"
    one, other = (getattr(found.steps, key)[index.states(theta)] for theta in (0.6, 0.0))
    statistic = AreaUnderCurve(found.steps.labels == 1) if key == "margins" else None
    bootstrap = RowBootstrap(len(found.steps), statistic=statistic)
    return [list(bootstrap.estimate(one)["ci"]), list(bootstrap.difference(one, other)["ci"])]
