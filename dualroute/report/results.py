"""Stored results: reading them, and the words for what is in them. Tables, curves and cards all start here."""

import json
from pathlib import Path

EVALUATION = "evaluation"
METRIC_WORDS = {
    "accuracy": "accuracy",
    "exact_match": "exact match",
    "f1": "token F1",
    "auc": "AUC",
    "rouge1": "ROUGE-1",
    "rouge2": "ROUGE-2",
    "rougeL": "ROUGE-L",
}
PERCENTAGES = ("accuracy", "exact_match")  # means of right and wrong; the others are scores, shown times 100
BASELINES = {
    "majority": "the most frequent label",
    "majority_of_x": "the label this x mostly has in training",
    "factorisation": "factorisation of ratings, new readers folded in",
    "nearest_label": "the label of the training row with the most similar x",
    "tfidf_x": "TF-IDF + logistic regression on x",
    "tfidf_h": "TF-IDF + logistic regression on h",
    "tfidf_xh": "TF-IDF + logistic regression on x and h",
    "nearest_sentence": "the sentence of x most like h, by TF-IDF",
    "first_words": "the first words of x",
    "random_span": "a random span of x",
}


def load_results(path: Path) -> dict:
    """A results JSON of `evaluate`. Raises FileNotFoundError, or ValueError when it is none."""
    results = _read_json(path)
    missing = [key for key in ("task", "n", "direct", "merged", "soft", "thresholds", "oracle") if key not in results]
    if missing:
        raise ValueError(f"{path} holds no results of an evaluation: {', '.join(missing)} missing")
    return results


def load_all(folder: Path) -> dict[str, dict]:
    """{file's stem: results} of every JSON in `folder`, of whatever kind; see `kind`. Raises ValueError as above."""
    return {path.stem: _read_json(path) for path in sorted(Path(folder).glob("*.json"))}


def kind(results: dict) -> str:
    """`evaluation`, or what results of another kind call themselves, such as gate_recovery or search."""
    return results.get("kind") or (EVALUATION if "thresholds" in results else "unknown")


def metric_of(results: dict) -> str:
    """Key of the main metric in every entry."""
    return results.get("metric", "accuracy")


def metric_word(metric: str) -> str:
    """`accuracy`; for scores that are no percentage `AUC ×100`, as they are shown."""
    word = METRIC_WORDS.get(metric, metric.replace("_", " "))
    return word if metric in PERCENTAGES else f"{word} ×100"


def further_metrics(results: dict) -> list[str]:
    """Keys of the metrics that stand beside the main one in the entries, in the order of `METRIC_WORDS`."""
    return [key for key in METRIC_WORDS if key != metric_of(results) and key in results["direct"]]


def default_entry(results: dict, part: dict | None = None) -> dict:
    """The entry of the checkpoint's own decision: of a θ, or of a policy without one; of a `part` of the rows."""
    part, policy = part or results, results.get("default_policy", "threshold")
    if policy != "threshold" and policy in part:
        return part[policy]
    return next(entry for entry in part["thresholds"] if entry["theta"] == results["default_threshold"])


def best_static(entry: dict, metric: str) -> tuple[str, dict]:
    """Name and entry of the static gate that does best at the entry's share."""
    return max(entry["static"].items(), key=lambda item: item[1][metric])


def best_baseline(results: dict) -> tuple[str, dict] | None:
    """Name for people and entry of the baseline that does best; None without any."""
    metric = metric_of(results)
    measured = {key: entry for key, entry in results.get("baselines", {}).items() if metric in entry}
    if not measured:
        return None
    key = max(measured, key=lambda key: measured[key][metric])
    return baseline_name(key), measured[key]


def baseline_name(key: str) -> str:
    """For people."""
    return BASELINES.get(key, key.replace("_", " "))


def in_percent(value: float) -> float:
    """Hundredths, for axes and their labels."""
    return round(100 * value, 4)


def shown(metric: str, value: float) -> str:
    """A mean score: `89.3 %`, or `73.6` where a percentage would be wrong."""
    return f"{100 * value:.1f}" + (" %" if metric in PERCENTAGES else "")


def with_interval(metric: str, entry: dict, key: str | None = None) -> str:
    """`89.3 % [88.5, 90.0]` of an entry; without an interval where it has none for `key`."""
    if key is not None and key != metric:
        return shown(key, entry[key])
    return shown(metric, entry[metric]) + (" " + interval(entry["ci"]) if "ci" in entry else "")


def interval(bounds: list[float], sign: str = "") -> str:
    """`[88.5, 90.0]`, or with sign "+" `[+0.1, +0.4]`."""
    low, high = bounds
    return f"[{100 * low:{sign}.1f}, {100 * high:{sign}.1f}]"


def gain(difference: dict) -> str:
    """`+3.6 [+2.9, +4.4]` of a paired difference."""
    return f"{100 * difference['difference']:+.1f} {interval(difference['ci'], '+')}"


def _read_json(path: Path) -> dict:
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
