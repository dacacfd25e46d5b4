"""What a result says, in words made from its numbers alone. A difference counts where its interval excludes zero."""

from dualroute.report.results import (
    best_baseline,
    best_static,
    default_entry,
    interval,
    metric_of,
    metric_word,
    shown,
    with_interval,
)

SHUT = 0.005  # of the tokens merged; below this a visitor sees no token read

RIVALS = {
    "minus_direct": "direct alone",
    "minus_merged": "merging always",
    "minus_random": "random gates at the same share",
    "minus_static": "the best static gate at that share",
}


def reading(results: dict) -> str:
    """Two or three sentences: where the default decision stands, what that means, what the best baseline reaches."""
    entry, metric = default_entry(results), metric_of(results)
    at = f"θ = {entry['theta']:g}" if "theta" in entry else f"decision ({results['default_policy']})"
    compared = [_against(entry[key], name) for key, name in RIVALS.items() if key in entry]
    if "minus_direct" not in entry:
        compared.insert(0, _beside(entry, results["direct"], metric))
    told = f"At the default {at}, with {100 * entry['share']:.1f} % of the tokens merged, {metric_word(metric)} is "
    told += f"{with_interval(metric, entry)}: {_listed(compared)}."
    return " ".join(filter(None, (told, _verdict(entry), _static(entry, metric), _baseline(results, entry))))


def silence(results: dict, h_name: str) -> str:
    """Said of a checkpoint whose gates stay shut at its default decision, so that nobody takes it for a fault."""
    entry, metric = default_entry(results), metric_of(results)
    if entry["share"] >= SHUT:
        return ""
    alone, always = (shown(metric, results[flow][metric]) for flow in ("direct", "merged"))
    return (
        f"Here the gates stay shut at the default θ: on the test rows the {metric_word(metric)} is {alone} without the "
        f"{h_name} and {always} where every token reads, and training charges for reading. A lower θ shows what it "
        "would change."
    )


def outcome(difference: dict) -> int:
    """1 if the whole interval is above zero, −1 if below, 0 if it holds zero."""
    low, high = difference["ci"]
    return int(low > 0) - int(high < 0)


def _against(difference: dict, name: str) -> str:
    size, bounds = abs(100 * difference["difference"]), interval(difference["ci"], "+")
    words = {1: f"{size:.1f} points better than {name}", -1: f"{size:.1f} points worse than {name}"}
    return f"{words.get(outcome(difference), f'no better than {name}')} {bounds}"


def _beside(entry: dict, direct: dict, metric: str) -> str:
    """Without a paired difference: two intervals side by side, which tell less."""
    apart = 100 * (entry[metric] - direct[metric])
    if entry["ci"][0] > direct["ci"][1]:
        return f"{apart:.1f} points better than direct alone (the intervals do not overlap)"
    if entry["ci"][1] < direct["ci"][0]:
        return f"{-apart:.1f} points worse than direct alone (the intervals do not overlap)"
    return f"{apart:+.1f} points beside direct alone (the intervals overlap)"


def _verdict(entry: dict) -> str:
    if "minus_random" not in entry or "minus_merged" not in entry:
        return ""
    over_random, over_merged = outcome(entry["minus_random"]), outcome(entry["minus_merged"])
    if "minus_direct" in entry and outcome(entry["minus_direct"]) <= 0:
        return "Direct alone does as well: reading brings no measurable gain here."
    if over_random <= 0:
        return "Nothing shows here that the gates learned where to read: gates dealt out at random do as well."
    if over_merged > 0:
        return "The route helps, and not only saves."
    if over_merged < 0:
        return "The gates know where to read, but what they leave out costs something."
    return "The gates know where to read; what that brings is less reading, not better answers."


def _static(entry: dict, metric: str) -> str:
    """Said only where it shames the router, and was not compared with it row by row."""
    if "minus_static" in entry or "static" not in entry:
        return ""
    name, best = best_static(entry, metric)
    if best[metric] <= entry[metric]:
        return ""
    return f"A static gate ({name}), which does not look at its input, reaches more: {with_interval(metric, best)}."


def _baseline(results: dict, entry: dict) -> str:
    best, metric = best_baseline(results), metric_of(results)
    if best is None:
        return ""
    name, reached = best
    told = f"The best baseline, {name}, reaches {with_interval(metric, reached)}"
    if reached["ci"][0] > entry["ci"][1]:
        return f"{told}, more than the router."
    if reached["ci"][1] < entry["ci"][0]:
        return f"{told}, less than the router."
    return f"{told}; the intervals overlap."


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])}, and {parts[-1]}"
