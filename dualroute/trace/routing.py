"""Which routes the tokens of an input took, and what produced the trace that records them."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from dualroute.trace.decision import Decision
from dualroute.trace.json_record import Shape, check_shapes
from dualroute.trace.reading import check_names, read_array, read_object, read_texts
from dualroute.trace.upgrade04 import upgrade_spec
from dualroute.values import known, text, whole_number


@dataclass(frozen=True, eq=False)
class Routing:
    """Which routes the tokens of one input took. L layers, T tokens, R routes, K of them used for each token.

    segment    index of the routed input
    layers     L names
    routes     names of the R routes: flows or experts
    weights    (L,T,R) weight of each route as it was used; with `indices` (L,T,K), the weights of those K routes
    scores     (L,T,R) the router's probability of each route, before policy and overrides; None where not stored
    indices    (L,T,K) int16, the K routes used; None where `weights` has all of them
    runner_up  (L,T) int16, the best route that was not used
    gap        (L,T) by how much the last route used is ahead of the runner-up
    chosen_by  what chose: `policy`, `top-k`, or a family's own word
    """

    segment: int
    layers: tuple[str, ...]
    routes: tuple[str, ...]
    weights: np.ndarray
    scores: np.ndarray | None = None
    indices: np.ndarray | None = None
    runner_up: np.ndarray | None = None
    gap: np.ndarray | None = None
    chosen_by: str = "policy"

    @property
    def dense_weights(self) -> np.ndarray:
        """(L,T,R) float32 weight of every route, 0 for those not used."""
        if self.indices is None:
            return self.weights
        dense = np.zeros((*self.weights.shape[:2], len(self.routes)), np.float32)
        np.put_along_axis(dense, self.indices.astype(np.int64), self.weights, axis=-1)
        return dense

    def check(self, tokens: int) -> None:
        """Raise ValueError where an array does not fit the layers, routes and `tokens` routed tokens."""
        layers, routes = len(self.layers), len(self.routes)
        every: Shape = (layers, tokens, routes)
        if self.indices is not None and self.indices.ndim != 3:
            raise ValueError(f"indices has shape {self.indices.shape}, expected ({layers}, {tokens}, K)")
        used = every if self.indices is None else (layers, tokens, self.indices.shape[-1])
        check_shapes(self, {"weights": used, "scores": every, "indices": used})
        check_shapes(self, {"runner_up": every[:2], "gap": every[:2]})
        for name, numbers in (("indices", self.indices), ("runner_up", self.runner_up)):
            if numbers is not None and numbers.size and not 0 <= numbers.min() <= numbers.max() < routes:
                raise ValueError(f"{name} are numbered 0 to {routes - 1}, not {numbers.min()} to {numbers.max()}")

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Routing":
        """The routing of a parsed JSON object."""
        data = read_object(data, "routing")
        check_names(data, ("segment", "layers", "routes", "weights", "chosen_by"), "the routing")

        def array(name: str, kind: type[np.generic]) -> np.ndarray | None:
            return None if data.get(name) is None else read_array(data[name], name, kind)

        return cls(
            segment=whole_number(data["segment"], "segment"),
            layers=read_texts(data["layers"], "layers"),
            routes=read_texts(data["routes"], "routes"),
            weights=read_array(data["weights"], "weights"),
            scores=array("scores", np.float32),
            indices=array("indices", np.int16),
            runner_up=array("runner_up", np.int16),
            gap=array("gap", np.float32),
            chosen_by=text(data["chosen_by"], "chosen_by"),
        )


_HUB_ID = re.compile(r"\w[\w.-]*/\w[\w.-]*")


def path_name(value: Any, name: str = "checkpoint") -> str:
    """The name of a checkpoint or backbone: of a folder the last part, of Windows too; an id on the hub as it is.

    A record must not tell where on a disk its model lies. As in `dualroute.load`, a folder wins over an id.
    """
    path = text(str(value) if isinstance(value, Path) else value, name)
    if _HUB_ID.fullmatch(path) and not os.path.isdir(path):
        return path
    parts = [part for part in re.split(r"[\\/]+", path) if part]
    if parts and parts[-1] not in (".", "..", "~"):
        return parts[-1]
    return os.path.basename(os.path.realpath(os.path.expanduser(path))) if path else path


@dataclass(frozen=True)
class TraceSpec:
    """What produced a trace.

    checkpoint, revision  the model's name, of a folder its last part, and the first digits of its weights' sha256
    task, backbone        what it was trained for, and the name of the encoder or language model below it
    router, granularity   the decision layer, and whether it decides per `token` or per `sequence`
    decision              policy, θ, overrides and unread tokens of this forward pass
    family                the family of models, see `dualroute.families`
    context               what h is in this model: `text`, `items`, `image` or `backward`
    h_name                what people call h, also where an input has none
    """

    checkpoint: str
    revision: str
    task: str
    backbone: str
    router: str
    granularity: str
    decision: Decision
    family: str = "dual_route"
    context: str = "text"
    h_name: str = "context"

    def __post_init__(self) -> None:
        for item in fields(self):
            if item.type is str:
                read = path_name if item.name in ("checkpoint", "backbone") else text
                object.__setattr__(self, item.name, read(getattr(self, item.name), item.name))

    @property
    def policy(self) -> str | None:
        """The policy of the decision; None for a model without one."""
        return self.decision.policy

    @property
    def threshold(self) -> float | None:
        """θ of the decision; None for a model without one."""
        return self.decision.threshold

    @property
    def overrides(self) -> dict[int, str]:
        """{token: route} of the decision, in the first layer."""
        return self.decision.flips

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {item.name: getattr(self, item.name) for item in fields(self)} | {"decision": self.decision.to_dict()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "TraceSpec":
        """The spec of a parsed JSON object, also of one that version 0.4 wrote."""
        data = read_object(data, "spec")
        if "decision" not in data:
            data = upgrade_spec(data)
        names = [item.name for item in fields(cls)]
        check_names(data, [name for name in names if name not in ("family", "context", "h_name")], "the spec")
        for name in data:
            known(name, names, "field of the spec")
        parts: dict[str, Any] = {**data, "decision": Decision.from_dict(data["decision"])}
        return cls(**parts)
