"""Stored results: how to read them, and the words and number formats that tables, figures and cards share."""

import json
from pathlib import Path

from dualroute.numerals import fixed, percent, signed

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
PERCENTAGES = ("accuracy", "exact_match")  # shares of right answers; the others are scores, shown times 100
RECOVERY_AIM = 0.98  # mean AUROC that a gate should reach on the planted task
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
    """Read the JSON results of an evaluation. Raises FileNotFoundError; ValueError if the file holds anything else."""
    results = _read_json(path)
    missing = [key for key in ("task", "n", "direct", "merged", "soft", "thresholds", "oracle") if key not in results]
    if missing:
        raise ValueError(f"{path} holds no results of an evaluation: {', '.join(missing)} missing")
    return results


def load_all(folder: Path) -> dict[str, dict]:
    """Read every JSON file in `folder` as {stem: results}. Raises ValueError for a file that is not JSON."""
    return {path.stem: _read_json(path) for path in sorted(Path(folder).glob("*.json"))}


def kind(results: dict) -> str:
    """Return the kind of the results: `evaluation`, or that of a study, such as `faithfulness`."""
    return results.get("kind") or (EVALUATION if "thresholds" in results else "unknown")


def metric_of(results: dict) -> str:
    """Return the key of the main metric in every entry."""
    return results.get("metric", "accuracy")


def metric_word(metric: str) -> str:
    """Return the metric's name; a score that is no percentage gets its display factor: `AUC ×100`."""
    word = METRIC_WORDS.get(metric, metric.replace("_", " "))
    return word if metric in PERCENTAGES else f"{word} ×100"


def further_metrics(results: dict) -> list[str]:
    """Return the keys of the other metrics in the entries, in the order of `METRIC_WORDS`."""
    return [key for key in METRIC_WORDS if key != metric_of(results) and key in results["direct"]]


def default_entry(results: dict, part: dict | None = None) -> dict:
    """Return the entry of the checkpoint's default θ or policy, over all rows or over a `part` of them."""
    part, policy = part or results, results.get("default_policy", "threshold")
    if policy != "threshold" and policy in part:
        return part[policy]
    return next(entry for entry in part["thresholds"] if entry["theta"] == results["default_threshold"])


def best_static(entry: dict, metric: str) -> tuple[str, dict]:
    """Return name and entry of the best static gate at the entry's share."""
    return max(entry["static"].items(), key=lambda item: item[1][metric])


def best_baseline(results: dict) -> tuple[str, dict] | None:
    """Return title and entry of the best baseline, or None if none was measured."""
    metric = metric_of(results)
    baselines = {key: entry for key, entry in results.get("baselines", {}).items() if metric in entry}
    if not baselines:
        return None
    key = max(baselines, key=lambda key: baselines[key][metric])
    return baseline_name(key), baselines[key]


def baseline_name(key: str) -> str:
    """Return the baseline's title."""
    return BASELINES.get(key, key.replace("_", " "))


def in_percent(value: float) -> float:
    """Return 100 × value, rounded to 4 digits, for axes and their labels."""
    return round(100 * value, 4)


def shown(metric: str, value: float) -> str:
    """Return a mean score times 100: `89.3%`, or `73.6` for a metric that is no percentage."""
    return percent(value) if metric in PERCENTAGES else fixed(100 * value)


def with_interval(metric: str, entry: dict, key: str | None = None) -> str:
    """Return an entry's score with its interval, `89.3% [88.5, 90.0]`; only the main metric has an interval."""
    if key is not None and key != metric:
        return shown(key, entry[key])
    return shown(metric, entry[metric]) + (" " + interval(entry["ci"]) if "ci" in entry else "")


def interval(bounds: list[float], sign: str = "") -> str:
    """Return the bounds times 100: `[88.5, 90.0]`, or with sign "+" `[+0.1, +0.4]`."""
    low, high = bounds
    return f"[{hundredths(low, sign)}, {hundredths(high, sign)}]"


def gain(difference: dict) -> str:
    """Return a paired difference times 100 with its interval, such as `+3.6 [+2.9, +4.4]`."""
    return f"{hundredths(difference['difference'], '+')} {interval(difference['ci'], '+')}"


def hundredths(value: float, sign: str = "") -> str:
    """Return 100 × value with one digit and a true minus sign; what rounds to zero has no sign."""
    return signed(100 * value) if sign else fixed(100 * value)


def _read_json(path: Path) -> dict:
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
