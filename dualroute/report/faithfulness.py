"""Report on the faithfulness of attributions: a table, a figure and sentences, all made from the stored numbers.

A difference counts if its interval excludes zero.
"""

from dualroute import report as palette
from dualroute.attribute.methods import METHODS
from dualroute.numerals import fixed, signed
from dualroute.report.reading import outcome
from dualroute.report.tables import Table

FIRST = "comprehensiveness"  # the measure that orders the methods
WORDS = {
    "comprehensiveness": "comprehensiveness ↑",
    "sufficiency": "sufficiency ↓",
    "deletion_area": "deletion ↓",
    "insertion_area": "insertion ↑",
}
TARGETS = {"prediction": "the prediction", "gate": "the gate", "margin": "the margin", "effect": "the route effect"}
LOOKS = {"prediction": (palette.DIRECT, "circle"), "gate": (palette.MERGED, "square")}
OTHER_LOOKS = (palette.CONTEXT, "diamond")


def faithfulness_table(results: dict) -> Table:
    """Return a table with one row per target and method, the most comprehensive first, and one for random orders."""
    columns = ("method", "explains", f"{WORDS[FIRST]} [95%]", "over random [95%]")
    columns += ("sufficiency ↓ [95%]", WORDS["deletion_area"], WORDS["insertion_area"])
    columns += ("unexplained ↓", "sensitivity ↓", "flips: logit drop ↑", "seconds", "passes")
    rows = [row for name in results["targets"] for row in _rows(results, name)]
    return Table(columns, tuple(rows), _note(results))


def faithfulness_figure(results: dict):
    """Return a plotly figure of each method's comprehensiveness for each target; a line marks random orders."""
    import plotly.graph_objects as go

    from dualroute.report.curves import error_bar
    from dualroute.report.dots import dots, lines

    figure, names = go.Figure(), []
    for target in (name for name, entry in results["targets"].items() if entry["main"] == "probability"):
        color, symbol = LOOKS.get(target, OTHER_LOOKS)
        methods = in_order(results, target)
        entries = [scale_of(results, target)["methods"][method][FIRST] for method in methods]
        titles = [title(method) for method in methods]
        names += [name for name in titles if name not in names]
        hover = [
            f"<b>{name}</b>, {word(target)}<br>{with_bounds(entry, 100)}"
            for name, entry in zip(titles, entries, strict=True)
        ]
        values = [round(100 * entry["mean"], 4) for entry in entries]
        dots(figure, values, titles, word(target), color, symbol, hover, error_bar(entries, "mean"))
        random = scale_of(results, target)["random"][FIRST]["mean"]
        figure.add_vline(round(100 * random, 4), line={"color": color, "dash": "dot", "width": 2})
    return lines(figure, names, "comprehensiveness ×100; dotted: random orders")


def in_order(results: dict, target: str) -> list[str]:
    """Return the names of the methods, the most comprehensive first."""
    methods = scale_of(results, target)["methods"]
    return sorted(methods, key=lambda name: -methods[name][FIRST]["mean"])


def title(method: str) -> str:
    """Return the method's title."""
    return METHODS[method].title if method in METHODS else method


def word(target: str) -> str:
    """Return the target as a noun phrase."""
    return TARGETS.get(target, target)


def scale_of(results: dict, target: str) -> dict:
    """Return the measures of all methods and of random orders on the target's main scale."""
    entry = results["targets"][target]
    return entry["scales"][entry["main"]]


def factor_of(results: dict, target: str) -> int:
    """Return the factor for display: 100 for probabilities, 1 for logits."""
    return 100 if results["targets"][target]["main"] == "probability" else 1


def _rows(results: dict, target: str) -> list[tuple[str, ...]]:
    ranked, factor = in_order(results, target), factor_of(results, target)
    rows = [_row(results, target, method, factor, method == ranked[0]) for method in ranked]
    random = scale_of(results, target)["random"]
    measures = [with_bounds(random[FIRST], factor), "", with_bounds(random["sufficiency"], factor)]
    measures += [_plain(random[name], factor) for name in ("deletion_area", "insertion_area")]
    return [*rows, ("*random orders*", word(target), *measures, "", "", _flip(results, target, "random"), "", "")]


def _row(results: dict, target: str, method: str, factor: int, best: bool) -> tuple[str, ...]:
    entry, metrics = scale_of(results, target)["methods"][method], results["targets"][target]["metrics"][method]
    cost = results["cost"][method]
    return (
        f"**{title(method)}**" if best else title(method),
        word(target),
        with_bounds(entry[FIRST], factor),
        difference(entry[FIRST]["minus_random"], factor),
        with_bounds(entry["sufficiency"], factor),
        *(_plain(entry[name], factor) for name in ("deletion_area", "insertion_area")),
        *(f"{metrics[name]['mean']:.2f}" if metrics[name] else "" for name in ("unexplained", "sensitivity")),
        _flip(results, target, method),
        f"{cost['seconds']:.2f}",
        " + ".join(f"{count:.0f}" for count in cost["passes"]),
    )


def _flip(results: dict, target: str, order: str) -> str:
    flips = results["targets"][target]["flips"]
    return f"{flips['drop'][order]['mean']:.2f}" if flips else ""


def _note(results: dict) -> str:
    shares = ", ".join(f"{100 * share:g}" for share in results["shares"])
    measured = [
        entry["sensitivity"]["n"]
        for target in results["targets"].values()
        for entry in target["metrics"].values()
        if entry["sensitivity"]
    ]
    sentences = [
        f"{results['n']:,} rows of `{results['data']}`, checkpoint `{results['checkpoint']}` {results['revision']}, "
        f"policy {results['policy']}. Probabilities ×100.",
        f"Comprehensiveness: what is lost without the first {shares}% of the words of x and h, the mean of the five; "
        "sufficiency: what is lost with these alone. Deletion and insertion: areas under the curves from 0 to 100%.",
        "Unexplained: the share of the target's change under random erasures that no multiple of the scores accounts "
        "for (infidelity, scaled).",
        f"Random orders: {results['orders']} for each row. Seconds of one processor and passes (forward + backward) "
        "for all targets of one input together. Brackets: bootstrap over the rows, paired for differences; the best "
        "method is picked on the same rows.",
    ]
    if measured:
        sentences.append(f"Sensitivity on {max(measured)} rows.")
    return " ".join(sentences)


def with_bounds(entry: dict, factor: int) -> str:
    """Return a mean with its interval, such as `28.0 [25.1, 30.9]`."""
    return f"{_shown(entry['mean'], factor)} [{', '.join(_shown(bound, factor) for bound in entry['ci'])}]"


def _plain(entry: dict, factor: int) -> str:
    return _shown(entry["mean"], factor)


def difference(entry: dict, factor: int) -> str:
    """Return a paired difference with its interval, such as `+3.1 [+2.0, +4.2]`."""
    low, high = (_shown(bound, factor, "+") for bound in entry["ci"])
    return f"{_shown(entry['difference'], factor, '+')} [{low}, {high}]"


def _shown(value: float, factor: int, sign: str = "") -> str:
    write = signed if sign else fixed
    return write(factor * value, 1 if factor == 100 else 2)


def reading(results: dict, target: str) -> str:
    """Return sentences that say which method to trust for a target, by how much, and which do not beat chance."""
    scale, ranked = scale_of(results, target), in_order(results, target)
    best, factor = scale["methods"][ranked[0]][FIRST], factor_of(results, target)
    random = best["minus_random"]
    if outcome(random) <= 0:
        return f"For {word(target)} no method finds words that matter more than random ones do."
    text = f"For {word(target)} trust {title(ranked[0])}: without the words it names first {_what(results, target)} "
    text += f"{with_bounds(best, factor)}{_points(factor)}, {difference(random, factor)} against random ones"
    text += f"; {_next(results, target, ranked)}." if len(ranked) > 1 else "."
    sufficient = scale["best"]["sufficiency"]
    if sufficient != ranked[0]:
        text += f" The words that suffice best alone are those of {title(sufficient)}"
        text += f" ({with_bounds(scale['methods'][sufficient]['sufficiency'], factor)} lost)."
    useless = [title(m) for m in ranked if outcome(scale["methods"][m][FIRST]["minus_random"]) <= 0]
    return text + (f" Not above chance: {', '.join(useless)}." if useless else "")


def flips_reading(results: dict) -> str:
    """Return a sentence on flipping tokens to the direct flow in the order of their gates; empty without flips."""
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
    distance = difference(behind, factor_of(results, target))
    tests = results["targets"][target].get("paired", {}).get("tests", [])
    told = next((one["told"] for one in tests if (one["better"], one["than"]) == tuple(ranked[:2])), None)
    if outcome(behind) < 0 if told is None else told:
        return f"the next, {title(ranked[1])}, stays behind ({distance})"
    return f"{title(ranked[1])} cannot be told apart from it ({distance})"
