"""The record of one attribution. Plain numpy; `attributions` computes it."""

import math
from dataclasses import dataclass, field

import numpy as np

from dualroute.trace.json_record import Record
from dualroute.trace.record import TraceSpec


@dataclass(frozen=True, eq=False)
class Attribution(Record):
    """How much each token of x and h moved a target away from its value on the baseline.

    scores             (T,) for the tokens of x, or one for each of `groups`, in units of the target
    context_scores     (S,) for the tokens of h, or one for each of `context_groups`
    target             a name as in `targets`
    method             a name in `methods.METHODS`
    baseline           what an absent word is replaced by; special tokens keep theirs and have no score
    convergence_delta  Σ scores + Σ context_scores − (value − baseline_value); 0 when exact, nan for a method
                       that does not promise this sum
    seconds            wall time of the call; targets that were computed together share it
    value, baseline_value  the target on the input and on the baseline
    steps              gradients taken along the path, those of pieces that were then halved included, or samples; 1
                       for a method without any
    converged          whether the errors of all pieces of the path, of which delta is the sum, came below the
                       tolerance before the limit of steps; for a fit whether it had more samples than units; True
                       where nothing converges
    route              `held` where a hard policy's route was kept fixed along the path, else `free`
    label              the class whose logit is attributed, or the text of the answer whose score is; empty for gates
    spec               what produced the trace that was attributed
    granularity        what has one score: `token`, `word` or `sentence`; items and patches are units of their own
    groups, context_groups  [start, end) of each unit among the tokens; () where every token is one
    parameters         the method's own
    passes             rows through the model, forward and backward, of the call; as `seconds`, they are shared
    seed               what random numbers were drawn from
    """

    called = "an attribution"

    scores: np.ndarray
    context_scores: np.ndarray
    target: str
    method: str
    baseline: str
    convergence_delta: float
    seconds: float
    value: float
    baseline_value: float
    steps: int
    converged: bool
    route: str
    label: str = ""
    spec: TraceSpec | None = None
    granularity: str = "token"
    groups: tuple[tuple[int, int], ...] = ()
    context_groups: tuple[tuple[int, int], ...] = ()
    parameters: dict = field(default_factory=dict)
    passes: tuple[int, int] = (0, 0)
    seed: int = 0

    def to_dict(self) -> dict:
        return super().to_dict() | {"spec": self.spec and self.spec.to_dict()}

    @classmethod
    def _restored(cls, name: str, value, data: dict):
        if name.endswith("scores"):
            return np.asarray(value, dtype=np.float32)
        if name == "spec":
            return value and TraceSpec.from_dict(value)
        if name.endswith("groups"):
            return tuple(map(tuple, value))
        if name == "passes":
            return tuple(value)
        return math.nan if name == "convergence_delta" and value is None else value
