"""The model asked about one trace while words are erased from it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from dualroute.interpret.presence import Path, make_path
from dualroute.interpret.target import Target
from dualroute.interpret.target_probabilities import target_probability
from dualroute.interpret.targets import parse_target
from dualroute.interpret.trace import Trace
from dualroute.model.dual_route import DualRouteModel


class Probe:
    """The model asked with words of one trace erased; it remembers, so attributions that share it share random orders.

    targets  names, all asked at once;  baseline  what an erased word is replaced by
    Raises ValueError as `parse_target` and `make_path` do.
    """

    def __init__(
        self, model: DualRouteModel, trace: Trace, targets: Sequence[str], baseline: str = "pad", baseline_texts=None
    ):
        self.trace, self.baseline = trace, baseline
        self.targets = {name: parse_target(trace, name) for name in targets}
        path = make_path(model, trace, tuple(self.targets.values()), baseline, baseline_texts)
        values, self.columns = list(path.values), {}  # by target and scale, the target's own first
        for place, (name, target) in enumerate(self.targets.items()):
            self.columns[name] = {"probability" if target.is_gate else "value": place}
            probability = target_probability(trace, target, path.values[place])
            if not (target.is_gate or probability is None):
                self.columns[name]["probability"] = len(values)
                values.append(probability)
        self.path: Path = replace(path, values=tuple(values))

    def ask(self, presences: np.ndarray) -> np.ndarray:
        """(B,K) all targets where the tokens are present by (B,N): x, then h. Nothing is asked twice."""
        parts = torch.from_numpy(presences.astype(np.float32)).split(self.path.widths, dim=1)
        return self.path.evaluate(*parts).double().numpy()

    def own(self, target: Target) -> int:
        """The column of the target itself."""
        return next(iter(self.columns[target.name].values()))
