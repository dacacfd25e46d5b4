"""Milliseconds to answer another θ for a data set of 100,000 rows, beside scoring all rows anew, in the same run.

python -m benchmarks.threshold_index [--rows N] [--tokens T] [--classes C] [--json OUT]

A θ change is everything the tab shows of a θ: share, quality, every row's answer and how many of its tokens read, the
facets by class, the calibration, and the rows that change against another θ. Made numbers: speed does not depend on
them. Memory is that of the index's arrays, beside those of the contributions it was made of.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import numpy as np

from dualroute.rows.corpus import Corpus
from dualroute.rows.states import threshold_states
from dualroute.rows.threshold_index import ThresholdIndex

AIM = 0.050
THETAS = np.linspace(0.03, 0.97, 25)


def make_corpus(rows: int, tokens: int, classes: int) -> Corpus:
    """Random rows of `tokens` tokens on average."""
    draw = np.random.default_rng(0)
    lengths = draw.integers(1, 2 * tokens, rows)
    gates = draw.beta(0.4, 1.2, lengths.sum())
    parts = [draw.normal(size=(len(gates), classes)) for _ in ("direct", "read")]
    return Corpus(
        gates=np.stack([1 - gates, gates], -1),
        starts=np.concatenate([[0], np.cumsum(lengths)[:-1]]),
        has_context=np.ones(rows, bool),
        direct=parts[0],
        read=parts[1],
        bias=np.zeros(classes),
        labels=draw.integers(0, classes, rows),
    )


def seconds(work, thetas=THETAS) -> dict:
    """Median and largest time of `work(θ)`, and the processor's median: what a busy machine adds is not in it."""
    times, busy = [], []
    for theta in thetas:
        begun, spent = time.perf_counter(), time.process_time()
        work(float(theta))
        times.append(time.perf_counter() - begun)
        busy.append(time.process_time() - spent)
    return {"median": statistics.median(times), "max": max(times), "cpu": statistics.median(busy)}


def bytes_of(record) -> int:
    return sum(value.nbytes for value in vars(record).values() if isinstance(value, np.ndarray))


def measure(corpus: Corpus) -> dict:
    begun = time.perf_counter()
    index = ThresholdIndex(threshold_states(corpus))
    index.quality(0.5), index.share(0.5)  # what is sorted on first use
    built = time.perf_counter() - begun

    def change(theta: float) -> None:
        index.at(theta), index.facets(theta, corpus.labels), index.calibration(theta), index.changed(theta, 0.5)

    def anew(theta: float) -> None:
        corpus.score(*corpus.decision("threshold", theta)).mean()

    return {
        "benchmark": "threshold_index",
        "rows": len(corpus),
        "tokens": len(corpus.gates),
        "classes": len(corpus.bias),
        "build_seconds": built,
        "theta_change": seconds(change),
        "rows_at_theta": seconds(index.at),
        "quality_alone": seconds(index.quality),
        "scored_anew": seconds(anew),
        "index_bytes": bytes_of(index.steps),
        "corpus_bytes": bytes_of(corpus),
        "aim_seconds": AIM,
    }


def show(found: dict) -> None:
    print(f"{found['rows']:,} rows, {found['tokens']:,} tokens, {found['classes']} classes")
    names = {
        "theta_change": "everything of a θ",
        "rows_at_theta": "every row's answer",
        "quality_alone": "quality alone",
        "scored_anew": "Corpus.score, anew",
    }
    for key, name in names.items():
        times = found[key]
        ratio = found["scored_anew"]["median"] / times["median"]
        print(f"{name:<20}{1000 * times['median']:>9.3f} ms, at most {1000 * times['max']:>8.3f}", end="")
        print(f", processor {1000 * times['cpu']:>8.3f}   {ratio:>8.1f} ×")
    print(f"built in {found['build_seconds']:.2f} s, {found['index_bytes'] / 1e6:.1f} MB", end="")
    print(f" beside {found['corpus_bytes'] / 1e6:.1f} MB of contributions")
    reached = found["theta_change"]["max"] <= found["aim_seconds"]
    print(f"aim: at most {1000 * found['aim_seconds']:.0f} ms for everything of a θ: {'met' if reached else 'MISSED'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("rows", 100_000), ("tokens", 10), ("classes", 4)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found = measure(make_corpus(given.rows, given.tokens, given.classes))
    show(found)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
