"""What early routing saves: operations and wall time of `predict` against θ, beside `forward`, and what it costs.

python -m benchmarks.early_routing [--checkpoint NAME] [--data FILE [--rows N]] [--cache FOLDER] [--json OUT]

An early router decides from f(x) alone, so h is encoded only for the rows in which some token reads. Both functions run
in turn on the same batches. Operations are those of matrix products, as `torch.utils.flop_counter` counts them;
recurrent layers are not in its books. With --data, the file of a known task, the accuracy at every θ stands beside the
cost, measured on N rows chosen by a hash; without it the texts are this script's own, and only cost is measured.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from dualroute.api import load
from dualroute.data.batches import encode_examples
from dualroute.data.splits import known_labels, limited, read_rows, without_empty
from dualroute.evaluation.collect import collect
from dualroute.evaluation.routing import RoutingEvaluation
from dualroute.evaluation.row_study import operations
from dualroute.families.dual_route.tracing import encode_pair, model_inputs
from dualroute.tasks import Example, get_task

SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
PLACES = ("at the harbour", "in the old town", "near the border", "by the lake", "at the station", "in the north")
EVENTS = ("A quiet opening", "Doubts remain", "The long wait", "One last try", "No way back", "A second look")
STORIES = (
    "The council met until midnight and put off the vote on the new bridge for the third time this year.",
    "Two goals in the last ten minutes turned a lost match around, and the visitors left the field without a word.",
    "The bakery on the corner sells its bread a day old at half the price, and the queue now reaches the church.",
    "Engineers found a crack in the second turbine; the plant stays closed until a spare part has come by ship.",
)


def own_texts() -> list[tuple[str, str]]:
    """36 pairs (x, h) written for this script, h of one to four sentences."""
    cells = [(event, place) for event in EVENTS for place in PLACES]
    return [(f"{event} {place}", " ".join(STORIES[: 1 + i % len(STORIES)])) for i, (event, place) in enumerate(cells)]


def read_examples(model, path: Path, most: int) -> list[Example]:
    """Rows of the checkpoint's task that have a context: without one there is nothing to save."""
    rows = without_empty(read_rows(get_task(model.config.task), path), path.name)
    rows = known_labels([row for row in rows if row.h.strip()], set(model.config.label_names), path.name)
    return limited(rows, most)


def quality(model, rows: list[Example], cache: Path, points: list[float]) -> dict[float, dict]:
    """{θ: accuracy with its interval, share of tokens and of rows that read} over all `rows`, from one forward pass."""
    corpus = collect(model, encode_examples(model.backbone, rows, model.config, cache, "rows"))
    evaluation = RoutingEvaluation(corpus)
    found = {}
    for theta in points:
        rho = corpus.decision("threshold", theta)[1]
        asking = np.maximum.reduceat(rho, corpus.starts) > 0
        found[theta] = evaluation.under("threshold", theta) | {"rows_asking_of_all": float(asking.mean())}
    return found


def batches(model, pairs: list[tuple[str, str]], size: int) -> list[dict]:
    """Padded batches of forward's arguments."""
    rows = [model_inputs(*encode_pair(model, *pair)) for pair in pairs]
    return [_pad(rows[first : first + size]) for first in range(0, len(rows), size)]


def _pad(rows: list[dict]) -> dict:
    return {name: torch.nn.utils.rnn.pad_sequence([row[name][0] for row in rows], batch_first=True) for name in rows[0]}


@torch.no_grad()
def thetas(model, parts: list[dict]) -> list[float]:
    """θ at which about each of `SHARES` of the rows ask, by their largest gates; 0, 1 and the checkpoint's own."""
    largest = []
    for part in parts:
        output = model(**part, policy="soft")
        padding = output.pooling == 0
        largest += (1 - output.gates[..., 0]).masked_fill(padding, 0).amax(1).tolist()
    quantiles = np.quantile(largest, [1 - share for share in SHARES[1:-1]], method="inverted_cdf")
    return sorted({0.0, 1.0, float(model.config.threshold), *map(float, quantiles)})


def flops(run, parts: list[dict], **decision) -> int:
    """Operations over all batches."""
    return sum(operations(run, **part, **decision) for part in parts)


@torch.no_grad()
def seconds(run, parts: list[dict], **decision) -> float:
    """Wall time over all batches."""
    begun = time.perf_counter()
    for part in parts:
        run(**part, **decision)
    return time.perf_counter() - begun


def measure(model, parts: list[dict], theta: float, repeats: int) -> dict:
    """One θ: medians over `repeats` timings of predict and forward, taken in turn."""
    decision = {"policy": "threshold", "threshold": theta}
    seconds(model.predict, parts, **decision)  # warms up
    pairs = [(seconds(model.predict, parts, **decision), seconds(model, parts, **decision)) for _ in range(repeats)]
    predict, forward = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratios = [p / f for p, f in pairs]  # of neighbours in time, for the machine may be shared
    asking = torch.cat([model.predict(**part, **decision).context_encoded for part in parts])
    counted = flops(model.predict, parts, **decision), flops(model, parts, **decision)
    return {
        "theta": theta,
        "rows_asking": float(asking.float().mean()),
        "predict_flops": counted[0],
        "forward_flops": counted[1],
        "flops_ratio": counted[0] / counted[1],
        "predict_seconds": predict,
        "forward_seconds": forward,
        "time_ratio": statistics.median(ratios),
        "time_ratio_range": [min(ratios), max(ratios)],
    }


def show(results: dict) -> None:
    print(
        f"{results['checkpoint']}: cost on {results['rows_timed']} rows in batches of {results['batch_size']}, ", end=""
    )
    print(f"accuracy on {results['rows']} rows of {results['data']}" if results["rows"] else "texts of this script")
    print(f"{'θ':>7}{'rows asking':>13}{'FLOPs ratio':>13}{'time ratio':>12}{'from – to':>16}{'accuracy':>11}")
    for at in results["thresholds"]:
        low, high = at["time_ratio_range"]
        ratios = f"{at['flops_ratio']:>13.3f}{at['time_ratio']:>12.3f}{low:>10.2f} – {high:.2f}"
        accuracy = f"{at['accuracy']:>11.4f}" if "accuracy" in at else ""
        print(f"{at['theta']:>7.4f}{at['rows_asking']:>13.3f}{ratios}{accuracy}")


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--checkpoint", default="news__early", help="folder or name of an early router")
    parser.add_argument("--data", type=Path, help="file of the checkpoint's task; else texts of this script")
    parser.add_argument("--rows", type=int, default=3000, help="measure accuracy on so many rows of --data")
    parser.add_argument("--timed", type=int, default=128, help="measure cost on the first so many of them")
    parser.add_argument("--cache", type=Path, help="folder that keeps the backbone's features")
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path, dest="json_out", metavar="OUT")
    return parser


def main() -> None:
    parser = arguments()
    given = parser.parse_args()
    model = load(given.checkpoint).model
    if not model.config.early:
        parser.error(f"the router of {given.checkpoint} is not early: it needs f(h) to decide, and saves nothing")
    rows = read_examples(model, given.data, given.rows) if given.data else []
    pairs = [(row.x, row.h) for row in rows[: given.timed]] or own_texts()
    parts = batches(model, pairs, given.batch_size)
    points = thetas(model, parts)
    measured = [measure(model, parts, theta, given.repeats) for theta in points]
    if rows:
        with tempfile.TemporaryDirectory() as folder:
            known = quality(model, rows, given.cache or Path(folder), points)
        measured = [at | known[at["theta"]] for at in measured]
    results = {
        "benchmark": "early_routing",
        "checkpoint": given.checkpoint,
        "data": given.data.name if given.data else "texts of this script",
        "rows": len(rows),
        "rows_timed": len(pairs),
        "batch_size": given.batch_size,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "thresholds": measured,
    }
    show(results)
    if given.json_out:
        given.json_out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
