"""Attribute every row of a data set and measure its attributions, in a store from which a long run can resume."""

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
from dualroute.inputs import Pictures
from dualroute.measures.faithfulness import Erasure, Faithfulness
from dualroute.measures.flipping import Flips
from dualroute.studies.jsonl_store import MeasurementStore
from dualroute.tasks import Example
from dualroute.trace.attribution import Attribution
from dualroute.trace.ledger import SumOfLogits
from dualroute.trace.record import Trace

DIGITS = 6
EXACT = "exact"
NO_SUM = "a written text is no sum of contributions, so there are no exact ones"


@dataclass(frozen=True)
class Plan:
    """Settings of the measurements.

    targets         targets of the attributions, as for `attribute`
    orders          number of random orders each attribution is compared with
    samples         number of samples for the infidelity
    disturbed       number of disturbances for the sensitivity; 0: do not measure it
    disturbed_rows  number of rows on which the sensitivity is measured, since each disturbance is a new attribution
    baseline        what an erased unit is replaced by, in attributions and measures
    granularity     the units that get scores and are erased: `token`, `word` or `sentence`
    """

    targets: tuple[str, ...] = ("prediction", "gate")
    orders: int = 10
    samples: int = 32
    disturbed: int = 3
    disturbed_rows: int = 10
    seed: int = 0
    baseline: str = "pad"
    granularity: str = "token"


def row_key(row: Example) -> str:
    """Return a digest of a row's texts, and of the name of its picture where it has one."""
    parts = [row.x, row.h, row.label] + ([row.image] if row.image else [])
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def measure_rows(
    router: DualRouter,
    rows: Sequence[Example],
    methods: Sequence[str],
    plan: Plan,
    path: Path | None = None,
    pictures: Pictures | None = None,
) -> dict[tuple[str, str, str], dict]:
    """Return {(row's key, method, kind): entry} of all rows and methods, where the kind is `measures` or `sensitivity`.

    Entries that the file `path` already has are not measured again. An entry of a method that the model's answer does
    not allow has the reason as `refused`. pictures: those of the rows, for a context that is a picture.
    """
    fixed = {name: value for name, value in asdict(plan).items() if name != "disturbed_rows"}  # may be raised later
    store = MeasurementStore({"revision": router.revision} | fixed | {"targets": list(plan.targets)}, path)
    first_rows = rows[: plan.disturbed_rows] if plan.disturbed else []
    for kind, run, subset in (("measures", _measures, rows), ("sensitivity", _sensitivity, first_rows)):
        for row in tqdm(subset, desc=kind, unit="row"):
            missing = [name for name in methods if (row_key(row), name, kind) not in store.entries]
            if not missing:
                continue
            trace = router.trace(row.x, row.h, image=pictures.read(row.image) if pictures else None)
            for entry in run(router, trace, missing, plan):
                store.add({"row": row_key(row), "what": kind} | entry)
    return store.entries


def _measures(router: DualRouter, trace: Trace, methods: list[str], plan: Plan) -> Iterator[dict]:
    """Yield one entry for each method: its cost, and its faithfulness to each target."""
    probe = Probe(router, trace, plan.targets, plan.baseline)
    for name in methods:
        began = time.process_time()  # CPU time of this process, which other work on the machine does not change
        attributions, refused = _attribute(router, trace, name, plan)
        seconds = time.process_time() - began
        options = {"orders": plan.orders, "seed": plan.seed, "samples": plan.samples, "probe": probe}
        records = [measured(router, trace, attribution, **options) for attribution in attributions]
        yield {
            "method": name,
            "seconds": round(seconds, DIGITS),
            "passes": list(attributions[0].passes) if attributions else [0, 0],
            "targets": {record.target: plain(record) for record in records},
        } | ({"refused": refused} if refused else {})


def _sensitivity(router: DualRouter, trace: Trace, methods: list[str], plan: Plan) -> Iterator[dict]:
    """Yield one entry for each method: the sensitivity of each target."""
    for name in methods:
        attributions, _ = _attribute(router, trace, name, plan)
        shifts = sensitivity(router, trace, attributions, plan.disturbed, plan.seed) if attributions else {}
        yield {"method": name, "targets": {target: _number(shift) for target, shift in shifts.items()}}


def _attribute(router: DualRouter, trace: Trace, name: str, plan: Plan) -> tuple[tuple[Attribution, ...], str]:
    """Return the attributions by method `name` of the targets that it can attribute, or why the answer has none."""
    able = [target for target in plan.targets if kind_of(target) in METHODS[name].targets]
    if not able:
        return (), ""
    if name == EXACT and not isinstance(trace.ledger, SumOfLogits):
        return (), NO_SUM
    options = {"baseline": plan.baseline, "granularity": plan.granularity, "seed": plan.seed}
    return router.attribute_many(trace, able, method=name, **options), ""


def kind_of(target: str) -> str:
    """Return the kind of a target, which a method must be able to attribute: `GATE` or `SCORE`."""
    return GATE if target.startswith("gate") else SCORE


def plain(record: Faithfulness) -> dict:
    """Return the parts of a record that the results need, ready for JSON."""
    return {
        "direction": record.direction,
        "scales": {name: _erasure(erasure) for name, erasure in record.erasures.items()},
        "infidelity": _number(record.infidelity),
        "unexplained": _number(record.unexplained),
        "flips": record.flips and _flips(record.flips),
    }


def _erasure(erasure: Erasure) -> dict:
    by_chance = erasure.random_measures()
    return {
        "measures": {name: _number(value) for name, value in erasure.measures().items()},
        "random": {name: _numbers(values) for name, values in by_chance.items()},
        "deletion": _numbers(erasure.deletion),
        "insertion": _numbers(erasure.insertion),
        "random_deletion": _numbers(erasure.random_deletion.mean(0)),
        "random_insertion": _numbers(erasure.random_insertion.mean(0)),
    }


def _flips(flips: Flips) -> dict:
    named = {name: {"drop": flip.drop, "changes": flip.changes} for name, flip in flips.named.items()}
    by_chance = {"drop": [flip.drop for flip in flips.random], "changes": [flip.changes for flip in flips.random]}
    return named | {"random": by_chance}


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), DIGITS)


def _numbers(values: np.ndarray) -> list[float | None]:
    return [_number(value) for value in values]
