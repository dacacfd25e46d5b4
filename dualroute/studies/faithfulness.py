"""Which attribution to trust, measured on a data set: the results JSON of the page and of the README."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dualroute.api import DualRouter, load
from dualroute.attribute.methods import METHODS, find_method
from dualroute.data.objectives import OBJECTIVES
from dualroute.evaluation.bootstrap import RowBootstrap
from dualroute.evaluation.rows import choose_rows
from dualroute.evaluation.statistics import MeanOfRows
from dualroute.measures.faithfulness import GRID, MEASURES, SHARES
from dualroute.studies.faithfulness_rows import Plan, kind_of, measure_rows, row_key
from dualroute.tasks import get_task

ROWS = 60


def faithfulness(
    name: str | Path,
    data: Path,
    rows: int = ROWS,
    methods: Sequence[str] = (),
    plan: Plan | None = None,
    keep: Path | None = None,
) -> dict:
    """How faithful every method is to every target, with 95 % intervals over the rows, ready for JSON.

    name     a checkpoint, as for `load`;  data  a file of its task
    rows     so many, chosen by a hash of their content; 0: all
    methods  names in METHODS; all if not given
    keep     file that keeps what was measured of every row, to go on from, and to add methods to
    Raises FileNotFoundError, or ValueError for an unknown method, for a context of pictures, for a file without rows
    that serve, or for a `keep` of another run.
    """
    methods = [find_method(method).name for method in methods or METHODS]
    router, plan, data = load(name), plan or Plan(), Path(data)
    config = router.model.config
    if config.context == "image":
        raise ValueError("faithfulness is measured on rows of texts; for a picture measure single inputs")
    chosen = choose_rows(get_task(config.task), data, router.checkpoint, most_rows=rows)
    examples = OBJECTIVES[config.readout].measurable(chosen.rows, config, data.name)
    if not examples:
        raise ValueError(f"{data.name}: no row serves; the file is of another task")
    entries = measure_rows(router, examples, methods, plan, keep)
    return about(router, data, chosen.note, plan) | summarised(
        entries, methods, [row_key(row) for row in examples], plan
    )


def about(router: DualRouter, data: Path, note: str, plan: Plan) -> dict:
    """What was measured, and with what."""
    config = router.model.config
    return {
        "kind": "faithfulness",
        "task": config.task,
        "checkpoint": Path(router.checkpoint).name,
        "revision": router.revision,
        "policy": config.policy,
        "threshold": float(config.threshold),
        "data": data.name,
        "rows_note": note,
        "orders": plan.orders,
        "samples": plan.samples,
        "disturbed": plan.disturbed,
        "seed": plan.seed,
        "shares": list(SHARES),
        "grid": list(GRID),
    }


def summarised(entries: dict, methods: Sequence[str], keys: Sequence[str], plan: Plan) -> dict:
    """Means over the rows that all methods were measured on, by target and method."""
    keys = [key for key in dict.fromkeys(keys) if all((key, method, "measures") in entries for method in methods)]
    if not keys:
        raise ValueError("no row has been measured by all methods yet")
    cost = {method: _cost([entries[key, method, "measures"] for key in keys]) for method in methods}
    targets = {}
    for target in plan.targets:
        served = [method for method in methods if kind_of(target) in METHODS[method].targets]
        table = {method: [_entry(entries, key, method, target) for key in keys] for method in served}
        if table:
            targets[target] = _target(table, plan.seed)
    return {"n": len(keys), "cost": cost, "targets": targets}


def _entry(entries: dict, key: str, method: str, target: str) -> dict:
    """What was measured of one row; its sensitivity is None where that was not."""
    disturbed = entries.get((key, method, "sensitivity"), {"targets": {}})["targets"]
    return entries[key, method, "measures"]["targets"][target] | {"sensitivity": disturbed.get(target)}


def _cost(entries: list[dict]) -> dict:
    """Mean seconds of the processor and passes (forward, backward) of one input, all targets together."""
    passes = np.mean([entry["passes"] for entry in entries], axis=0)
    seconds = float(np.mean([entry["seconds"] for entry in entries]))
    return {"seconds": round(seconds, 3), "passes": [round(float(count), 1) for count in passes]}


def _target(table: dict[str, list[dict]], seed: int) -> dict:
    """One target: every method beside random orders, and the methods beside each other."""
    bootstrap, first = _bootstrap(len(next(iter(table.values()))), seed), next(iter(table.values()))
    scales = {scale: _scale(table, scale, bootstrap) for scale in first[0]["scales"]}
    metrics = {method: _metrics(rows, seed) for method, rows in table.items()}
    return {
        "main": next(scale for scale in ("probability", "value") if scale in scales),
        "raised": round(float(np.mean([row["direction"] > 0 for row in first])), 4),
        "scales": scales,
        "metrics": metrics,
        "flips": _flips(table, seed),
    }


def _scale(table: dict[str, list[dict]], scale: str, bootstrap: RowBootstrap) -> dict:
    """{random, methods} of one scale; `minus_best` compares with the method of the best mean, row by row."""
    own = {m: {name: _column(rows, scale, "measures", name) for name in MEASURES} for m, rows in table.items()}
    first = next(iter(table.values()))
    drawn = {name: _column(first, scale, "random", name).T for name in MEASURES}  # (O,N), the same for all methods
    best = {name: max(own, key=lambda m: MEASURES[name] * own[m][name].mean()) for name in MEASURES}
    entry = {
        method: {
            name: bootstrap.estimate(values[name])
            | {"minus_random": bootstrap.difference(values[name], drawn[name])}
            | {"minus_best": bootstrap.difference(values[name], own[best[name]][name])}
            for name in MEASURES
        }
        | {"curves": {side: _mean_curve(table[method], scale, side) for side in ("deletion", "insertion")}}
        for method, values in own.items()
    }
    random = {name: bootstrap.estimate(drawn[name]) for name in MEASURES}
    random |= {"curves": {side: _mean_curve(first, scale, f"random_{side}") for side in ("deletion", "insertion")}}
    return {"best": best, "random": random, "methods": entry}


def _metrics(rows: list[dict], seed: int) -> dict:
    """Captum's metrics of one method: the mean, its interval and of how many rows; None where none was measured."""
    found = {}
    for name in ("unexplained", "infidelity", "sensitivity"):
        values = np.array([row[name] for row in rows if row[name] is not None])
        found[name] = _bootstrap(len(values), seed).estimate(values) | {"n": len(values)} if len(values) else None
    return found


def _flips(table: dict[str, list[dict]], seed: int) -> dict | None:
    """Drops and changes by flipping, of the rows where at least two tokens read the context; None without any."""
    first = [row["flips"] for row in next(iter(table.values()))]
    rows = [place for place, flips in enumerate(first) if flips]
    if not rows:
        return None
    bootstrap, found = _bootstrap(len(rows), seed), {"n": len(rows)}
    for measure in ("drop", "changes"):
        drawn = np.array([first[row]["random"][measure] for row in rows]).T
        orders = {name: np.array([first[row][name][measure] for row in rows]) for name in ("gate", "contribution")}
        orders |= {m: np.array([of[row]["flips"]["attribution"][measure] for row in rows]) for m, of in table.items()}
        found[measure] = {"random": bootstrap.estimate(drawn)} | {
            name: bootstrap.estimate(values) | {"minus_random": bootstrap.difference(values, drawn)}
            for name, values in orders.items()
        }
    return found


def _bootstrap(rows: int, seed: int) -> RowBootstrap:
    return RowBootstrap(rows, seed, statistic=MeanOfRows("mean"))


def _column(rows: list[dict], scale: str, kind: str, name: str) -> np.ndarray:
    """(N,) or (N,O)"""
    return np.array([row["scales"][scale][kind][name] for row in rows])


def _mean_curve(rows: list[dict], scale: str, side: str) -> list[float]:
    return [round(float(value), 5) for value in np.mean([row["scales"][scale][side] for row in rows], axis=0)]
