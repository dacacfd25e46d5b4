"""The same rows under an earlier and a later checkpoint of a task, without their texts: the results JSON."""

import hashlib

import numpy as np

from dualroute.rows.stored import RowStudy
from dualroute.rows.threshold_index import ThresholdIndex
from dualroute.trace.spans import span_of

KIND, ROWS = "row_changes", 20


def row_changes(before: RowStudy, after: RowStudy, most: int = ROWS, data: str = "") -> dict:
    """Return the label, the answers and the tokens that read of `most` rows, chosen by a hash of their ids.

    before, after  stored rows of two checkpoints on one data file; each row is shown at the checkpoint's own θ
    Raises ValueError for studies without a common row.
    """
    ours = [_answers(study) for study in (before, after)]
    common = sorted(ours[0].keys() & ours[1].keys(), key=_hash)
    if not common:
        raise ValueError("the two files of rows have no row in common")
    rows = [{"id": name, "before": ours[0][name], "after": ours[1][name]} for name in common[:most]]
    right = {
        name: sum(part[row]["right"] for row in common) for name, part in zip(("before", "after"), ours, strict=True)
    }
    return {
        "kind": KIND,
        "task": after.results.get("task", ""),
        "data": data or after.results.get("data", ""),
        "metric": after.metric,
        "n": len(common),
        "right": right,
        "checkpoints": {"before": _named(before), "after": _named(after)},
        "rows": rows,
    }


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _named(study: RowStudy) -> dict:
    return {name: study.results[name] for name in ("checkpoint", "revision", "default_threshold")}


def _answers(study: RowStudy) -> dict[str, dict]:
    """{id: label, answer, its score, whether it is right, tokens that read, all tokens} at the default θ."""
    index = ThresholdIndex(study.steps, study.metric)
    result = index.at(study.results["default_threshold"])
    names, labels = study.results["labels"], study.steps.labels
    classes = bool((labels >= 0).all())
    return {
        study.ids[row]: {
            "label": names[labels[row]] if classes else "",
            "answer": names[result.answers[row]] if classes else _words(result.answers[row]),
            "score": round(float(result.scores[row]), 3),
            "right": bool(np.isclose(result.scores[row], 1)),
            "read": int(result.read[row]) * bool(study.steps.readable[row]),
            "tokens": int(study.steps.lengths[row]),
        }
        for row in range(len(study.steps))
    }


def _words(code: int) -> str:
    first, last = span_of(int(code))
    return f"token {first + 1}" if first == last else f"tokens {first + 1} to {last + 1}"
