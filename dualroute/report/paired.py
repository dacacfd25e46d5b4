"""Verdicts on methods of attribution from paired tests, in words and as a table: which is more faithful than which."""

from dualroute.report.faithfulness import difference, factor_of, title, word
from dualroute.report.tables import Table


def verdicts(results: dict, target: str) -> list[str]:
    """Return sentences on the most faithful method of a target against each other one; [] where nothing was tested.

    Each is made from a test of the stored results: told apart or not after the correction for all pairs.
    """
    paired = results["targets"][target].get("paired")
    if not paired or not paired["tests"]:
        return []
    if results["n"] < paired["fewest_rows"]:
        return [
            f"For {word(target)}: {results['n']} rows are too few to tell methods apart; "
            f"measure at least {paired['fewest_rows']}."
        ]
    best, factor = paired["tests"][0]["better"], factor_of(results, target)
    against = [test for test in paired["tests"] if test["better"] == best]
    return [f"For {word(target)}: {verdict(test, factor)}" for test in against]


def verdict(test: dict, factor: int) -> str:
    """Return one test as a sentence, such as `Occlusion is more faithful than LIME: +4.1 points [+1.2, +7.0].`"""
    better, than = title(test["better"]), title(test["than"])
    shown, bounds = difference(test, factor).split(" ", 1)
    unit = " points" if factor == 100 else ""
    if test["told"]:
        return f"{better} is more faithful than {than}: {shown}{unit} {bounds}."
    return f"{better} and {than} cannot be told apart: {shown}{unit} {bounds}."


def paired_table(results: dict) -> Table | None:
    """Return one row for each pair of methods of each target; None where nothing was tested."""
    columns = ("explains", "method", "against", "difference [95%]", "p", "p, corrected", "told apart")
    rows = [
        (
            word(target),
            title(test["better"]),
            title(test["than"]),
            difference(test, factor_of(results, target)),
            _shown(test["p"]),
            _shown(test["p_corrected"]),
            "yes" if test["told"] else "no",
        )
        for target, entry in results["targets"].items()
        for test in entry.get("paired", {}).get("tests", [])
    ]
    return Table(columns, tuple(rows), _note(results)) if rows else None


def refusals(results: dict) -> list[str]:
    """Return a sentence for each method that the answer does not allow."""
    return [f"{title(method)} was left out: {why}." for method, why in results.get("refused", {}).items()]


def _note(results: dict) -> str:
    paired = next(entry["paired"] for entry in results["targets"].values() if "paired" in entry)
    return (
        f"Differences of {paired['measure']} on the same {results['n']:,} rows, of probabilities ×100. "
        f"Tests: {paired['source']}, over all pairs of a target; told apart where the corrected p is below "
        f"{paired['level']:g} and there are {paired['fewest_rows']} rows or more. Intervals are not corrected."
    )


def _shown(p_value: float) -> str:
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"
