"""The record of one attribution. Plain numpy; `attributions` computes it."""

import json
import math
from dataclasses import MISSING, asdict, dataclass, field, fields

import numpy as np
import orjson

from dualroute.interpret.trace import TraceSpec

SCHEMA = 1


@dataclass(frozen=True, eq=False)
class Attribution:
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
        """Plain values and numpy arrays, by field name, with a schema number."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {"schema": SCHEMA} | values | {"spec": self.spec and asdict(self.spec)}

    def to_json(self) -> str:
        """JSON text; `from_json` gives the same numbers back. A delta of nan is written as null."""
        return orjson.dumps(self.to_dict(), option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS).decode()

    @classmethod
    def from_json(cls, text: str) -> "Attribution":
        """The attribution that `to_json` wrote. Raises ValueError for anything else, naming what is wrong."""
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"not an attribution: {error}") from error
        return cls.from_dict(data)

    @classmethod
    def from_dict(cls, data: dict) -> "Attribution":
        """The attribution of a parsed JSON object. Raises ValueError when fields are missing."""
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            raise ValueError(f"not an attribution of schema {SCHEMA}")
        missing = [
            f.name for f in fields(cls) if f.name not in data and f.default is MISSING and f.default_factory is MISSING
        ]
        if missing:
            raise ValueError(f"not an attribution: {', '.join(missing)} missing")
        return cls(**{f.name: _restore(f.name, data[f.name]) for f in fields(cls) if f.name in data})


def _restore(name: str, value):
    if name.endswith("scores"):
        return np.asarray(value, dtype=np.float32)
    if name == "spec" and value is not None:
        return TraceSpec(**value | {"overrides": {int(k): v for k, v in value.get("overrides", {}).items()}})
    if name.endswith("groups"):
        return tuple(map(tuple, value))
    if name == "passes":
        return tuple(value)
    return math.nan if name == "convergence_delta" and value is None else value
