"""What a row costs: operations of an early router's `predict` with the context left alone, and with it encoded.

Evaluation rows prepared for looking at every θ: their steps, and the curve with what it has to beat.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from dualroute.data.objectives import OBJECTIVES
from dualroute.evaluation.compare import DRAWS, Comparison
from dualroute.evaluation.evaluate import collect_rows, load_for, origin, seen_groups
from dualroute.evaluation.rows import choose_rows
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.families.dual_route.tracing import encode_pair, model_inputs
from dualroute.inputs import find_pictures
from dualroute.rows.corpus import RoutedRows, corpus_from_traces
from dualroute.rows.states import row_steps
from dualroute.rows.stored import FEW_PARTS, Facet, RowStudy
from dualroute.tasks import Example, Task
from dualroute.trace.record import Trace


def row_operations(model: DualRouteModel, rows: Sequence[Example]) -> np.ndarray | None:
    """(N,2) floating-point operations of each row alone: with no token reading, and with any that reads.

    How many read makes no difference: what costs is the encoder of h, which all tokens of a row share. None for a
    router that sees what every token reads, for h has been encoded whatever it decides; and where h is a picture.
    Counted are matrix products, as `torch.utils.flop_counter` knows them; recurrent layers are not in its books. Rows
    of one shape are counted once.
    """
    if not model.config.early or model.config.context == "image":
        return None
    known: dict[tuple, tuple[int, int]] = {}
    return np.array([_of_row(model, row, known) for row in rows], dtype=np.float64)


def _of_row(model: DualRouteModel, row: Example, known: dict) -> tuple[int, int]:
    inputs = model_inputs(*encode_pair(model, row.x, row.h))
    shapes = tuple((name, tuple(value.shape)) for name, value in sorted(inputs.items()))
    if shapes not in known:
        known[shapes] = tuple(operations(model.predict, policy=policy, **inputs) for policy in ("direct", "merged"))
    return known[shapes]


@torch.no_grad()
def operations(run, **inputs) -> int:
    """Of one call of a model's `forward` or `predict`.

    Attention runs as plain products: its fused form is not counted on every device.
    """
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        run(**inputs)
    return counter.get_total_flops()


POINTS = 25  # of the curve, at about equal steps of the share
GRID = np.round(np.arange(0, 1, 0.01), 2)


@dataclass(frozen=True)
class Described:
    """What is told of the rows beside their numbers: `head` stands in the results, `default` is the checkpoint's θ."""

    head: dict
    metric: str
    default: float


def study(
    corpus: RoutedRows, ids: Sequence[str], about: Described, facets: dict[str, Facet], draws: int = DRAWS, seed=0
) -> RowStudy:
    """The steps of a corpus and its curve. Raises ValueError for written texts, and as `Comparison` does."""
    steps = row_steps(corpus)
    comparison = Comparison(corpus, draws, seed, about.metric)
    head = about.head | {"metric": about.metric, "n": len(corpus), "tokens": len(corpus.gates)}
    found = head | {"random_draws": draws, "seed": seed} | comparison.summary(spread(corpus, about.default))
    return RowStudy(steps, tuple(ids), found, facets)


def study_file(
    task: Task,
    data: Path,
    checkpoint: str | Path | None = None,
    most_rows: int = 0,
    cache: Path | None = None,
    draws: int = DRAWS,
    images: Path | None = None,
) -> RowStudy:
    """A data file under a checkpoint; the options are those of `evaluate`, and so are the errors."""
    data = Path(data)
    router = load_for(task, checkpoint)
    config, chosen = router.model.config, choose_rows(task, data, router.checkpoint, None, most_rows)
    if not router.model.readout.additive:
        raise ValueError("a written text has no steps: another route is another run; use `evaluate`")
    rows = OBJECTIVES[config.readout].measurable(chosen.rows, config, data.name)
    if not rows:
        raise ValueError(f"{data.name}: {OBJECTIVES[config.readout].none_left(chosen.rows)}")
    corpus = collect_rows(router, task, rows, cache, find_pictures(data, images))
    head = {"task": task.name, **origin(router), "data": data.name, "folder": data.resolve().parent.name}
    head |= {"rows_note": chosen.note, "skipped_empty_x": chosen.skipped, "early": bool(config.early)}
    about = Described(head, task.metric, float(config.threshold))
    found = study(corpus, [row.id for row in rows], about, _facets(task, rows, chosen), draws)
    return replace(found, operations=row_operations(router.model, rows))


def spread(corpus: RoutedRows, default: float, points: int = POINTS) -> list[float]:
    """θs whose shares are about evenly spaced, the default among them, and 0."""
    shares = np.array([corpus.share("threshold", theta) for theta in GRID])
    near = [int(np.abs(shares - share).argmin()) for share in np.linspace(shares.min(), shares.max(), points)]
    return sorted({0.0, float(default), *GRID[near].tolist()})


def _facets(task: Task, rows: list[Example], chosen) -> dict[str, Facet]:
    """Seen and unseen groups; and the groups themselves where they are few: many might be texts of the data set."""
    found, names = {}, sorted({row.group for row in rows} - {""})
    if task.group_name and 1 < len(names) <= FEW_PARTS:
        found[task.group_name] = facet([row.group or "none" for row in rows])
    for name, part in seen_groups(task, rows, chosen).items():
        if name.startswith("seen") and not part.all():
            found[f"{task.group_name} in training"] = facet(["seen" if seen else "unseen" for seen in part])
    return found


def facet(names: Sequence[str]) -> Facet:
    """The parts that N names make."""
    known, codes = np.unique(np.asarray(names), return_inverse=True)
    return Facet(tuple(known.tolist()), codes)


def study_traces(traces: Sequence[Trace], rows: Sequence[Example], metric: str, draws: int = DRAWS) -> RowStudy:
    """Study rows traced one by one; raise ValueError as `corpus_from_traces` does, and for an AUC of one class."""
    corpus, spec = corpus_from_traces(traces, [row.label for row in rows]), traces[0].spec
    head = {"task": spec.task, "checkpoint": spec.checkpoint, "revision": spec.revision, "data": "your own rows"}
    head |= {"labels": list(traces[0].labels), "default_policy": "threshold", "default_threshold": spec.threshold}
    head |= {"rows_note": "", "skipped_empty_x": 0}
    groups = [row.group for row in rows]
    facets = {"group": facet([group or "none" for group in groups])} if 1 < len(set(groups)) <= FEW_PARTS else {}
    return study(corpus, [row.id for row in rows], Described(head, metric, spec.threshold), facets, draws)
