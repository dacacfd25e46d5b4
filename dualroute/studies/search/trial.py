"""The grid of a search, and one trial of it: a short training by `train`, measured on the held-out rows."""

import shutil
import time
from dataclasses import dataclass, fields, replace
from itertools import product
from pathlib import Path

from dualroute.data.batches import RoutingDataset, encode_examples
from dualroute.data.objectives import OBJECTIVES
from dualroute.evaluation.collect import collect
from dualroute.evaluation.routing import RoutingEvaluation, choose_threshold
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.families.dual_route.settings import FLOWS_BY_COUNT, GRANULARITIES, ROUTERS
from dualroute.inputs import find_pictures
from dualroute.rows.corpus import RoutedRows
from dualroute.tasks import Example, Task
from dualroute.trace.policies import POLICIES
from dualroute.training.settings import TrainingSettings
from dualroute.training.train import train

ALLOWED = {"router": ROUTERS, "granularity": GRANULARITIES, "view": ("full", "early"), "flows": tuple(FLOWS_BY_COUNT)}
HIGHEST = {"dropout": 1.0}  # of the numbers that have a bound above
LARGEST_NUMBER = 1e6
LEAST_BUDGET = 1e-4  # TPE draws λ by its logarithm


@dataclass(frozen=True)
class Grid:
    """The values of every dimension; one value of each makes a trial.

    router, granularity, flows  as in `DualRouteConfig`, flows by their number
    view                        `full`: the router sees f(x) and what was read; `early`: f(x) alone
    budget, weight_decay        λ and the regularisation, as in `TrainingSettings`; dropout as in `DualRouteConfig`
    Raises ValueError for a value that is unknown, out of range or given twice, and for a dimension without values.
    """

    router: tuple[str, ...] = ROUTERS
    granularity: tuple[str, ...] = ("token",)
    view: tuple[str, ...] = ("full",)
    flows: tuple[int, ...] = (2,)
    budget: tuple[float, ...] = (0.1,)
    weight_decay: tuple[float, ...] = (0.05,)
    dropout: tuple[float, ...] = (0.1,)

    def __post_init__(self):
        for name, values in self.values().items():
            if not values:
                raise ValueError(f"the grid has no {name} to try")
            if len(set(values)) < len(values):
                raise ValueError(f"the grid names a {name} twice: {', '.join(map(str, values))}")
            for value in values:
                _check(name, value)

    def values(self) -> dict[str, tuple]:
        """{dimension: values}, in the order in which they vary, the first slowest."""
        return {item.name: tuple(getattr(self, item.name)) for item in fields(self)}

    def combinations(self) -> list[dict]:
        """Every trial of the grid as {dimension: value}."""
        values = self.values()
        return [dict(zip(values, chosen, strict=True)) for chosen in product(*values.values())]

    def suggest(self, trial) -> dict:
        """A trial as Optuna's sampler has it: kinds from the lists, numbers from the least to the largest."""
        return {name: _suggest(trial, name, values) for name, values in self.values().items()}

    def fixed(self, trial) -> dict:
        """An enqueued trial. All that is allowed is in range, so that a grid can grow within one study."""
        return {
            name: trial.suggest_categorical(name, ALLOWED[name])
            if name in ALLOWED
            else trial.suggest_float(name, 0, LARGEST_NUMBER)
            for name in self.values()
        }


def config_of(params: dict) -> dict:
    """Return the settings of `DualRouteConfig` that a trial sets."""
    config = {name: params[name] for name in ("router", "granularity", "dropout")}
    return config | {"early": params["view"] == "early", "flows": FLOWS_BY_COUNT[params["flows"]]}


def settings_of(params: dict) -> dict:
    """Return the settings of `TrainingSettings` that a trial sets."""
    return {name: params[name] for name in ("budget", "weight_decay")}


def _check(name: str, value) -> None:
    if name in ALLOWED:
        if value not in ALLOWED[name]:
            raise ValueError(f"{name} must be one of {', '.join(map(str, ALLOWED[name]))}; not {value!r}")
        return
    highest = HIGHEST.get(name, LARGEST_NUMBER)
    if not 0 <= value < highest:  # false for NaN
        raise ValueError(f"{name} must be from 0 to below {highest:g}, not {value}")


def _suggest(trial, name: str, values: tuple):
    if name in ALLOWED or len(values) == 1:
        return trial.suggest_categorical(name, values)
    low, high = min(values), max(values)
    if name == "budget":
        return trial.suggest_float(name, max(low, LEAST_BUDGET), high, log=True)
    return trial.suggest_float(name, low, high)


@dataclass(frozen=True)
class Setup:
    """The data and settings that all trials of a search share.

    data        as for `train`
    validation  the held-out rows
    out         folder of the search; every trial has its own folder in `out/trials`
    options     further arguments of `train`: backbone, images
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
        """Return the folder of the trial with these values, from which an interrupted trial resumes."""
        return self.out / "trials" / "_".join(f"{name}={value}" for name, value in params.items())


def run_trial(setup: Setup, params: dict) -> dict:
    """Run one trial and return its record; its folder keeps the checkpoint, but not the state of its training."""
    folder, began, cpu = setup.folder(params), time.perf_counter(), time.process_time()
    settings = replace(setup.settings, **settings_of(params))
    config = setup.config | config_of(params)
    model = train(setup.task, setup.data, folder, settings, config, cache=setup.cache, **setup.options)
    results = measure(collect(model, _held_out(setup, model)), setup.task.metric, settings)
    shutil.rmtree(folder / "state", ignore_errors=True)
    return results | {
        "parameters": sum(p.numel() for p in model.parameters()),
        "router_parameters": sum(p.numel() for p in model.router.parameters()),
        "seconds": round(time.perf_counter() - began, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
    }


def _held_out(setup: Setup, model: DualRouteModel) -> RoutingDataset:
    """Return the held-out rows as `train` uses them; their features are already in the cache."""
    config, tokenizer = model.config, model.backbone.tokenizer
    rows = OBJECTIVES[config.readout].learnable(setup.validation, config, tokenizer, "validation")
    pictures = find_pictures(setup.data, setup.options.get("images"))
    return encode_examples(model.backbone, rows, config, setup.cache, "validation", pictures)


def measure(corpus: RoutedRows, metric: str, settings: TrainingSettings) -> dict:
    """Return the results of a trial on the held-out rows.

    value     what the search maximises: the metric at the chosen θ, or that of direct alone if every θ merges more than
              `largest_share`, since such a router is useless at this cost
    routed    policy `threshold` at the chosen θ, with random gates at the same share
    policies  every policy that the number of flows allows, `weighted_threshold` at the chosen θ
    """
    theta = choose_threshold(corpus, metric, settings.largest_share)["theta"]
    evaluation = RoutingEvaluation(corpus, seed=settings.seed, metric=metric)
    routed = evaluation.at_threshold(theta)
    routed.pop("static")
    names = [name for name in POLICIES if name != "context" or corpus.gates.shape[-1] == 3]
    policies = {name: evaluation.under(name, theta) for name in names}
    affordable = routed["share"] <= settings.largest_share
    value = routed if affordable else policies["direct"]
    return {"value": value[metric], "affordable": affordable, "routed": routed, "policies": policies}
