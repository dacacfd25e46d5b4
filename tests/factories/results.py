"""Results of an evaluation, made up."""

import copy


def entry(value: float, metric: str = "accuracy") -> dict:
    return {metric: value, "ci": [round(value - 0.01, 4), round(value + 0.01, 4)]}


def difference(value: float, half: float = 0.005) -> dict:
    return {"difference": value, "ci": [round(value - half, 4), round(value + half, 4)]}


def at(theta: float, share: float, value: float, metric: str = "accuracy", **changes) -> dict:
    """An entry of one θ; `changes` replace differences."""
    differences = {"minus_random": difference(0.03), "minus_merged": difference(0.01), "minus_direct": difference(0.1)}
    static = {"constant": value - 0.03, "leading": value - 0.02}
    return entry(value, metric) | {
        "theta": theta,
        "share": share,
        "random": entry(round(value - 0.03, 4), metric),
        "static": {name: entry(round(score, 4), metric) | {"share": share} for name, score in static.items()},
        **differences,
        **changes,
    }


def results(metric: str = "accuracy", **changes) -> dict:
    """Routed 0.90 with a fifth of the tokens at the default θ; direct 0.80, merged 0.89."""
    made = {
        "task": "news",
        "n": 1200,
        "metric": metric,
        "data": "test.jsonl.gz",
        "checkpoint": "news",
        "revision": "0123456789ab",
        "rows_note": "",
        "skipped_empty_x": 0,
        "random_draws": 20,
        "default_policy": "threshold",
        "default_threshold": 0.4,
        "direct": entry(0.8, metric),
        "merged": entry(0.89, metric),
        "soft": entry(0.9, metric) | {"share": 0.3},
        "thresholds": [at(0.1, 0.5, 0.89, metric), at(0.4, 0.2, 0.9, metric), at(0.9, 0.05, 0.83, metric)],
        "oracle": entry(0.94, metric) | {"share": 0.1},
        "baselines": {"tfidf_x": entry(0.78, metric), "tfidf_xh": entry(0.85, metric)},
        "groups": {},
    }
    return copy.deepcopy(made) | changes


def with_default(metric: str = "accuracy", value: float = 0.9, **differences) -> dict:
    """Results whose entry at the default θ has these differences."""
    made = results(metric)
    made["thresholds"][1] = at(0.4, 0.2, value, metric, **differences)
    return made


def with_groups() -> dict:
    parts = {
        f"service {name}": {"n": n, "direct": entry(0.7), "merged": entry(value), "thresholds": [at(0.4, 0.2, value)]}
        for name, n, value in (("seen in training", 500, 0.92), ("unseen", 700, 0.81))
    }
    return results(groups=parts)
