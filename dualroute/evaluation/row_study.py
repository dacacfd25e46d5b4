"""Studies of evaluation rows at every θ: the answers of each row, the curve with its controls, and what a row costs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from dualroute.data.objectives import OBJECTIVES
from dualroute.evaluation.evaluate import collect_rows, load_for, origin, readable_rows, seen_groups
from dualroute.evaluation.routing import DRAWS, RoutingEvaluation
from dualroute.evaluation.row_choice import choose_rows
from dualroute.families.dual_route.linear_kernels import torch_products
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.families.dual_route.tracing import encode_pair, model_inputs
from dualroute.inputs import find_pictures
from dualroute.rows.corpus import RoutedRows, corpus_from_traces
from dualroute.rows.states import threshold_states
from dualroute.rows.stored import FEW_PARTS, Facet, RowStudy
from dualroute.tasks import Example, Task
from dualroute.trace.record import Trace


def row_operations(model: DualRouteModel, rows: Sequence[Example]) -> np.ndarray | None:
    """Return the floating-point operations (N,2) of each row, run alone: without reading h, and with reading it.

    The number of reading tokens does not matter, since the cost is that of the encoder of h, which all tokens of a row
    share. Returns None if the router sees what each token reads, because h is then always encoded, and for pictures.
    `torch.utils.flop_counter` counts matrix products but not recurrent layers. Rows of the same shape are counted once.
    """
    if not model.config.early or model.config.h_is_image:
        return None
    cache: dict[tuple, tuple[int, int]] = {}
    return np.array([_of_row(model, row, cache) for row in rows], dtype=np.float64)


def _of_row(model: DualRouteModel, row: Example, cache: dict) -> tuple[int, int]:
    inputs = model_inputs(*encode_pair(model, row.x, row.h))
    shapes = tuple((name, tuple(value.shape)) for name, value in sorted(inputs.items()))
    if shapes not in cache:
        cache[shapes] = tuple(operations(model.predict, policy=policy, **inputs) for policy in ("direct", "merged"))
    return cache[shapes]


@torch.no_grad()
def operations(run, **inputs) -> int:
    """Return the operations of one call of `run`, a model's `forward` or `predict`.

    Attention runs as plain matrix products, because fused attention is not counted on every device; linear maps run
    as torch's own products, because those of oneDNN are not counted.
    """
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH), torch_products():
        run(**inputs)
    return counter.get_total_flops()


POINTS = 25  # of the curve, at about equal steps of the share of merged tokens
GRID = np.round(np.arange(0, 1, 0.01), 2)


@dataclass(frozen=True)
class Description:
    """Metadata of a study: `head` is copied into the results, `default` is the checkpoint's θ."""

    head: dict
    metric: str
    default: float


def study(
    corpus: RoutedRows, ids: Sequence[str], about: Description, facets: dict[str, Facet], draws: int = DRAWS, seed=0
) -> RowStudy:
    """Return the answers of each row at every θ, with the curve of the whole.

    Raises ValueError for generated texts, and as `RoutingEvaluation` does.
    """
    steps = threshold_states(corpus)
    evaluation = RoutingEvaluation(corpus, draws, seed, about.metric)
    head = about.head | {"metric": about.metric, "n": len(corpus), "tokens": len(corpus.gates)}
    curve = head | {"random_draws": draws, "seed": seed} | evaluation.summary(spread(corpus, about.default))
    return RowStudy(steps, tuple(ids), curve, facets)


def study_file(
    task: Task,
    data: Path,
    checkpoint: str | Path | None = None,
    most_rows: int = 0,
    cache: Path | None = None,
    draws: int = DRAWS,
    images: Path | None = None,
) -> RowStudy:
    """Return the study of a data file; options and errors are those of `evaluate`."""
    data = Path(data)
    router = load_for(task, checkpoint)
    config, selection = router.model.config, choose_rows(task, data, router.checkpoint, None, most_rows)
    if not router.model.readout.additive:
        raise ValueError(
            "generated texts cannot be studied at every θ, since every decision reruns the model; use `evaluate`"
        )
    read = readable_rows(router, selection.rows, data.name)
    rows = OBJECTIVES[config.readout].measurable(read, config, data.name)
    if not rows:
        raise ValueError(f"{data.name}: {OBJECTIVES[config.readout].none_left(read, config)}")
    corpus = collect_rows(router, task, rows, cache, find_pictures(data, images))
    head = {"task": task.name, **origin(router), "data": data.name, "folder": data.resolve().parent.name}
    skipped = selection.skipped + len(selection.rows) - len(read)
    head |= {"rows_note": selection.note, "skipped_empty_x": skipped, "early": bool(config.early)}
    about = Description(head, task.metric, float(config.threshold))
    result = study(corpus, [row.id for row in rows], about, _facets(task, rows, selection), draws)
    return replace(result, operations=row_operations(router.model, rows))


def spread(corpus: RoutedRows, default: float, points: int = POINTS) -> list[float]:
    """Return values of θ whose shares of merged tokens are about evenly spaced, with `default` and 0."""
    shares = np.array([corpus.share("threshold", theta) for theta in GRID])
    near = [int(np.abs(shares - share).argmin()) for share in np.linspace(shares.min(), shares.max(), points)]
    return sorted({0.0, float(default), *GRID[near].tolist()})


def _facets(task: Task, rows: list[Example], selection) -> dict[str, Facet]:
    """Return facets by whether a group occurs in training, and by group if there are few of them.

    Many groups could reveal texts of the data set, so they are left out.
    """
    facets, names = {}, sorted({row.group for row in rows} - {""})
    if task.group_name and 1 < len(names) <= FEW_PARTS:
        facets[task.group_name] = facet([row.group or "none" for row in rows])
    for name, part in seen_groups(task, rows, selection).items():
        if name.startswith("seen") and not part.all():
            facets[f"{task.group_name} in training"] = facet(["seen" if seen else "unseen" for seen in part])
    return facets


def facet(names: Sequence[str]) -> Facet:
    """Return the facet that groups N rows by their names."""
    parts, codes = np.unique(np.asarray(names), return_inverse=True)
    return Facet(tuple(parts.tolist()), codes)


def study_traces(traces: Sequence[Trace], rows: Sequence[Example], metric: str, draws: int = DRAWS) -> RowStudy:
    """Study rows traced one by one; raise ValueError as `corpus_from_traces` does, and for an AUC of one class."""
    corpus, spec = corpus_from_traces(traces, [row.label for row in rows]), traces[0].spec
    default = 0.5 if spec.threshold is None else spec.threshold
    head = {"task": spec.task, "checkpoint": spec.checkpoint, "revision": spec.revision, "data": "your own rows"}
    head |= {"labels": list(traces[0].labels), "default_policy": "threshold", "default_threshold": default}
    head |= {"rows_note": "", "skipped_empty_x": 0}
    groups = [row.group for row in rows]
    facets = {"group": facet([group or "none" for group in groups])} if 1 < len(set(groups)) <= FEW_PARTS else {}
    return study(corpus, [row.id for row in rows], Description(head, metric, default), facets, draws)
