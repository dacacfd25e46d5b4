"""Sentences on an evaluation, made from its numbers. A difference counts if its interval excludes zero."""

from dualroute.numerals import percent
from dualroute.report.results import (
    best_baseline,
    best_static,
    default_entry,
    hundredths,
    interval,
    metric_of,
    metric_word,
    shown,
    with_interval,
)

CLOSED = 0.005  # share of reading tokens below which a visitor sees no token read

BASELINES = {
    "minus_direct": "without context",
    "minus_merged": "with full context",
    "minus_random": "random reading at the same share",
    "minus_static": "the best fixed rule at that share",
}


def reading(results: dict) -> str:
    """Return two or three sentences: quality at the default decision, its verdict, and the best baseline."""
    entry, metric = default_entry(results), metric_of(results)
    at = f"θ = {entry['theta']:g}" if "theta" in entry else f"decision ({results['default_policy']})"
    compared = [_against(entry[key], name) for key, name in BASELINES.items() if key in entry]
    if "minus_direct" not in entry:
        compared.insert(0, _unpaired(entry, results["direct"], metric))
    summary = f"At the default {at}, with {percent(entry['share'])} of the tokens reading, {metric_word(metric)} is "
    summary += f"{with_interval(metric, entry)}: {_listed(compared)}."
    return " ".join(filter(None, (summary, _verdict(entry), _static(entry, metric), _baseline(results, entry))))


def routing_helps(results: dict) -> bool:
    """Return whether the default decision beats random reading and no context, and no simple baseline beats it."""
    entry = default_entry(results)
    gains = [outcome(entry[key]) for key in ("minus_random", "minus_direct") if key in entry]
    return "minus_random" in entry and min(gains) > 0 and not better_baseline(results)


def notice(results: dict, h_name: str) -> str:
    """Return what a reader of single inputs must know first where routing does not help; empty where it does."""
    entry, metric = default_entry(results), metric_of(results)
    if routing_helps(results):
        return ""
    if better := better_baseline(results):
        name, baseline = better
        score, simple = shown(metric, entry[metric]), shown(metric, baseline[metric])
        word = metric_word(metric)
        return f"A simpler method does better on this task: {name} reaches {word} {simple}, the model {score}."
    routed, alone, always = (shown(metric, part[metric]) for part in (entry, results["direct"], results["merged"]))
    scores = f"{metric_word(metric)} is {alone} without the {h_name}, {routed} as routed, {always} if every token reads"
    closed = " At the default θ hardly any gate opens." if entry["share"] < CLOSED else ""
    return f"Routing does not measurably help on this task: {scores}.{closed}"


def better_baseline(results: dict) -> tuple[str, dict] | None:
    """Return the best baseline (name, entry) where it lies above the whole interval of the default decision."""
    entry, best, metric = default_entry(results), best_baseline(results), metric_of(results)
    return best if best and "ci" in entry and best[1][metric] > entry["ci"][1] else None


def outcome(difference: dict) -> int:
    """Return 1 if the whole interval lies above zero, −1 if below, 0 if it contains zero."""
    low, high = difference["ci"]
    return int(low > 0) - int(high < 0)


def _against(difference: dict, name: str) -> str:
    size, bounds = abs(100 * difference["difference"]), interval(difference["ci"], "+")
    words = {1: f"{size:.1f} points better than {name}", -1: f"{size:.1f} points worse than {name}"}
    return f"{words.get(outcome(difference), f'no better than {name}')} {bounds}"


def _unpaired(entry: dict, direct: dict, metric: str) -> str:
    """Compare two intervals, where no paired difference was measured."""
    apart = 100 * (entry[metric] - direct[metric])
    if entry["ci"][0] > direct["ci"][1]:
        return f"{apart:.1f} points better than without context (the intervals do not overlap)"
    if entry["ci"][1] < direct["ci"][0]:
        return f"{-apart:.1f} points worse than without context (the intervals do not overlap)"
    return f"{hundredths(apart / 100, '+')} points apart from no context (the intervals overlap)"


def _verdict(entry: dict) -> str:
    if "minus_random" not in entry or "minus_merged" not in entry:
        return ""
    over_random, over_merged = outcome(entry["minus_random"]), outcome(entry["minus_merged"])
    if "minus_direct" in entry and outcome(entry["minus_direct"]) <= 0:
        return "The model does as well without context: reading brings no measurable gain here."
    if over_random <= 0:
        return "Nothing shows here that the gates learned where to read: random reading does as well."
    if over_merged > 0:
        return "The route helps: it answers better than reading everything."
    if over_merged < 0:
        return "The gates know where to read, but what they leave out costs something."
    return "The gates know where to read; what that brings is less reading, not better answers."


def _static(entry: dict, metric: str) -> str:
    """Return a sentence on the best fixed rule if it beats the router and has no paired difference; else empty."""
    if "minus_static" in entry or "static" not in entry:
        return ""
    name, best = best_static(entry, metric)
    if best[metric] <= entry[metric]:
        return ""
    return f"A fixed rule ({name}), which does not look at its input, reaches more: {with_interval(metric, best)}."


def _baseline(results: dict, entry: dict) -> str:
    best, metric = best_baseline(results), metric_of(results)
    if best is None:
        return ""
    name, baseline = best
    text = f"The best baseline, {name}, reaches {with_interval(metric, baseline)}"
    if baseline["ci"][0] > entry["ci"][1]:
        return f"{text}, more than the router."
    if baseline["ci"][1] < entry["ci"][0]:
        return f"{text}, less than the router."
    return f"{text}; the intervals overlap."


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])}, and {parts[-1]}"
