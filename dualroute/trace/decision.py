"""Decisions about the routing of one input: policy, threshold, overridden tokens, unread context tokens."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any

from dualroute.trace.overrides import (
    Ban,
    Drop,
    Override,
    Overrides,
    Place,
    Route,
    Swap,
    check_places,
    overrides_to_text,
    read_override,
    read_overrides,
    read_place,
    route_indices,
    write_overrides,
    write_place,
)
from dualroute.values import indices, positive_number, shown, text, threshold_number, whole_number


@dataclass(frozen=True)
class Decision:
    """A decision about one input. A field that is None is open: `over` takes it from another decision.

    Numbers, lists and names of numpy, torch and pandas are taken; what is stored are plain Python values.

    policy       a name in `policies.POLICIES`, or one of the family's own
    threshold    θ in [0, 1]
    overrides    {(layer, token): Override}: these tokens do not follow the policy; any form of `read_overrides`
    ignored      indices of context tokens that are not read
    top_k        how many experts a token is sent to
    temperature  the router's logits are divided by it; of a language model those of each flow

    Raises ValueError for an override that cannot be read, a number that is none or outside its limits, and a policy
    that is no text.
    """

    policy: str | None = None
    threshold: float | None = None
    overrides: Mapping[Place, Override] | None = None
    ignored: tuple[int, ...] | None = None
    top_k: int | None = None
    temperature: float | None = None

    def __post_init__(self) -> None:
        plain_values: dict[str, Any] = {
            name: read(value) for name, read in _READERS.items() if (value := getattr(self, name)) is not None
        }
        for name, value in plain_values.items():
            object.__setattr__(self, name, value)

    def __hash__(self) -> int:
        return hash((self.policy, self.threshold, frozenset((self.overrides or {}).items()), self.ignored))

    def __reduce__(self) -> tuple[Callable[..., "Decision"], tuple[dict[str, Any]]]:
        return Decision.from_dict, (self.to_dict(),)

    def over(self, base: "Decision") -> "Decision":
        """This decision, with the fields of `base` where this one has None."""
        return replace(
            as_decision(base), **{name: value for name in _FIELDS if (value := getattr(self, name)) is not None}
        )

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
        if not isinstance(data, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"a decision must be an object with names, not {shown(data)}")
        unknown = [name for name in data if name not in _FIELDS]
        if unknown:
            raise ValueError(f"a decision has no {unknown[0]!r}; it has {', '.join(_FIELDS)}")
        return cls(**data)


_FIELDS = tuple(item.name for item in fields(Decision))
_READERS: dict[str, Callable[[Any], Any]] = {
    "policy": lambda value: text(value, "policy"),
    "threshold": threshold_number,
    "overrides": lambda value: MappingProxyType(read_overrides(value)),
    "ignored": lambda value: indices(value, "ignored"),
    "top_k": lambda value: whole_number(value, "top_k", 1),
    "temperature": lambda value: positive_number(value, "temperature"),
}


def as_decision(value: Any) -> Decision:
    """A decision as it is, and one with every field open for None. Raises ValueError for anything else."""
    if value is not None and not isinstance(value, Decision):
        raise ValueError(f"decision must be a Decision, such as Decision(threshold=0.2), not {shown(value)}")
    return Decision() if value is None else value


def check_ignored(ignored: Iterable[int] | None, context_tokens: int) -> tuple[int, ...]:
    """The context tokens that are not read, each once, in order. Raises ValueError for an index outside the context."""
    tokens = () if ignored is None else indices(ignored, "ignored")
    for token in tokens:
        if token >= context_tokens:
            limit = f"the context's are numbered 0 to {context_tokens - 1}" if context_tokens else "there is no context"
            raise ValueError(f"token {token} of the context cannot be left unread: {limit}")
    return tuple(sorted(set(tokens)))


__all__ = [
    "Ban",
    "Decision",
    "Drop",
    "Override",
    "Overrides",
    "Place",
    "Route",
    "Swap",
    "as_decision",
    "check_ignored",
    "check_places",
    "overrides_to_text",
    "read_override",
    "read_overrides",
    "read_place",
    "route_indices",
    "write_overrides",
    "write_place",
]
