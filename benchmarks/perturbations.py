"""How long methods that leave words out take for a prediction and its gates, against Captum's plain use.

    python -m benchmarks.perturbations [--json OUT] [--quick] [--methods occlusion,lime] [--repeats 3] [--threads 2]

Captum's plain use is a call per target with `perturbations_per_eval` as it is by default, 1, and whole forward passes
of the model. Ours is one `attribute_many`. Both ask for the same number of samples, and with the same seed for the same
subsets; the scores of methods without chance must be equal, and the largest difference of the others is told (LIME's
kernel and penalty are not Captum's defaults, so its scores are others). Runs are
interleaved; a ratio is that of the medians, of wall time and (`…_cpu`) of the process's CPU time, which with
`--threads 1` is the one to trust on a machine that others use too. `--quick` uses few samples and the shorter text.
"""

import argparse
import json
import os
import statistics
import time

import numpy as np
import torch
from captum.attr import FeatureAblation, KernelShap, Lime, Occlusion, ShapleyValueSampling

import dualroute
from benchmarks.integrated_gradients import LENGTHS, text_of
from dualroute.attribute.engine import attribute_many
from dualroute.trace.targets import parse_target

TARGETS = ("prediction", "gate")
EXACT = ("feature_ablation", "occlusion")
SAMPLES = {"shapley_sampling": (2, 1), "kernel_shap": (200, 40), "lime": (200, 40)}  # in full, and quick


class Plain:
    """Captum's methods on the model as a function of presences, one target at a time."""

    def __init__(self, router, trace):
        path = router.attribution_function(trace, [parse_target(trace, target) for target in TARGETS])
        self.functions = [lambda *p, value=value: value(path.output(*p)) for value in path.values]
        self.ends = path.at(torch.ones(1))

    @torch.no_grad()
    def attribute(self, method: str, parameters: dict) -> list[np.ndarray]:
        torch.manual_seed(0)
        return [self._scores(method, function, parameters) for function in self.functions]

    def _scores(self, method: str, function, parameters: dict) -> np.ndarray:
        made = {
            "feature_ablation": FeatureAblation,
            "shapley_sampling": ShapleyValueSampling,
            "kernel_shap": KernelShap,
            "lime": Lime,
            "occlusion": Occlusion,
        }[method](function)
        if method == "occlusion":
            found = made.attribute(self.ends, tuple((min(parameters["window"], e.shape[1]),) for e in self.ends))
        else:
            found = made.attribute(self.ends, **parameters)
        return torch.cat(found, dim=1)[0].numpy()


def parameters_of(method: str, quick: bool) -> dict:
    if method == "occlusion":
        return {"window": 3}
    return {"n_samples": SAMPLES[method][quick]} if method in SAMPLES else {}


def measure(router, trace, method: str, repeats: int, quick: bool) -> dict:
    """Medians and ratios of one method on one text."""
    plain, parameters = Plain(router, trace), parameters_of(method, quick)
    runs = {
        "captum": lambda: plain.attribute(method, parameters),
        "ours": lambda: attribute_many(router, trace, TARGETS, method=method, **parameters),
    }
    spent, found = {name: [] for name in runs}, {}
    for repeat in range(repeats):
        for name in sorted(runs, reverse=bool(repeat % 2)):
            wall, cpu = time.perf_counter(), time.process_time()
            found[name] = runs[name]()
            spent[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    ours = [np.concatenate([one.scores, one.context_scores]) for one in found["ours"]]
    differences = [float(np.abs(a - b).max()) for a, b in zip(ours, found["captum"], strict=True)]
    if method in EXACT and max(differences) > 1e-4:
        raise AssertionError(f"{method}: scores differ by {max(differences)}")
    told = {"method": method, **parameters, "passes": found["ours"][0].passes, "differences": differences}
    told |= {"tokens": len(trace.tokens), "context_tokens": len(trace.context_tokens)}
    for clock, key in enumerate(("", "_cpu")):
        p50 = {name: statistics.median(both[clock] for both in times) for name, times in spent.items()}
        told |= {f"p50_seconds{key}": p50, f"ratio{key}": p50["ours"] / p50["captum"]}
    return told


def show(told: dict) -> None:
    wall, cpu = told["p50_seconds"], told["p50_seconds_cpu"]
    print(
        f"{told['method']:17} {told['tokens']:3} + {told['context_tokens']:3} words  "
        f"captum {wall['captum']:7.2f} s, cpu {cpu['captum']:7.2f} s  ours {wall['ours']:6.2f} s, "
        f"cpu {cpu['ours']:6.2f} s  ratio {told['ratio']:.2f} wall, {told['ratio_cpu']:.2f} cpu  "
        f"difference {max(told['differences']):.1e}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", help="write the numbers to this file")
    parser.add_argument("--checkpoint", default="news")
    parser.add_argument("--methods", default=",".join((*EXACT, *SAMPLES)))
    parser.add_argument("--lengths", default=",".join(map(str, LENGTHS)), help="tokens of x and h together")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    router = dualroute.load(arguments.checkpoint)
    found = []
    for length in [64] if arguments.quick else map(int, arguments.lengths.split(",")):
        trace = router.trace(*text_of(router, length))
        for method in arguments.methods.split(","):
            found.append(measure(router, trace, method, 1 if arguments.quick else arguments.repeats, arguments.quick))
            show(found[-1])
    machine = {
        "cpus": os.cpu_count(),
        "load": os.getloadavg(),
        "threads": arguments.threads,
        "torch": torch.__version__,
    }
    print(f"load of the machine {machine['load'][0]:.1f}, {arguments.threads} threads")
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"checkpoint": router.revision, "machine": machine, "runs": found}, file, indent=1)


if __name__ == "__main__":
    main()
