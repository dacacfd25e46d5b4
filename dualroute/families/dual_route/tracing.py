"""From a model's forward pass to a `Trace`: the torch border.

A generator's text as a record, and its log-probability as a number that can be attributed.
"""

import numpy as np
import torch

from dualroute.families.dual_route.contexts import EncodedContext, encode_context, text_inputs
from dualroute.families.dual_route.encoding import EncodedText, encode_text
from dualroute.families.dual_route.generating import decode, texts_of
from dualroute.families.dual_route.model import NO_OVERRIDE, DualRouteModel
from dualroute.families.dual_route.outputs import DualRouteOutput
from dualroute.families.dual_route.readouts.copying import NOTHING
from dualroute.inputs import joined
from dualroute.trace.decision import check_overrides
from dualroute.trace.policies import parts
from dualroute.trace.record import Generation, Trace, TraceSpec
from dualroute.trace.replay import held_route, softmax
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


def override_tensor(overrides, length: int, flows) -> torch.Tensor:
    """(1,T) flow index per token, NO_OVERRIDE where the policy decides."""
    tensor = torch.full((1, length), NO_OVERRIDE)
    for token, flow in check_overrides(overrides, length, flows).items():
        tensor[0, token] = flow
    return tensor


@torch.no_grad()
def make_trace(model: DualRouteModel, x: str, h: str | None, spec: TraceSpec, image=None) -> Trace:
    """Run the model once under `spec` and keep everything that was said."""
    own, other = encode_pair(model, x, h, image)
    output = model(
        **model_inputs(own, other),
        policy=spec.policy,
        threshold=spec.threshold,
        overrides=override_tensor(spec.overrides, len(own), model.config.flows),
        output_contributions=True,
    )
    answered = _written(model, own, output) if output.logits is None else _answered(model, output)
    return Trace(
        x=own.text,
        h=other.text,
        tokens=own.tokens,
        context_tokens=other.tokens,
        flows=tuple(model.config.flows),
        flow_gates=_array(output.gates),
        attention=_array(output.attentions[0]),
        **answered,
        spec=spec,
        notes=own.notes + other.notes,
        readout=model.config.readout,
        offsets=tuple(map(tuple, own.offsets.tolist())),
        image=other.image,
    )


def _answered(model: DualRouteModel, output: DualRouteOutput) -> dict:
    """The exact parts of the logits."""
    logits = _array(output.logits[0])
    return {
        "pooling": _array(output.pooling[0]),
        "direct_contributions": _array(output.direct_contributions[0]),
        "context_contributions": _array(output.context_contributions[0]),
        "bias": _array(output.bias),
        "labels": tuple(model.config.label_names),
        "logits": logits,
        "probs": softmax(logits, 0),  # over the classes, or for a span over the tokens
    }


def _written(model: DualRouteModel, own: EncodedText, output: DualRouteOutput) -> dict:
    """What was written; nothing adds up to it, so that C = 0, and pooling is 0 as no token has a share in a sum."""
    words, context = output.attentions.shape[1:]
    nothing = np.zeros(0, np.float32)
    return {
        "pooling": np.zeros(words, np.float32),
        "direct_contributions": np.zeros((words, 0), np.float32),
        "context_contributions": np.zeros((words, context, 0), np.float32),
        "bias": nothing,
        "labels": (),
        "logits": nothing,
        "probs": nothing,
        "generation": written_by(model, own, output),
    }


ALTERNATIVES = {"direct": (1.0, 0.0), "merged": (1.0, 1.0)}  # κ and ρ of all tokens


@torch.no_grad()
def written_by(model: DualRouteModel, own: EncodedText, output: DualRouteOutput) -> Generation:
    """What the routed states of `output`, a batch of one, are written to, step by step; and what each flow alone is."""
    source, tokenizer = word_ids(own), model.backbone.tokenizer
    kappa, rho = parts(output.flow_weights)
    found = decode(model, output, source, kappa, rho)
    pieces = found.sequences[:, : int((found.sequences != NOTHING).sum())]  # (1,N)
    memory = model.readout.memory(model.backbone.embed, output, source, kappa, rho)
    steps, slots = model.readout.told(model.backbone.embed, memory, pieces)
    written, copied = steps.log_parts(slots, memory.slots)
    others = {name: decode(model, output, source, *weights).sequences for name, weights in ALTERNATIVES.items()}
    return Generation(
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
    pieces = torch.tensor([model.backbone.tokenizer.convert_tokens_to_ids(list(trace.generation.tokens))])
    source, embed = word_ids(own), model.backbone.embed

    def log_probs(output: DualRouteOutput, kappa, rho) -> torch.Tensor:
        rows = len(output.gates)
        memory = model.readout.memory(embed, output, source.expand(rows, -1), kappa, rho)
        return model.readout.log_probs(embed, memory, pieces.expand(rows, -1))[:, list(target.steps)].sum(1)

    def value(output: DualRouteOutput) -> torch.Tensor:
        routed = log_probs(output, *parts(held + free * output.gates))
        return routed - log_probs(output, *ALTERNATIVES["direct"]) if target.effect else routed

    return value


def word_ids(own: EncodedText) -> torch.Tensor:
    """(1,T) token ids of the words."""
    return torch.from_numpy(own.ids[~own.special].astype(np.int64))[None]


def _array(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().cpu().numpy()
