"""What a method of attribution is, asks for, costs and promises; and the decorator that registers one.

Nothing here imports torch or captum, for the page is built without them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dualroute.attribute.requests import MethodRequest, MethodResult

SCORE, GATE = "score", "gate"

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
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not self.low <= value <= self.high or (self.whole and value != int(value)):
            kind = "a whole number" if self.whole else "a number"
            raise ValueError(f"{self.name} must be {kind} from {self.low:,} to {self.high:,}, not {value!r}")
        return int(value) if self.whole else float(value)


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
    """

    name: str
    title: str
    function: MethodFunction
    captum: str
    trust: str
    source: str
    passes: Callable[[int, dict], tuple[int, int]]
    parameters: tuple[Parameter, ...] = ()
    complete: bool = False
    baseline: bool = True
    signed: bool = True
    targets: tuple[str, ...] = (SCORE, GATE)
    runs_model: bool = True

    def check(self, parameters: dict[str, Any]) -> dict[str, float | int | None]:
        """All parameters, with defaults. Raises ValueError for an unknown one or a value outside its limits."""
        names = [parameter.name for parameter in self.parameters]
        for name in parameters:
            if name not in names:
                known = f"its parameters are {', '.join(names)}" if names else "it has none"
                raise ValueError(f"{self.name} has no parameter {name!r}; {known}")
        return {p.name: p.check(parameters.get(p.name, p.default)) for p in self.parameters}


REGISTERED: dict[str, Method] = {}


def attribution_method(title: str, **fields: Any) -> Callable[[MethodFunction], MethodFunction]:
    """Register the decorated function as the method of its name; `title` and `fields` are those of `Method`."""

    def register(function: MethodFunction) -> MethodFunction:
        REGISTERED[function.__name__] = Method(function.__name__, title, function, **fields)
        return function

    return register
