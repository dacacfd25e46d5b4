"""Report on word truth: a table and a sentence for each baseline, made from the stored numbers."""

from dualroute.report.faithfulness import difference, title, with_bounds
from dualroute.report.reading import outcome
from dualroute.report.tables import Table

ERASED = {"mask": "a mask token", "pad": "a padding token"}
POINTS = 100


def word_truth_table(results: dict) -> Table:
    """Return one row for each baseline and method, the method whose words matter most first."""
    columns = ("taken words become", "ordered by", "probability falls by ↑ [95%]", "over random", "deletion ↓")
    columns += ("insertion ↑ [95%]", "insertion over Integrated Gradients")
    rows = [
        _row(baseline, method, entry)
        for baseline, methods in results["baselines"].items()
        for method, entry in sorted(methods.items(), key=lambda item: -item[1]["fall"]["mean"])
    ]
    return Table(columns, tuple(rows), _note(results))


def word_truth_reading(results: dict) -> str:
    """Return sentences that say how far the exact contributions name the words that the answer depends on."""
    return " ".join(_sentence(ERASED[baseline], methods) for baseline, methods in results["baselines"].items())


def _row(baseline: str, method: str, entry: dict) -> tuple[str, ...]:
    name = "random orders" if method == "random" else title(method)
    over = [_difference(entry["fall"], "minus_random"), _difference(entry["insertion"], "minus_reference")]
    deletion, insertion = f"{POINTS * entry['deletion']['mean']:.1f}", with_bounds(entry["insertion"], POINTS)
    return ERASED[baseline], name, with_bounds(entry["fall"], POINTS), over[0], deletion, insertion, over[1]


def _difference(entry: dict, name: str) -> str:
    return difference(entry[name], POINTS) if name in entry and entry[name]["ci"] != [0, 0] else ""


def _sentence(erased: str, methods: dict) -> str:
    exact, random = methods["exact"]["fall"], methods["random"]["fall"]
    text = f"Where the first fifth of the words by exact contributions becomes {erased}, the probability of the answer "
    text += f"falls by {with_bounds(exact, POINTS)} points; by a random fifth, {with_bounds(random, POINTS)}"
    if "minus_reference" not in exact:
        return f"{text}."
    words = {1: "more than", 0: "not measurably different from", -1: "less than"}[outcome(exact["minus_reference"])]
    return f"{text}. That is {words} Integrated Gradients ({difference(exact['minus_reference'], POINTS)})."


def _note(results: dict) -> str:
    return (
        f"{results['n']:,} rows of `{results['data']}`, checkpoint `{results['checkpoint']}` {results['revision']}, "
        f"policy {results['policy']}. Probabilities ×100. Falls: without the first fifth of the words of x and h. "
        "Deletion and insertion: areas under the curves from 0 to 100% of the words. Random orders: "
        f"{results['orders']} for each row. Brackets: bootstrap over the rows, paired for differences."
    )
