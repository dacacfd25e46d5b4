"""The two flows of a causal language model: what each says about the next token, for a whole text or step by step."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from dualroute.progress import report_forward


@dataclass(frozen=True, eq=False)
class FlowOutput:
    """What one flow says before each of T tokens. B rows, V words, D the width of the hidden states.

    logits  (B,T,V) float32 of the next token
    states  (B,T,D) float32, the last hidden state, from which the logits come
    """

    logits: torch.Tensor
    states: torch.Tensor


def read_text(model, before: Sequence[int], answer: Sequence[int]) -> FlowOutput:
    """Return the output (1,T,·) before each of the T tokens of an answer that follows the tokens `before`."""
    ids = torch.tensor([[*before, *answer[:-1]]], device=model.device)
    return run(model, len(answer), input_ids=ids, use_cache=False)[0]


def run(model, keep: int, **inputs: Any) -> tuple[FlowOutput, Any]:
    """Run the model once; return its output at the last `keep` positions, and its cache of keys and values."""
    report_forward(1)
    if "logits_to_keep" in inspect.signature(model.forward).parameters:
        inputs["logits_to_keep"] = keep
    output = model(**inputs, output_hidden_states=True)
    states = output.hidden_states[-1][:, -keep:]
    return FlowOutput(output.logits[:, -keep:].float().cpu(), states.float().cpu()), getattr(
        output, "past_key_values", None
    )


class CachedFlow:
    """One flow while a text is written, with its cache of keys and values.

    Tokens wait until the flow is read: the first reading sends all tokens before the answer and those written so far
    through the model in one forward, a later one those that were written since.

    tokens    how many tokens went through the model
    forwards  in how many forwards
    """

    def __init__(self, model, before: Sequence[int]):
        self._model, self._waiting, self._cache = model, list(before), None
        self.tokens = self.forwards = 0

    def append(self, token: int) -> None:
        """Add a written token."""
        self._waiting.append(token)

    @torch.inference_mode()
    def read(self) -> FlowOutput:
        """Return the output (1,1,·) after all tokens so far; at least one of them must wait."""
        ids = torch.tensor([self._waiting], device=self._model.device)
        output, self._cache = run(self._model, 1, input_ids=ids, past_key_values=self._cache, use_cache=True)
        self.tokens += len(self._waiting)
        self.forwards += 1
        self._waiting = []
        return output


def most_positions(config) -> int | None:
    """Return the most tokens that a model reads; None where it has no such limit."""
    most = getattr(config.get_text_config(), "max_position_embeddings", None)
    return most if most and most > 0 else None
