"""Gate recovery as a table. JSON -> text."""

from dualroute.figures.tables import Table

COLUMNS = ("router", "sees", "AUROC, mean", "least", "direct", "merged", "routed", "random gates", "tokens read")


def recovery_table(results: dict) -> Table:
    """One row per decision layer, full and early: does its gate find the tokens that need the context?"""
    return Table(COLUMNS, tuple(_row(entry) for entry in results["routers"]), _note(results))


def _row(entry: dict) -> tuple[str, ...]:
    ways = (f"{100 * entry['accuracy'][way]:.1f} %" for way in ("direct", "merged", "routed", "random"))
    aurocs = (f"{entry['auroc_mean']:.3f}", f"{entry['auroc_min']:.3f}")
    read = f"{100 * entry['share']:.1f} %"
    return f"`{entry['router']}`", "x alone" if entry["early"] else "x and h", *aurocs, *ways, read


def _note(results: dict) -> str:
    settings, first = results["settings"], results["routers"][0]
    seeds = [run["seed"] for run in first["runs"]]
    tuned = results.get("tuned_on_seeds", [])
    untouched = not set(seeds) & set(tuned)
    of_tuning = f" The settings were chosen on seeds {_listed(tuned)}" if tuned else ""
    of_tuning += ", none of which is shown." if tuned and untouched else "." if tuned else ""
    return (
        f"Planted task: {100 * first['truth_share']:.1f} % of the tokens need the context. Mean over seeds "
        f"{_listed(seeds)}, {settings['rows']:,} rows to train on and {settings['held_out']:,} others to measure on; "
        f"accuracies at θ = {results['threshold']:g}.{of_tuning}"
    )


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))
