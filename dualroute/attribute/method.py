"""What a method of attribution is, gets and returns; the decorator that registers one; the random numbers it may draw.

Neither torch nor captum is imported at the top, since the page is built without them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from dualroute.trace.record import Trace
from dualroute.trace.targets import Target, parse_target
from dualroute.values import items, nearest, plain, real_number, whole_number

if TYPE_CHECKING:
    import torch

    from dualroute.families.attribution_function import AttributionFunction, TargetValue, Units

SCORE, GATE = "score", "gate"
_LOCK = threading.Lock()


@dataclass(frozen=True, eq=False)
class MethodRequest:
    """A request for scores of `units` for K targets of `trace`, by a method's checked `parameters` and a `seed`.

    model_function  the targets as functions of present tokens; None for a method that does not run the model
    """

    trace: Trace
    targets: tuple[Target, ...]
    units: Units
    parameters: dict[str, Any]
    seed: int = 0
    model_function: AttributionFunction | None = None

    @property
    def function(self) -> AttributionFunction:
        """The targets as functions of present tokens, for methods that run the model."""
        if self.model_function is None:
            raise ValueError("this method runs the model: register it with runs_model=True")
        return self.model_function


@dataclass(frozen=True, eq=False)
class MethodResult:
    """The scores (K,ΣU_i) of the units of x and of h.

    converged  (K,) bool, for which targets `steps` were enough
    ends       K pairs, the targets at the baseline and at the input, where the method knows them; else the model is run
    """

    scores: torch.Tensor
    converged: torch.Tensor
    steps: int = 1
    ends: tuple[tuple[float, float], ...] | None = None

    @classmethod
    def of(cls, scores: torch.Tensor, steps: int = 1, ends: tuple[tuple[float, float], ...] | None = None) -> Self:
        """The result of a method that has nothing to converge."""
        import torch

        return cls(scores.detach(), torch.ones(len(scores), dtype=torch.bool), steps, ends)


MethodFunction = Callable[[MethodRequest], MethodResult]


@dataclass(frozen=True)
class Parameter:
    """A number that a method takes, from `low` to `high`; where the default is None, None is allowed too.

    whole  whether it must be an int;  help  one sentence for the page
    """

    name: str
    title: str
    default: float | int | None
    low: float
    high: float
    whole: bool = True
    help: str = ""

    def check(self, value: Any) -> float | int | None:
        """Return `value` as int or float; raise ValueError, naming the limits, unless it is within them."""
        if value is None and self.default is None:
            return None
        if self.whole:
            return whole_number(value, self.name, int(self.low), int(self.high))
        return real_number(value, self.name, self.low, self.high)


@dataclass(frozen=True)
class Method:
    """One way to attribute.

    function    computes the scores
    captum      the class of `captum.attr` that it uses; empty for our own
    trust       when to trust it;  source  where it is from
    passes      rows through the model, (forward, backward), that N units and checked parameters need for one target:
                an estimate; `Attribution.passes` has the number it took
    complete    whether it promises that the scores add up to value − baseline value
    baseline    whether its scores depend on the baseline
    signed      whether the sign of a score says in which direction a word pushed
    targets     the kinds of targets it can attribute: `score` (of answers) and `gate`
    runs_model  whether it runs the model; if not, the trace alone has all it needs
    random      whether it draws random numbers, so that another seed gives other scores
    """

    name: str
    title: str
    function: MethodFunction
    captum: str
    trust: str
    source: str
    passes: Callable[[int, dict[str, Any]], tuple[int, int]]
    parameters: tuple[Parameter, ...] = ()
    complete: bool = False
    baseline: bool = True
    signed: bool = True
    targets: tuple[str, ...] = (SCORE, GATE)
    runs_model: bool = True
    random: bool = False

    def check(self, parameters: dict[str, Any]) -> dict[str, float | int | None]:
        """All parameters, with defaults. Raises ValueError for an unknown one or a value outside its limits."""
        names = [parameter.name for parameter in self.parameters]
        for name in parameters:
            if name not in names:
                own = f"{nearest(name, names)}its parameters are {', '.join(names)}" if names else "it has none"
                raise ValueError(f"{self.name} has no parameter {name!r}; {own}")
        return {p.name: p.check(parameters.get(p.name, p.default)) for p in self.parameters}


REGISTERED: dict[str, Method] = {}


def attribution_method(title: str, **fields: Any) -> Callable[[MethodFunction], MethodFunction]:
    """Register the decorated function as the method of its name; `title` and `fields` are those of `Method`."""

    def register(function: MethodFunction) -> MethodFunction:
        REGISTERED[function.__name__] = Method(function.__name__, title, function, **fields)
        return function

    return register


def parse_targets(trace: Trace, targets: Sequence[str | Target]) -> tuple[Target, ...]:
    """The targets, names parsed; one name stands for itself alone.

    Raises ValueError for no target, and for a name that is not a target of `trace`.
    """
    alone = isinstance(plain(targets), str | Target)
    given: list[Any] = [targets] if alone else items(targets, "targets", "names")
    if not given:
        raise ValueError("no target given: targets must be a list of names, such as ['prediction', 'gate']")
    return tuple(target if isinstance(target, Target) else parse_target(trace, target) for target in given)


def differentiable(function: AttributionFunction, value: TargetValue) -> Callable[..., torch.Tensor]:
    """`value` as a function of presences for Captum: every input is in the graph, and backward passes are counted."""
    import torch

    def run(*presence: torch.Tensor) -> torch.Tensor:
        function.counts.backward += len(presence[0]) if torch.is_grad_enabled() else 0
        return value(function.output(*presence)) + 0 * sum(part.sum(1) for part in presence)

    return run


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Within this block, torch and numpy draw the numbers of `seed`; their state is restored behind it.

    Captum draws from the generators that all threads share, so that one thread at a time may be in such a block: run no
    model in it.
    """
    import torch

    with _LOCK:
        before, numpy_before = torch.get_rng_state(), np.random.get_state()
        torch.default_generator.manual_seed(seed)
        np.random.seed(seed)
        try:
            yield
        finally:
            torch.set_rng_state(before)
            np.random.set_state(numpy_before)
