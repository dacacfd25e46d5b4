"""Which attribution to trust, in words made from the numbers alone. A difference counts if its interval excludes 0."""

from dualroute.figures.faithfulness import FIRST, difference, factor_of, in_order, scale_of, title, with_bounds, word
from dualroute.figures.reading import outcome


def reading(results: dict, target: str) -> str:
    """From the numbers alone: which method to trust for one target, by how much, and which not."""
    scale, ranked = scale_of(results, target), in_order(results, target)
    best, factor = scale["methods"][ranked[0]][FIRST], factor_of(results, target)
    random = best["minus_random"]
    if outcome(random) <= 0:
        return f"For {word(target)} no method finds words that matter more than random ones do."
    told = f"For {word(target)} trust {title(ranked[0])}: without the words it names first {_what(results, target)} "
    told += f"{with_bounds(best, factor)}{_points(factor)}, {difference(random, factor)} against random ones"
    told += f"; {_next(results, target, ranked)}." if len(ranked) > 1 else "."
    enough = scale["best"]["sufficiency"]
    if enough != ranked[0]:
        told += f" The words that suffice best alone are those of {title(enough)}"
        told += f" ({with_bounds(scale['methods'][enough]['sufficiency'], factor)} lost)."
    useless = [title(m) for m in ranked if outcome(scale["methods"][m][FIRST]["minus_random"]) <= 0]
    return told + (f" Not above chance: {', '.join(useless)}." if useless else "")


def flips_reading(results: dict) -> str:
    """What flipping tokens to the direct flow says of the gates; empty where nothing could be flipped."""
    flips = next(iter(results["targets"].values()))["flips"]  # gates and effects are the same whatever the target
    if not flips:
        return ""
    drop = flips["drop"]
    verdict = {1: "more than", -1: "less than"}.get(outcome(drop["gate"]["minus_random"]), "no different from")
    return (
        f"Flipped to the direct flow in the order of their gates, the tokens that read lower the routed logit by "
        f"{with_bounds(drop['gate'], 1)} on average, {verdict} a random order ({with_bounds(drop['random'], 1)}); the "
        f"best order there is, that of their exact effects, by {with_bounds(drop['contribution'], 1)}. {flips['n']} "
        "rows with at least two such tokens."
    )


def _what(results: dict, target: str) -> str:
    if target.startswith("gate"):
        return "the gate goes back by"
    return f"the {'probability' if factor_of(results, target) == 100 else 'score'} falls by"


def _points(factor: int) -> str:
    return " points" if factor == 100 else ""


def _next(results: dict, target: str, ranked: list[str]) -> str:
    behind = scale_of(results, target)["methods"][ranked[1]][FIRST]["minus_best"]
    told = difference(behind, factor_of(results, target))
    if outcome(behind) < 0:
        return f"the next, {title(ranked[1])}, stays behind ({told})"
    return f"{title(ranked[1])} cannot be told apart from it ({told})"
