"""Which attribution to trust: a table and a picture. JSON -> text, plotly.

Which attribution to trust, in words made from the numbers alone. A difference counts if its interval excludes 0.
"""

from dualroute import report as palette
from dualroute.attribute.methods import METHODS
from dualroute.report.reading import outcome
from dualroute.report.tables import Table

FIRST = "comprehensiveness"  # what methods are put in order by
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
    """For each target one row per method, the most comprehensive first, and one for random orders."""
    columns = ("method", "explains", f"{WORDS[FIRST]} [95 %]", "over random [95 %]")
    columns += ("sufficiency ↓ [95 %]", WORDS["deletion_area"], WORDS["insertion_area"])
    columns += ("unexplained ↓", "sensitivity ↓", "flips: logit drop ↑", "seconds", "passes")
    rows = [row for name in results["targets"] for row in _rows(results, name)]
    return Table(columns, tuple(rows), _note(results))


def faithfulness_figure(results: dict):
    """`plotly.graph_objects.Figure`: comprehensiveness of each method for each target; a line for random orders."""
    import plotly.graph_objects as go

    from dualroute.report.curves import error_bar
    from dualroute.report.dots import dots, lines

    figure, names = go.Figure(), []
    for target in (name for name, found in results["targets"].items() if found["main"] == "probability"):
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
    """The methods, the most comprehensive first."""
    methods = scale_of(results, target)["methods"]
    return sorted(methods, key=lambda name: -methods[name][FIRST]["mean"])


def title(method: str) -> str:
    """For people."""
    return METHODS[method].title if method in METHODS else method


def word(target: str) -> str:
    """A target for people."""
    return TARGETS.get(target, target)


def scale_of(results: dict, target: str) -> dict:
    """Methods and random orders by the scale that is shown: probabilities where there are any."""
    found = results["targets"][target]
    return found["scales"][found["main"]]


def factor_of(results: dict, target: str) -> int:
    """Probabilities are shown in hundredths, logits as they are."""
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
        for found in results["targets"].values()
        for entry in found["metrics"].values()
        if entry["sensitivity"]
    ]
    told = [
        f"{results['n']:,} rows of `{results['data']}`, checkpoint `{results['checkpoint']}` {results['revision']}, "
        f"policy {results['policy']}. Probabilities ×100.",
        f"Comprehensiveness: what is lost without the first {shares} % of the words of x and h, the mean of the five; "
        "sufficiency: what is lost with these alone. Deletion and insertion: areas under the curves from 0 to 100 %.",
        "Unexplained: the share of the target's change under random erasures that no multiple of the scores accounts "
        "for (infidelity, scaled).",
        f"Random orders: {results['orders']} for each row. Seconds of one processor and passes (forward + backward) "
        "for all targets of one input together. Brackets: bootstrap over the rows, paired for differences; the best "
        "method is picked on the same rows.",
    ]
    if measured:
        told.append(f"Sensitivity on {max(measured)} rows.")
    return " ".join(told)


def with_bounds(entry: dict, factor: int) -> str:
    """`28.0 [25.1, 30.9]` of a mean."""
    return f"{_shown(entry['mean'], factor)} [{', '.join(_shown(bound, factor) for bound in entry['ci'])}]"


def _plain(entry: dict, factor: int) -> str:
    return _shown(entry["mean"], factor)


def difference(entry: dict, factor: int) -> str:
    """`+3.1 [+2.0, +4.2]` of a paired difference."""
    low, high = (_shown(bound, factor, "+") for bound in entry["ci"])
    return f"{_shown(entry['difference'], factor, '+')} [{low}, {high}]"


def _shown(value: float, factor: int, sign: str = "") -> str:
    return f"{factor * value:{sign}.{1 if factor == 100 else 2}f}"


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
