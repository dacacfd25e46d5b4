"""From a forward pass of a dual-route model to a `Trace`, and the log-probability of a written text."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch

from dualroute.families.dual_route.contexts import EncodedContext, encode_context, text_inputs
from dualroute.families.dual_route.encoding import EncodedText, encode_text
from dualroute.families.dual_route.generating import decode, texts_of
from dualroute.families.dual_route.model import NO_OVERRIDE, DualRouteModel
from dualroute.families.dual_route.outputs import DualRouteOutput
from dualroute.families.dual_route.readouts.copying import NOTHING
from dualroute.inputs import joined
from dualroute.trace.answers import Classes, Segment, Span, Written
from dualroute.trace.context import CONTEXTS, Context, ImageContext
from dualroute.trace.decision import read_overrides, route_indices
from dualroute.trace.ledger import SumOfLogits
from dualroute.trace.outcome import softmax
from dualroute.trace.policies import kappa_rho
from dualroute.trace.record import Trace
from dualroute.trace.replay import held_route
from dualroute.trace.routing import Routing, TraceSpec
from dualroute.trace.targets import Target


def encode_pair(model: DualRouteModel, x: str, h: str | None, image=None) -> tuple[EncodedText, EncodedContext]:
    """Both inputs as tokens. Raises ValueError when nothing is left of x; h may be empty or None."""
    config = model.config
    whole = joined(x, h) if model.encoder.context_in_x else x
    own = encode_text(model.backbone.tokenizer, whole, config.max_length, config.x_name)
    if not len(own):
        raise ValueError(f"the {config.x_name} is empty: there is no token to route")
    return own, encode_context(model, own, h, image)


def model_inputs(own: EncodedText, other: EncodedContext) -> dict[str, torch.Tensor]:
    """Keyword arguments of the model's forward for one pair; an empty context is left out."""
    return text_inputs(own) | {f"context_{name}": value for name, value in other.inputs.items()}


def override_tensor(overrides: Mapping, length: int, flows: Sequence[str]) -> torch.Tensor:
    """(1,T) flow index per token, NO_OVERRIDE where the policy decides; raise ValueError for one that does not fit."""
    tensor = torch.full((1, length), NO_OVERRIDE)
    for (_, token), flow in route_indices(read_overrides(overrides), 1, length, flows).items():
        tensor[0, token] = flow
    return tensor


@torch.no_grad()
def make_trace(model: DualRouteModel, x: str, h: str | None, spec: TraceSpec, image=None) -> Trace:
    """Run the model once under `spec.decision` and keep everything it says."""
    config, decision = model.config, spec.decision
    own, other = encode_pair(model, x, h, image)
    output = model(
        **model_inputs(own, other),
        policy=decision.policy,
        threshold=decision.threshold,
        overrides=override_tensor(decision.overrides, len(own), config.flows),
        output_contributions=True,
    )
    context = _context(model, other, _array(output.attentions[0]))
    segment = Segment(config.x_name, own.text, own.tokens, tuple(map(tuple, own.offsets.tolist())))
    inputs = (segment,) if other.is_own else (segment, Segment(config.h_name, other.text, other.tokens))
    routing = Routing(
        0, ("router",), tuple(config.flows), _array(output.flow_weights[0])[None], _array(output.gates[0])[None]
    )
    if output.logits is None:
        answer, ledger = written_by(model, own, output), None
    else:
        answer = _answer(model, _array(output.logits[0]))
        ledger = _ledger(output, has_context=context is not None)
    return Trace(inputs, routing, answer, spec, context, ledger, own.notes + other.notes)


def _context(model: DualRouteModel, other: EncodedContext, attention: np.ndarray) -> Context | None:
    """What the tokens may read; None for an empty context."""
    if not other.tokens:
        return None
    kind, place = CONTEXTS[model.config.context], 0 if other.is_own else 1
    return ImageContext(place, attention, other.image) if kind is ImageContext else kind(place, attention)


def _answer(model: DualRouteModel, logits: np.ndarray) -> Classes | Span:
    probs = softmax(logits, 0)  # over the classes, or for a span over the tokens
    if logits.ndim == 2:
        return Span(logits, probs, model.config.max_answer_length)
    return Classes(tuple(model.config.label_names), logits, probs)


def _ledger(output: DualRouteOutput, has_context: bool) -> SumOfLogits:
    """The exact parts of the logits."""
    direct, pooling, bias = _array(output.direct_contributions[0]), _array(output.pooling[0]), _array(output.bias)
    return SumOfLogits(direct, _array(output.context_contributions[0]) if has_context else None, bias, pooling)


ALTERNATIVES = {"direct": (1.0, 0.0), "merged": (1.0, 1.0)}  # κ and ρ of all tokens


@torch.no_grad()
def written_by(model: DualRouteModel, own: EncodedText, output: DualRouteOutput) -> Written:
    """The text that is written from the routed states of `output`, a batch of one, and the text of each flow alone."""
    source, tokenizer = word_ids(own), model.backbone.tokenizer
    kappa, rho = kappa_rho(output.flow_weights)
    sequences = decode(model, output, source, kappa, rho).sequences
    pieces = sequences[:, : int((sequences != NOTHING).sum())]  # (1,N)
    memory = model.readout.memory(model.backbone.embed, output, source, kappa, rho)
    steps, slots = model.readout.told(model.backbone.embed, memory, pieces)
    written, copied = steps.log_parts(slots, memory.slots)
    others = {name: decode(model, output, source, *weights).sequences for name, weights in ALTERNATIVES.items()}
    return Written(
        tokens=tuple(tokenizer.convert_ids_to_tokens(pieces[0].tolist())),
        text=texts_of(tokenizer, pieces)[0],
        attention=_array(steps.attention[0]),
        copied=_array((copied - torch.logaddexp(written, copied))[0].exp()),
        probs=_array(torch.logaddexp(written, copied)[0].exp()),
        alternatives={name: texts_of(tokenizer, sequences)[0] for name, sequences in others.items()},
    )


def log_probability(model: DualRouteModel, own: EncodedText, trace: Trace, target: Target):
    """(B,) of an output of the model: the log-probability of steps of the trace's text, by the route of the trace.

    For an effect, minus that of the same steps with every token direct.
    """
    held, free = map(torch.from_numpy, held_route(trace))
    pieces = torch.tensor([model.backbone.tokenizer.convert_tokens_to_ids(list(trace.answer.tokens))])
    source, embed = word_ids(own), model.backbone.embed

    def log_probs(output: DualRouteOutput, kappa, rho) -> torch.Tensor:
        rows = len(output.gates)
        memory = model.readout.memory(embed, output, source.expand(rows, -1), kappa, rho)
        return model.readout.log_probs(embed, memory, pieces.expand(rows, -1))[:, list(target.steps)].sum(1)

    def value(output: DualRouteOutput) -> torch.Tensor:
        routed = log_probs(output, *kappa_rho(held + free * output.gates))
        return routed - log_probs(output, *ALTERNATIVES["direct"]) if target.effect else routed

    return value


def word_ids(own: EncodedText) -> torch.Tensor:
    """(1,T) token ids of the words."""
    return torch.from_numpy(own.ids[~own.special].astype(np.int64))[None]


def _array(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().cpu().numpy()
