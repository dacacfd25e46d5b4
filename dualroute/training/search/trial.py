"""One trial: a short training by the ordinary `train`, measured on the held-out rows."""

import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path

from dualroute.images import find_pictures
from dualroute.interpret.corpus import RoutedRows
from dualroute.model.dual_route import DualRouteModel
from dualroute.policies import POLICIES
from dualroute.tasks import Example, Task
from dualroute.training.choose_threshold import choose_threshold
from dualroute.training.collect import collect
from dualroute.training.compare import Comparison
from dualroute.training.data import RoutingDataset, encode_examples
from dualroute.training.objectives import OBJECTIVES
from dualroute.training.search.grid import config_of, settings_of
from dualroute.training.settings import TrainingSettings
from dualroute.training.train import train


@dataclass(frozen=True)
class Setup:
    """What all trials of a search share.

    data      as for `train`; validation are its held-out rows
    out       folder of the search; every trial has one of its own in `out/trials`
    options   further arguments of `train`: backbone, images
    """

    task: Task
    data: Path
    validation: list[Example]
    out: Path
    settings: TrainingSettings
    config: dict
    cache: Path
    options: dict

    def folder(self, params: dict) -> Path:
        """Of the trial with these values: one that was cut short goes on where it stopped."""
        return self.out / "trials" / "_".join(f"{name}={value}" for name, value in params.items())


def run_trial(setup: Setup, params: dict) -> dict:
    """The record of one trial; its checkpoint stays in its folder, without the state of its training."""
    folder, begun, cpu = setup.folder(params), time.perf_counter(), time.process_time()
    settings = replace(setup.settings, **settings_of(params))
    config = setup.config | config_of(params)
    model = train(setup.task, setup.data, folder, settings, config, cache=setup.cache, **setup.options)
    measured = measure(collect(model, _held_out(setup, model)), setup.task.metric, settings)
    shutil.rmtree(folder / "state", ignore_errors=True)
    return measured | {
        "parameters": sum(p.numel() for p in model.parameters()),
        "router_parameters": sum(p.numel() for p in model.router.parameters()),
        "seconds": round(time.perf_counter() - begun, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
    }


def _held_out(setup: Setup, model: DualRouteModel) -> RoutingDataset:
    """The held-out rows as `train` has them; their features are there already."""
    config, tokenizer = model.config, model.backbone.tokenizer
    rows = OBJECTIVES[config.readout].learnable(setup.validation, config, tokenizer, "validation")
    pictures = find_pictures(setup.data, setup.options.get("images"))
    return encode_examples(model.backbone, rows, config, setup.cache, "validation", pictures)


def measure(corpus: RoutedRows, metric: str, settings: TrainingSettings) -> dict:
    """The numbers of a trial on held-out rows.

    value     what the search maximises: the metric at the chosen θ. Where no θ is within `largest_share`, that of
              the direct flow alone: it is all that such a router can be used for at this cost
    routed    policy `threshold` at the chosen θ, beside random gates at the same share
    policies  every policy that the number of flows allows, `weighted_threshold` at the chosen θ
    """
    theta = choose_threshold(corpus, metric, settings.largest_share)["theta"]
    comparison = Comparison(corpus, seed=settings.seed, metric=metric)
    routed = comparison.at_threshold(theta)
    routed.pop("static")
    names = [name for name in POLICIES if name != "context" or corpus.gates.shape[-1] == 3]
    policies = {name: comparison.under(name, theta) for name in names}
    affordable = routed["share"] <= settings.largest_share
    value = routed if affordable else policies["direct"]
    return {"value": value[metric], "affordable": affordable, "routed": routed, "policies": policies}
