"""Decisions about the routing of one input: policy, threshold, overridden tokens, unread context tokens.

One codec serves JSON records, links, requests and the page. An override is written `place:rule`; in a JSON object the
place is the key. A place is a token's index, `3`, or layer and token, `2.3`; the first layer needs no number:

    3:direct         token 3 takes the route `direct`
    2.3:swap 4>7     in layer 2, token 3 goes to expert 7 where the router had chosen expert 4
    2.3:drop 4       the output of expert 4 is left out, the weights of the others stay
    2.3:ban 4        expert 4 cannot be chosen; the others share its weight
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, cast

Place = tuple[int, int]  # layer, token
Overrides = Mapping[Any, Any]  # overrides in a form that `read_overrides` takes, such as {3: "direct"}


@dataclass(frozen=True)
class Route:
    """The token takes one route, a flow or an expert, with all the weight."""

    route: str

    def __str__(self) -> str:
        return self.route


@dataclass(frozen=True)
class Swap:
    """The token goes to expert `new` in place of expert `old`, at the same weight."""

    old: int
    new: int

    def __str__(self) -> str:
        return f"swap {self.old}>{self.new}"


@dataclass(frozen=True)
class Drop:
    """The output of an expert is left out; the weights of the other experts stay the same."""

    expert: int

    def __str__(self) -> str:
        return f"drop {self.expert}"


@dataclass(frozen=True)
class Ban:
    """An expert cannot be chosen; the router's other choices share the weight."""

    expert: int

    def __str__(self) -> str:
        return f"ban {self.expert}"


Override = Route | Swap | Drop | Ban

_EXPERT_RULES = {Swap: re.compile(r"swap (\d+)>(\d+)"), Drop: re.compile(r"drop (\d+)"), Ban: re.compile(r"ban (\d+)")}
_PLACE = re.compile(r"(?:(\d{1,6})\.)?(\d{1,6})", re.ASCII)


@dataclass(frozen=True)
class Decision:
    """A decision about one input. A field that is None is open: `over` takes it from another decision.

    policy       a name in `policies.POLICIES`, or one of the family's own
    threshold    θ in [0, 1]
    overrides    {(layer, token): Override}: these tokens do not follow the policy; any form of `read_overrides`
    ignored      indices of context tokens that are not read
    top_k        how many experts a token is sent to
    temperature  the router's logits are divided by it

    Raises ValueError for an override that cannot be read, and for a number that is none.
    """

    policy: str | None = None
    threshold: float | None = None
    overrides: Mapping[Place, Override] | None = None
    ignored: tuple[int, ...] | None = None
    top_k: int | None = None
    temperature: float | None = None

    def __post_init__(self) -> None:
        names = ("threshold", "top_k", "temperature")
        plain: dict[str, Any] = {name: _plain_number(name, getattr(self, name)) for name in names}
        if self.overrides is not None:
            plain["overrides"] = MappingProxyType(read_overrides(self.overrides))
        if self.ignored is not None:  # `check_ignored` refuses what is no index: it knows the number of tokens
            plain["ignored"] = tuple(int(token) if _is_index(token) else token for token in self.ignored)
        for name, value in plain.items():
            object.__setattr__(self, name, value)

    def __hash__(self) -> int:
        return hash((self.policy, self.threshold, frozenset((self.overrides or {}).items()), self.ignored))

    def __reduce__(self) -> tuple[Callable[..., "Decision"], tuple[dict[str, Any]]]:
        return Decision.from_dict, (self.to_dict(),)

    def over(self, base: "Decision") -> "Decision":
        """This decision, with the fields of `base` where this one has None."""
        return replace(base, **{name: value for name in _FIELDS if (value := getattr(self, name)) is not None})

    def with_overrides(self, overrides: Overrides) -> "Decision":
        """The same decision with further overrides; one for a token that has one already replaces it."""
        return replace(self, overrides={**(self.overrides or {}), **read_overrides(overrides)})

    def routes_in(self, layer: int) -> dict[int, str]:
        """{token: route} of the overrides in one layer that name a route."""
        items = (self.overrides or {}).items()
        return {token: rule.route for (place, token), rule in items if place == layer and isinstance(rule, Route)}

    @property
    def flips(self) -> dict[int, str]:
        """{token: route} of the overrides in the first layer that name a route."""
        return self.routes_in(0)

    def to_dict(self) -> dict[str, Any]:
        """For JSON; `from_dict` reads it back. Fields that are None are left out."""
        data: dict[str, Any] = {name: value for name in _FIELDS if (value := getattr(self, name)) is not None}
        if self.overrides is not None:
            data["overrides"] = write_overrides(self.overrides)
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Decision":
        """The decision of a parsed JSON object. Raises ValueError for an unknown field or override."""
        unknown = [name for name in data if name not in _FIELDS]
        if unknown:
            raise ValueError(f"a decision has no {unknown[0]!r}; it has {', '.join(_FIELDS)}")
        return cls(**data)


_FIELDS = tuple(item.name for item in fields(Decision))


def read_overrides(value: Any) -> dict[Place, Override]:
    """Overrides by layer and token, from any of their forms; {} for None.

    value  {3: "direct"}, {(2, 3): Drop(4)}, {"2.3": "drop 4"}, or pairs [[3, "direct"], …]
    Raises ValueError for anything else.
    """
    items = () if value is None else cast(Overrides, value).items() if isinstance(value, Mapping) else value
    try:
        pairs: list[tuple[Any, Any]] = [(place, rule) for place, rule in items]
    except (TypeError, ValueError) as error:
        raise ValueError(f"overrides must be pairs of a token's index and a route, not {value!r:.200}") from error
    return {read_place(place): read_override(rule) for place, rule in pairs}


def read_place(place: Any) -> Place:
    """(layer, token) of an index, a pair of indices, or their text. Raises ValueError for anything else."""
    pair = cast(tuple[Any, ...], place) if isinstance(place, tuple) else (0, place)
    if len(pair) == 2 and all(map(_is_index, pair)):
        return int(pair[0]), int(pair[1])
    match = _PLACE.fullmatch(place) if isinstance(place, str) else None
    if match is None:
        raise ValueError(f"override of token {place!r:.80}: a place is a token's index, or `layer.token`")
    return int(match[1] or 0), int(match[2])


def read_override(rule: Any) -> Override:
    """The override that a text names; an override stays as it is. Raises ValueError for anything else."""
    if isinstance(rule, Route | Swap | Drop | Ban):
        return rule
    if not isinstance(rule, str) or not rule:
        raise ValueError(f"an override names a route, not {rule!r:.80}")
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


def check_ignored(ignored: Iterable[int] | None, context_tokens: int) -> tuple[int, ...]:
    """The context tokens that are not read, each once, in order. Raises ValueError for an index outside the context."""
    tokens = tuple(ignored or ())
    for token in tokens:
        if not (_is_index(token) and token < context_tokens):
            limit = f"the context's are numbered 0 to {context_tokens - 1}" if context_tokens else "there is no context"
            raise ValueError(f"token {token!r} of the context cannot be left unread: {limit}")
    return tuple(sorted(set(tokens)))


def _is_index(value: Any) -> bool:
    """Whether a value is an integer from 0 on, numpy's included."""
    try:
        return not isinstance(value, bool) and operator.index(value) >= 0
    except TypeError:
        return False


def _plain_number(name: str, value: Any) -> int | float | None:
    """A field of a decision as Python's int or float, so that it can be written as JSON."""
    if value is None:
        return None
    kind, method = (int, "__index__") if name == "top_k" else (float, "__float__")
    if isinstance(value, bool) or not hasattr(value, method):
        raise ValueError(f"{name} must be a number, not {value!r:.80}")
    return kind(value)
