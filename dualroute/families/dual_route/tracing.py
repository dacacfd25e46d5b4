"""From a forward pass of a dual-route model to a `Trace`, and the log-probability of a written text."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch

from dualroute.families.attribution_function import TargetValue
from dualroute.families.dual_route.contexts import EncodedContext, context_text, encode_context, text_inputs
from dualroute.families.dual_route.encoding import EncodedText, encode_text, own_text
from dualroute.families.dual_route.generating import decode, texts_of
from dualroute.families.dual_route.model import NO_OVERRIDE, DualRouteModel
from dualroute.families.dual_route.outputs import DualRouteOutput
from dualroute.families.dual_route.readouts.copying import NOTHING
from dualroute.families.dual_route.readouts.generation import GenerationReadout
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
from dualroute.values import text as text_value


def encode_pair(
    model: DualRouteModel, x: str, h: str | list[str] | None, image=None
) -> tuple[EncodedText, EncodedContext]:
    """Return both inputs as tokens; raise ValueError if x has no token. h may be empty or None."""
    config, x, h = model.config, text_value(x, "x"), context_text(h)
    whole = own_text(config, x, h)
    own = encode_text(model.backbone.tokenizer, whole, config.max_length, config.x_name)
    if not len(own):
        raise ValueError(f"the {config.x_name} is empty: there is no token to route")
    return own, encode_context(model, own, h, image)


def model_inputs(own: EncodedText, other: EncodedContext) -> dict[str, torch.Tensor]:
    """Return keyword arguments of the model's forward for one pair; an empty context has none."""
    return text_inputs(own) | {f"context_{name}": value for name, value in other.inputs.items()}


def override_tensor(overrides: Mapping | None, length: int, flows: Sequence[str]) -> torch.Tensor:
    """Return (1,T) flow indices, NO_OVERRIDE where the policy decides; raise ValueError for a wrong override."""
    tensor = torch.full((1, length), NO_OVERRIDE)
    for (_, token), flow in route_indices(read_overrides(overrides), 1, length, flows).items():
        tensor[0, token] = flow
    return tensor


@torch.no_grad()
def make_trace(model: DualRouteModel, x: str, h: str | list[str] | None, spec: TraceSpec, image=None) -> Trace:
    """Return the trace of one forward pass under `spec.decision`."""
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
    ledger = None
    if output.logits is None:
        answer = written_answer(model, own, output)
    else:
        answer = _answer(model, _array(output.logits[0]))
        ledger = _ledger(output, has_context=context is not None)
    return Trace(inputs, routing, answer, spec, context, ledger, own.notes + other.notes)


def _context(model: DualRouteModel, other: EncodedContext, attention: np.ndarray) -> Context | None:
    """The context of a trace; None for an empty one."""
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
    parts, context = output.parts, output.context_contributions
    read = _array(context[0]) if has_context and context is not None else None
    return SumOfLogits(_array(parts.direct[0]), read, _array(parts.bias), _array(parts.pooling[0]))


SINGLE_FLOWS = {"direct": (1.0, 0.0), "merged": (1.0, 1.0)}  # κ and ρ of all tokens


@torch.no_grad()
def written_answer(model: DualRouteModel, own: EncodedText, output: DualRouteOutput) -> Written:
    """Return the text for `output`, a batch of one, and the texts of each single flow."""
    readout = generation_readout(model)
    source, tokenizer = word_ids(own), model.backbone.tokenizer
    kappa, rho = kappa_rho(output.flow_weights)
    sequences = decode(model, output, source, kappa, rho).sequences
    pieces = sequences[:, : int((sequences != NOTHING).sum())]  # (1,N)
    memory = readout.memory(model.backbone.embed, output, source, kappa, rho)
    steps, slots = readout.teacher_forced(model.backbone.embed, memory, pieces)
    written, copied = steps.log_parts(slots, memory.slots)
    others = {name: decode(model, output, source, *weights).sequences for name, weights in SINGLE_FLOWS.items()}
    return Written(
        tokens=tuple(tokenizer.convert_ids_to_tokens(pieces[0].tolist())),
        text=texts_of(tokenizer, pieces)[0],
        attention=_array(steps.attention[0]),
        copied=_array((copied - torch.logaddexp(written, copied))[0].exp()),
        probs=_array(torch.logaddexp(written, copied)[0].exp()),
        alternatives={name: texts_of(tokenizer, sequences)[0] for name, sequences in others.items()},
    )


def log_probability(model: DualRouteModel, own: EncodedText, trace: Trace, target: Target) -> TargetValue:
    """Return a function from outputs of the model to log-probabilities (B,) of steps of the trace's text.

    The route is that of the trace. For an effect, the log-probability of the same steps with every token direct is
    subtracted. Raises ValueError for a trace without a written text.
    """
    if not isinstance(trace.answer, Written):
        raise ValueError("only a written text has steps")
    readout = generation_readout(model)
    held, free = map(torch.from_numpy, held_route(trace))
    pieces = torch.tensor([model.backbone.tokenizer.convert_tokens_to_ids(list(trace.answer.tokens))])
    source, embed = word_ids(own), model.backbone.embed

    def log_probs(output: DualRouteOutput, kappa, rho) -> torch.Tensor:
        rows = len(output.gates)
        memory = readout.memory(embed, output, source.expand(rows, -1), kappa, rho)
        return readout.log_probs(embed, memory, pieces.expand(rows, -1))[:, list(target.steps)].sum(1)

    def value(output: DualRouteOutput) -> torch.Tensor:
        routed = log_probs(output, *kappa_rho(held + free * output.gates))
        return routed - log_probs(output, *SINGLE_FLOWS["direct"]) if target.effect else routed

    return value


def generation_readout(model: DualRouteModel) -> GenerationReadout:
    """Return the readout of a model that writes texts; raise ValueError for another model."""
    if not isinstance(model.readout, GenerationReadout):
        raise ValueError(f"a model for {model.config.readout} writes no text")
    return model.readout


def word_ids(own: EncodedText) -> torch.Tensor:
    """Return token ids (1,T) of the words."""
    return torch.from_numpy(own.ids[~own.special].astype(np.int64))[None]


def _array(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().cpu().numpy()
