"""Report on gate use: whether open gates move the answer, and whether training with other seeds opens the same ones."""

from statistics import fmean

from dualroute.numerals import percent
from dualroute.report.results import interval
from dualroute.report.tables import Table


def gate_use_table(results: dict) -> Table:
    """Return one row for the default decision and one for each share of widest gates."""
    use = results["gate_use"]
    rows = [_row("**default decision**", use["decision"])]
    rows += [_row(f"the widest {percent(entry['share'], 0)}", entry) for entry in use["at_shares"]]
    return Table(("gates that open", "tokens that read", "accuracy", "idle open gates [95%]"), tuple(rows), _note(use))


def gate_use_reading(results: dict) -> str:
    """Return sentences on idle gates, on the area under the curve, and on other seeds where some were trained."""
    use = results["gate_use"]
    decision = use["decision"]
    sentences = []
    if decision["idle"] is not None:
        sentences.append(
            f"At the default decision {_percent(decision['idle'], decision['ci'])} of the open gates are idle: their "
            "reading moves the shown answer by less than a point of probability."
        )
    if use["auroc"] is not None:
        sentences.append(
            f"Reading adds at least a point to the right answer at {percent(use['helped'])} of the tokens; the gate "
            f"finds them with an AUROC of {use['auroc']:.2f}."
        )
    return " ".join([*sentences, *_other_seeds(results)])


def _other_seeds(results: dict) -> list[str]:
    """A sentence on runs of the same settings with other seeds."""
    agreements = [entry["agreement"] for entry in results.get("seeds", [])]
    if not agreements:
        return []
    overlaps = ", ".join(_percent(entry["overlap"], entry["ci"]) for entry in agreements)
    share, mean = percent(agreements[0]["share"], 0), fmean(entry["correlation"] for entry in agreements)
    return [
        f"Trained with {len(agreements)} other seed{'s' * (len(agreements) > 1)}, the gates of the same tokens have a "
        f"mean rank correlation of {mean:.2f}. Of the {share} widest gates {overlaps} are among the widest there too; "
        f"by chance it would be {share}."
    ]


def _row(name: str, entry: dict) -> tuple[str, ...]:
    idle = "none open" if entry["idle"] is None else _percent(entry["idle"], entry["ci"])
    return name, percent(entry["share"]), percent(entry["accuracy"]), idle


def _percent(value: float, bounds: list[float]) -> str:
    return f"{percent(value)} {interval(bounds)}"


def _note(use: dict) -> str:
    return (
        f"Idle: the token reads, and going direct instead would move the probability of the shown answer by less than "
        f"{100 * use['point']:.0f} point, while all other tokens stay as they are. Equal shares compare routers whose "
        "gates have other scales. Brackets: bootstrap over the rows."
    )
