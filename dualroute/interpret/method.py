"""One way to attribute: what it asks for, costs and promises."""

from collections.abc import Callable
from dataclasses import dataclass

SCORE, GATE = "score", "gate"

Passes = Callable[[int, dict], tuple[int, int]]


@dataclass(frozen=True)
class Parameter:
    """A number a method asks for, from `low` to `high`; where the default is None, None is taken too.

    whole  whether it is a count;  help  one sentence for the page
    """

    name: str
    title: str
    default: float | int | None
    low: float
    high: float
    whole: bool = True
    help: str = ""

    def check(self, value):
        """The value as int or float. Raises ValueError, naming the limits, for one that is not taken."""
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

    captum      the class of `captum.attr` that does it; empty for our own
    complete    whether it promises that the scores add up to value − baseline value
    baseline    whether its scores depend on the baseline
    signed      whether a score says in which direction a word pushed
    targets     what it serves: `score` (of answers) and `gate`
    passes      rows through the model, (forward, backward), that N units and checked parameters need for one target:
                an estimate; `Attribution.passes` has what it took
    trust       when to trust it;  source  where it is from
    """

    name: str
    title: str
    captum: str
    trust: str
    source: str
    passes: Passes
    parameters: tuple[Parameter, ...] = ()
    complete: bool = False
    baseline: bool = True
    signed: bool = True
    targets: tuple[str, ...] = (SCORE, GATE)

    def check(self, params: dict) -> dict:
        """All parameters, defaults filled in. Raises ValueError for one it does not have or a value outside limits."""
        names = [parameter.name for parameter in self.parameters]
        for name in params:
            if name not in names:
                there = f"its parameters are {', '.join(names)}" if names else "it has none"
                raise ValueError(f"{self.name} has no parameter {name!r}; {there}")
        return {p.name: p.check(params.get(p.name, p.default)) for p in self.parameters}
