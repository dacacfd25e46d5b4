"""A generator's text as a record, and its log-probability as a number that can be attributed."""

import numpy as np
import torch

from dualroute.interpret.encoding import EncodedText
from dualroute.interpret.held_route import held_route
from dualroute.interpret.target import Target
from dualroute.interpret.trace import Generation, Trace
from dualroute.model.dual_route import DualRouteModel
from dualroute.model.generating import decode, texts_of
from dualroute.model.readouts.generation.copying import NOTHING
from dualroute.outputs import DualRouteOutput
from dualroute.policies import parts

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
