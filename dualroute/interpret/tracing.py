"""From a model's forward pass to a `Trace`: the torch border."""

import numpy as np
import torch

from dualroute.interpret.contexts import EncodedContext, encode_context
from dualroute.interpret.contexts.text import text_inputs
from dualroute.interpret.encoding import EncodedText, encode_text
from dualroute.interpret.replay import softmax
from dualroute.interpret.trace import Trace, TraceSpec
from dualroute.interpret.writing import written_by
from dualroute.model.dual_route import NO_OVERRIDE, DualRouteModel
from dualroute.outputs import DualRouteOutput
from dualroute.overrides import check_overrides
from dualroute.text import joined


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


def _array(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().cpu().numpy()
