"""What a search tries."""

from dataclasses import dataclass, fields
from itertools import product

from dualroute.config import GRANULARITIES, ROUTERS
from dualroute.policies import FLOWS, TWO_FLOWS

FLOWS_BY_COUNT = {2: TWO_FLOWS, 3: FLOWS}
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
    """What a trial changes of `DualRouteConfig`."""
    same = {name: params[name] for name in ("router", "granularity", "dropout")}
    return same | {"early": params["view"] == "early", "flows": FLOWS_BY_COUNT[params["flows"]]}


def settings_of(params: dict) -> dict:
    """What a trial changes of `TrainingSettings`."""
    return {name: params[name] for name in ("budget", "weight_decay")}


def _check(name: str, value) -> None:
    if name in ALLOWED:
        if value not in ALLOWED[name]:
            raise ValueError(f"{name} must be one of {', '.join(map(str, ALLOWED[name]))}; not {value!r}")
        return
    highest = HIGHEST.get(name, LARGEST_NUMBER)
    if not 0 <= value < highest:  # which no NaN is
        bounds = f"from 0 to below {highest:g}"
        raise ValueError(f"{name} must be {bounds}, not {value}")


def _suggest(trial, name: str, values: tuple):
    if name in ALLOWED or len(values) == 1:
        return trial.suggest_categorical(name, values)
    low, high = min(values), max(values)
    if name == "budget":
        return trial.suggest_float(name, max(low, LEAST_BUDGET), high, log=True)
    return trial.suggest_float(name, low, high)
