"""Every row of a data set attributed and its attributions measured, kept so that a long run can be cut short."""

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from dualroute.api import DualRouter
from dualroute.attribute.methods import GATE, METHODS, SCORE
from dualroute.faithful.measure import Probe, measured
from dualroute.faithful.sensitivity import sensitivity
from dualroute.measures.faithfulness import Erasure, Faithfulness
from dualroute.measures.flipping import Flips
from dualroute.studies.jsonl_store import KeptRows
from dualroute.tasks import Example
from dualroute.trace.attribution import Attribution
from dualroute.trace.record import Trace

DIGITS = 6


@dataclass(frozen=True)
class Plan:
    """What is measured of each row, and with what.

    targets    as `attribute` takes them, without what only one row has
    disturbed  so many disturbances for the sensitivity; only of the first `disturbed_rows` rows and when all others are
               measured, since each is a whole attribution anew
    """

    targets: tuple[str, ...] = ("prediction", "gate")
    orders: int = 10
    samples: int = 32
    disturbed: int = 3
    disturbed_rows: int = 10
    seed: int = 0


def row_key(row: Example) -> str:
    """A digest of a row's texts."""
    return hashlib.sha256(json.dumps([row.x, row.h, row.label]).encode()).hexdigest()[:16]


def measure_rows(
    router: DualRouter, rows: Sequence[Example], methods: Sequence[str], plan: Plan, path: Path | None = None
) -> dict[tuple[str, str, str], dict]:
    """{(row's key, method, what): entry} of all rows and methods; what `path` has is not measured again."""
    told = {name: value for name, value in asdict(plan).items() if name != "disturbed_rows"}  # may be raised later
    kept = KeptRows({"revision": router.revision} | told | {"targets": list(plan.targets)}, path)
    some = rows[: plan.disturbed_rows] if plan.disturbed else []
    for what, run, chosen in (("measures", _measures, rows), ("sensitivity", _sensitivity, some)):
        for row in tqdm(chosen, desc=what, unit="row"):
            missing = [name for name in methods if (row_key(row), name, what) not in kept.entries]
            for entry in run(router, row, missing, plan):
                kept.add({"row": row_key(row), "what": what} | entry)
    return kept.entries


def _measures(router: DualRouter, row: Example, methods: list[str], plan: Plan) -> Iterator[dict]:
    """One entry per method: what it costs, and how faithful it is to each target."""
    if not methods:
        return
    trace = router.trace(row.x, row.h)
    probe = Probe(router, trace, plan.targets)
    for name in methods:
        began = time.process_time()  # of this program alone: other work on the machine does not count
        found = _attributed(router, trace, name, plan)
        seconds = time.process_time() - began
        options = {"orders": plan.orders, "seed": plan.seed, "samples": plan.samples, "probe": probe}
        records = [measured(router, trace, one, **options) for one in found]
        yield {
            "method": name,
            "seconds": round(seconds, DIGITS),
            "passes": list(found[0].passes) if found else [0, 0],
            "targets": {record.target: plain(record) for record in records},
        }


def _sensitivity(router: DualRouter, row: Example, methods: list[str], plan: Plan) -> Iterator[dict]:
    """One entry per method: the sensitivity of each target."""
    trace = router.trace(row.x, row.h)
    for name in methods:
        found = _attributed(router, trace, name, plan)
        shifts = sensitivity(router, trace, found, plan.disturbed, plan.seed) if found else {}
        yield {"method": name, "targets": {target: _number(shift) for target, shift in shifts.items()}}


def _attributed(router: DualRouter, trace: Trace, name: str, plan: Plan) -> tuple[Attribution, ...]:
    """Of the targets that the method serves."""
    served = [target for target in plan.targets if kind_of(target) in METHODS[name].targets]
    return router.attribute_many(trace, served, method=name, seed=plan.seed) if served else ()


def kind_of(target: str) -> str:
    """What a method has to serve for a target."""
    return GATE if target.startswith("gate") else SCORE


def plain(record: Faithfulness) -> dict:
    """What the results need of one record, ready for JSON."""
    return {
        "direction": record.direction,
        "scales": {name: _erasure(erasure) for name, erasure in record.erasures.items()},
        "infidelity": _number(record.infidelity),
        "unexplained": _number(record.unexplained),
        "flips": record.flips and _flips(record.flips),
    }


def _erasure(erasure: Erasure) -> dict:
    drawn = erasure.random_measures()
    return {
        "measures": {name: _number(value) for name, value in erasure.measures().items()},
        "random": {name: _numbers(values) for name, values in drawn.items()},
        "deletion": _numbers(erasure.deletion),
        "insertion": _numbers(erasure.insertion),
        "random_deletion": _numbers(erasure.random_deletion.mean(0)),
        "random_insertion": _numbers(erasure.random_insertion.mean(0)),
    }


def _flips(flips: Flips) -> dict:
    named = {name: {"drop": one.drop, "changes": one.changes} for name, one in flips.named.items()}
    drawn = {"drop": [one.drop for one in flips.random], "changes": [one.changes for one in flips.random]}
    return named | {"random": drawn}


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), DIGITS)


def _numbers(values: np.ndarray) -> list[float]:
    return [_number(value) for value in values]
