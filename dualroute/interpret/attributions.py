"""Attribution of a prediction or of a gate to the words of x and h, with Captum. Captum is imported only here.

What varies is the presence of every word, one number p in [0, 1]: its embedding is e' + p (e − e'), with e' the
baseline's. Along the path all words appear together. The gradient to p is the gradient to the embedding times
(e − e') summed over the embedding, so that a method on presences gives the scores it gives on embeddings.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from captum.attr import FeatureAblation, InputXGradient, IntegratedGradients
from captum.attr._utils.approximation_methods import approximation_parameters

from dualroute.interpret.attribution import Attribution, Target, held_route, parse_target
from dualroute.interpret.encoding import EncodedText
from dualroute.interpret.trace import Trace
from dualroute.interpret.tracing import encode_pair
from dualroute.model.dual_route import DualRouteModel
from dualroute.outputs import DualRouteOutput
from dualroute.policies import parts

BASELINES = ("pad", "mask", "zero")
START_STEPS = 16
MAX_STEPS = 128
TOLERANCE = 0.01
FLOOR = 0.01
BATCH_TOKENS = 768

Value = Callable[[DualRouteOutput], torch.Tensor]  # the target of every row, (B,)


@dataclass(frozen=True, eq=False)
class Side:
    """Embeddings of x, or of h, by the presence of its T words among its n tokens.

    start, difference  (n,D_e) the baseline, and what leads from it to the input: 0 for special tokens
    words              (T,) places of the words
    special            (n,) 1 for the other tokens
    """

    start: torch.Tensor
    difference: torch.Tensor
    words: torch.Tensor
    special: torch.Tensor

    def inputs(self, presence: torch.Tensor, prefix: str) -> dict[str, torch.Tensor]:
        """Arguments of the model's forward where the words are present by (B,T)."""
        whole = presence.new_zeros(len(presence), len(self.start)).index_copy(1, self.words, presence)  # (B,n)
        return {
            f"{prefix}inputs_embeds": self.start + whole[..., None] * self.difference,  # (B,n,D_e)
            f"{prefix}attention_mask": torch.ones_like(whole, dtype=torch.long),
            f"{prefix}special_tokens_mask": self.special.expand(len(presence), -1),
        }


@dataclass(frozen=True, eq=False)
class Path:
    """From the baseline, presence 0, to the input, presence 1. One side for x, and one for h unless it is empty."""

    model: DualRouteModel
    sides: tuple[Side, ...]

    @property
    def ends(self) -> tuple[torch.Tensor, ...]:
        """(1,T) and (1,S): every word present."""
        return tuple(torch.ones(1, len(side.words)) for side in self.sides)

    @property
    def batch(self) -> int:
        """Rows in one forward pass: as many as stay in the caches of a small machine."""
        return max(1, BATCH_TOKENS // sum(len(side.start) for side in self.sides))

    def output(self, *presence: torch.Tensor) -> DualRouteOutput:
        """The model where the words are present by (B,T) and (B,S)."""
        inputs = {}
        for side, present, prefix in zip(self.sides, presence, ("", "context_"), strict=False):
            inputs |= side.inputs(present, prefix)
        return self.model(**inputs, policy="direct")  # the target decides the route, see `_value`

    def function(self, value: Value) -> Callable[..., torch.Tensor]:
        """`value` as a function of presences, for Captum, which wants every input in the graph: h may not be."""
        return lambda *presence: value(self.output(*presence)) + sum(0 * p.sum(1) for p in presence)


def integrated_gradients(path: Path, values: Sequence[Value], steps: int) -> list[tuple[torch.Tensor, ...]]:
    """The gradient averaged along the whole path: complete, so it can be checked (Sundararajan et al. 2017, eq. 1)."""
    if len(values) > 1:
        return _integrate_together(path, values, steps)
    function = IntegratedGradients(path.function(values[0]))
    baselines = tuple(torch.zeros_like(end) for end in path.ends)
    return [function.attribute(path.ends, baselines, n_steps=steps, internal_batch_size=path.batch)]


def input_x_gradient(path: Path, values: Sequence[Value], steps: int) -> list[tuple[torch.Tensor, ...]]:
    """The gradient at the input, times the way from the baseline: one pass, only a first-order guess."""
    ends = tuple(end.requires_grad_() for end in path.ends)
    return [InputXGradient(path.function(value)).attribute(ends) for value in values]


@torch.no_grad()
def feature_ablation(path: Path, values: Sequence[Value], steps: int) -> list[tuple[torch.Tensor, ...]]:
    """What the target loses when one word alone is replaced by the baseline: one pass per word."""
    return [
        FeatureAblation(path.function(value)).attribute(path.ends, perturbations_per_eval=path.batch)
        for value in values
    ]


METHODS = {method.__name__: method for method in (integrated_gradients, input_x_gradient, feature_ablation)}
COMPLETE = {"integrated_gradients"}


def attribute(
    model: DualRouteModel, trace: Trace, target: str = "prediction", method: str = "integrated_gradients", **options
) -> Attribution:
    """Scores of the words of x and h for one target of `trace`.

    target    `prediction`: logit of the class predicted under the trace's decision; `prediction:Sports`: logit
              of a class; `gate`: mean over the tokens of the probability to read the context; `gate:3`: that of
              token 3
    options   as for `attribute_many`, which does the work and says what is held along the path
    """
    return attribute_many(model, trace, (target,), method, **options)[0]


@torch.inference_mode(False)  # also turns gradients on, whatever the caller's mode
def attribute_many(
    model: DualRouteModel,
    trace: Trace,
    targets: Sequence[str] = ("prediction", "gate"),
    method: str = "integrated_gradients",
    baseline: str = "pad",
    n_steps: int | None = None,
    tolerance: float = TOLERANCE,
    max_steps: int = MAX_STEPS,
) -> tuple[Attribution, ...]:
    """Several targets of one trace; integrated gradients share their forward passes.

    method     a name in `METHODS`
    baseline   an absent word is the embedding of [PAD] (`pad`), of [MASK] (`mask`), or zero (`zero`); special
               tokens keep their own embedding, so that they score exactly 0
    n_steps    Gauss-Legendre steps; None: from START_STEPS, doubled until |delta| ≤ tolerance ·
               max(|value − baseline_value|, FLOOR) or `max_steps` is reached; `converged` says which

    The route along the path: under policy `soft` the gates move freely. Hard policies (`threshold`, `select`,
    `direct`, `merged`, `context`) and flipped tokens hold the route the trace took; `weighted_threshold` holds
    which tokens are open, and the weight of an open one moves with its gate. So the attribution of a prediction
    explains the logit given the route; the target `gate` explains the route, and never depends on it.

    The model is not changed, and needs no gradients of its own. Raises ValueError for an unknown target, method
    or baseline, a token index outside the tokens, a step number below 1, a tokenizer without the baseline's
    token, a model in training mode, or a trace whose tokens are not this model's.
    """
    _check(model, method, n_steps, max_steps)
    parsed = [parse_target(trace, target) for target in targets]
    began = time.perf_counter()
    path = make_path(model, trace, baseline)
    values = [_value(trace, target) for target in parsed]
    at_ends = _at_ends(path, values)
    first, last = (n_steps, n_steps) if n_steps else (min(START_STEPS, max_steps), max_steps)
    solved = _solve(path, values, at_ends, method, first, last, tolerance)
    told = {"method": method, "baseline": baseline, "seconds": time.perf_counter() - began, "spec": trace.spec}
    return tuple(
        Attribution(**told, **_describe(trace, target), **ends, **solution)
        for target, ends, solution in zip(parsed, at_ends, solved, strict=True)
    )


def make_path(model: DualRouteModel, trace: Trace, baseline: str = "pad") -> Path:
    """The path of `trace`'s words. Raises ValueError for an unknown baseline or a trace of other tokens."""
    texts = encode_pair(model, trace.x, trace.h)
    if (texts[0].tokens, texts[1].tokens) != (trace.tokens, trace.context_tokens):
        raise ValueError("the trace's tokens are not the ones this model makes of its texts")
    absent = _absent(model.backbone, baseline)
    return Path(model, tuple(_side(model.backbone, text, absent) for text in texts if len(text)))


def _side(backbone, text: EncodedText, absent: torch.Tensor) -> Side:
    special = torch.from_numpy(text.special)
    embeds = backbone.embed(torch.from_numpy(text.ids)).detach()  # (n,D_e)
    start = torch.where(special[:, None], embeds, absent)
    return Side(start, embeds - start, words=(~special).nonzero()[:, 0], special=special.long())


def _absent(backbone, baseline: str) -> torch.Tensor:
    """(D_e,) embedding of an absent word."""
    if baseline not in BASELINES:
        raise ValueError(f"unknown baseline {baseline!r}; choose one of {', '.join(BASELINES)}")
    if baseline == "zero":
        return torch.zeros_like(backbone.embed(torch.tensor(0)))
    token = getattr(backbone.tokenizer, f"{baseline}_token_id")
    if token is None:
        raise ValueError(f"the tokenizer of {backbone.name!r} has no {baseline} token; choose another baseline")
    return backbone.embed(torch.tensor(token)).detach()


def _value(trace: Trace, target: Target) -> Value:
    """The target as a function of the model's output."""
    if target.is_gate:
        return lambda output: _gate(output.gates[..., 1:].sum(-1), target.token)
    held, free = map(torch.from_numpy, held_route(trace))

    def logit(output: DualRouteOutput) -> torch.Tensor:
        kappa, rho = parts(held + free * output.gates)  # (B,T) each
        direct = output.direct_contributions[..., target.label_index]
        read = output.read_contributions[..., target.label_index]
        return output.bias[target.label_index] + (kappa * direct + rho * read).sum(1)

    return logit


def _gate(reading: torch.Tensor, token: int | None) -> torch.Tensor:
    return reading.mean(1) if token is None else reading[:, token]


@torch.no_grad()
def _at_ends(path: Path, values: Sequence[Value]) -> list[dict[str, float]]:
    """Every target at the input and at the baseline."""
    output = path.output(*(torch.cat([end, torch.zeros_like(end)]) for end in path.ends))
    return [dict(zip(("value", "baseline_value"), value(output).tolist(), strict=True)) for value in values]


def _solve(path, values, at_ends, method, first, last, tolerance) -> list[dict]:
    """Solve every target, again with twice the steps where delta is too large."""
    solved, todo, steps = {}, list(range(len(values))), first
    while todo:
        for i, scores in zip(todo, METHODS[method](path, [values[i] for i in todo], steps), strict=True):
            solved[i] = _solution(scores, at_ends[i], steps, tolerance, method in COMPLETE)
        todo = [i for i in todo if not solved[i]["converged"] and steps < last]
        steps = min(2 * steps, last)
    return [solved[i] for i in range(len(values))]


def _solution(scores, ends, steps, tolerance, complete) -> dict:
    scores = [score.detach()[0].numpy() for score in scores]
    change = ends["value"] - ends["baseline_value"]
    delta = float(sum(score.sum(dtype=np.float64) for score in scores)) - change if complete else float("nan")
    return {
        "scores": scores[0],
        "context_scores": scores[1] if len(scores) > 1 else np.zeros(0, np.float32),
        "convergence_delta": delta,
        "steps": steps if complete else 1,
        "converged": not complete or abs(delta) <= tolerance * max(abs(change), FLOOR),
    }


def _describe(trace: Trace, target: Target) -> dict[str, str]:
    free = target.is_gate or trace.spec.policy == "soft"
    label = "" if target.is_gate else trace.labels[target.label_index]
    return {"target": target.name, "label": label, "route": "free" if free else "held"}


def _integrate_together(path: Path, values: Sequence[Value], steps: int) -> list[tuple[torch.Tensor, ...]]:
    """Captum's quadrature with one forward pass for all targets, and one backward pass each."""
    weights, alphas = (torch.tensor(part(steps)) for part in approximation_parameters("gausslegendre"))
    totals = [[torch.zeros_like(end) for end in path.ends] for _ in values]
    for alpha, weight in zip(alphas.split(path.batch), weights.split(path.batch), strict=True):
        presence = [(alpha[:, None] * end).requires_grad_() for end in path.ends]  # (B,n)
        with torch.enable_grad():
            output = path.output(*presence)
            sums = [value(output).sum() for value in values]
        for i, (total, summed) in enumerate(zip(totals, sums, strict=True)):
            grads = torch.autograd.grad(
                summed, presence, retain_graph=i + 1 < len(sums), allow_unused=True, materialize_grads=True
            )
            for part, grad in zip(total, grads, strict=True):
                part += weight @ grad
    return [tuple(total) for total in totals]


def _check(model, method: str, n_steps: int | None, max_steps: int) -> None:
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}; choose one of {', '.join(METHODS)}")
    if min(max_steps, max_steps if n_steps is None else n_steps) < 1:
        raise ValueError(f"at least 1 step is needed, not n_steps={n_steps}, max_steps={max_steps}")
    if model.training:
        raise ValueError("the model is in training mode, where dropout makes attributions random; call model.eval()")
