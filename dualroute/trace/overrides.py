"""Overrides: rules for single tokens that do not follow the policy, and their text form.

One codec serves JSON records, links, requests and the page. An override is written `place:rule`; in a JSON object the
place is the key. A place is a token's index, `3`, or layer and token, `2.3`; the first layer needs no number:

    3:direct         token 3 takes the route `direct`
    2.3:swap 4>7     in layer 2, token 3 goes to expert 7 where the router had chosen expert 4
    2.3:drop 4       the output of expert 4 is left out, the weights of the others stay
    2.3:ban 4        expert 4 cannot be chosen; the others share its weight
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dualroute.values import index_number, items, plain, shown, text, whole_number

Place = tuple[int, int]  # layer, token
Overrides = Mapping[Any, Any]  # overrides in a form that `read_overrides` takes, such as {3: "direct"}


@dataclass(frozen=True)
class Route:
    """The token takes one route, a flow or an expert, with all the weight."""

    route: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "route", text(self.route, "the route of an override"))

    def __str__(self) -> str:
        return self.route


@dataclass(frozen=True)
class Swap:
    """The token goes to expert `new` in place of expert `old`, at the same weight."""

    old: int
    new: int

    def __post_init__(self) -> None:
        _make_plain(self, "old", "new")

    def __str__(self) -> str:
        return f"swap {self.old}>{self.new}"


@dataclass(frozen=True)
class Drop:
    """The output of an expert is left out; the weights of the other experts stay the same."""

    expert: int

    def __post_init__(self) -> None:
        _make_plain(self, "expert")

    def __str__(self) -> str:
        return f"drop {self.expert}"


@dataclass(frozen=True)
class Ban:
    """An expert cannot be chosen; the router's other choices share the weight."""

    expert: int

    def __post_init__(self) -> None:
        _make_plain(self, "expert")

    def __str__(self) -> str:
        return f"ban {self.expert}"


Override = Route | Swap | Drop | Ban

_EXPERT_RULES = {
    Swap: re.compile(r"swap (\d{1,6})>(\d{1,6})", re.ASCII),
    Drop: re.compile(r"drop (\d{1,6})", re.ASCII),
    Ban: re.compile(r"ban (\d{1,6})", re.ASCII),
}
_PLACE = re.compile(r"(?:(\d{1,6})\.)?(\d{1,6})", re.ASCII)


def read_overrides(value: Any) -> dict[Place, Override]:
    """Overrides by layer and token, from any of their forms; {} for None.

    value  {3: "direct"}, {(2, 3): Drop(4)}, {"2.3": "drop 4"}, a pandas Series, or pairs [[3, "direct"], …]
    Raises ValueError for anything else, and for a place that has two rules.
    """
    pairs: Any = () if value is None else value.items() if callable(getattr(value, "items", None)) else value
    overrides: dict[Place, Override] = {}
    for pair in items(pairs, "overrides", "pairs of a token's index and a route"):
        place, rule = _pair(pair)
        at, read = read_place(place), read_override(rule)
        if overrides.get(at, read) != read:
            raise ValueError(f"override of token {write_place(at)} has two rules: {overrides[at]} and {read}")
        overrides[at] = read
    return overrides


def _pair(pair: Any) -> tuple[Any, Any]:
    try:
        place, rule = pair
    except (TypeError, ValueError) as error:
        raise ValueError(f"overrides must be pairs of a token's index and a route, not {shown(pair)}") from error
    return place, rule


def read_place(place: Any) -> Place:
    """(layer, token) of an index, a pair of indices, or their text. Raises ValueError for anything else."""
    place = plain(place)
    if isinstance(place, str):
        if match := _PLACE.fullmatch(place):
            return int(match[1] or 0), int(match[2])
    elif (pair := _two(place)) is not None:
        return pair
    raise ValueError(f"override of token {shown(place)}: a place is a token's index, or `layer.token`")


def _two(place: Any) -> Place | None:
    """Layer and token of an index, or of a pair of indices."""
    try:
        layer, token = (0, place) if not hasattr(place, "__len__") else place
        return index_number(layer, "layer"), index_number(token, "token")
    except (TypeError, ValueError):
        return None


def read_override(rule: Any) -> Override:
    """The override that a text names; an override stays as it is. Raises ValueError for anything else."""
    if isinstance(rule, Route | Swap | Drop | Ban):
        return rule
    rule = plain(rule)
    if not isinstance(rule, str) or not rule:
        raise ValueError(f"an override names a route, not {shown(rule)}")
    for kind, pattern in _EXPERT_RULES.items():
        if match := pattern.fullmatch(rule):
            return kind(*map(int, match.groups()))
    return Route(rule)


def write_overrides(overrides: Mapping[Place, Override]) -> dict[str, str]:
    """{place: rule} in text form, for JSON."""
    return {write_place(place): str(rule) for place, rule in overrides.items()}


def write_place(place: Place) -> str:
    """`3` for a token of the first layer, `2.3` for one of another layer."""
    layer, token = place
    return f"{layer}.{token}" if layer else str(token)


def overrides_to_text(overrides: Mapping[Place, Override]) -> str:
    """The overrides in the form of a link: `3:direct,2.5:drop 4`."""
    return ",".join(f"{place}:{rule}" for place, rule in write_overrides(overrides).items())


def check_places(overrides: Mapping[Place, Override] | None, layers: int, tokens: int) -> None:
    """Raise ValueError for an override outside the `layers` layers and `tokens` tokens."""
    for layer, token in overrides or {}:
        if not 0 <= token < tokens:
            raise ValueError(f"override of token {token!r}: the tokens are numbered 0 to {tokens - 1}")
        if not 0 <= layer < layers:
            raise ValueError(f"override in layer {layer}: the layers are numbered 0 to {layers - 1}")


def route_indices(
    overrides: Mapping[Place, Override] | None, layers: int, tokens: int, routes: Sequence[str]
) -> dict[Place, int]:
    """{(layer, token): index of the route} of overrides that name a route.

    Raises ValueError as `check_places` does, for a route that is not among `routes`, and for a rule about experts:
    that is a rerun of the model.
    """
    check_places(overrides, layers, tokens)
    indices: dict[Place, int] = {}
    for (layer, token), rule in (overrides or {}).items():
        if not isinstance(rule, Route):
            raise ValueError(f"override {str(rule)!r} of token {token} needs a rerun of the model")
        if rule.route not in routes:
            raise ValueError(f"override to flow {rule.route!r}: this model has {', '.join(routes)}")
        indices[layer, token] = list(routes).index(rule.route)
    return indices


def _make_plain(rule: Swap | Drop | Ban, *names: str) -> None:
    """Store the experts' numbers of a rule as Python's."""
    for name in names:
        object.__setattr__(rule, name, whole_number(getattr(rule, name), "the number of an expert"))
