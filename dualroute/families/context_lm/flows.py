"""The two flows of a causal language model: what each says about the next token, for a whole text or step by step."""

import copy
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from dualroute.families.context_lm.layout import Before
from dualroute.progress import report_forward

MOST_HEARD = 64  # tokens at the end of the prompt whose log-probabilities a flow tells


@dataclass(frozen=True, eq=False)
class FlowOutput:
    """What one flow says before each of T tokens. B rows, V words, D the width of the hidden states.

    logits  (B,T,V) float32 of the next token
    states  (B,T,D) float32, the last hidden state, from which the logits come
    heard   (B,T,3) float32, mean log-probabilities in nats that the flow gave to what it knows by then: the end of the
            prompt, the answer so far, its last token; 0 where there is none yet. None unless it was asked for.
    """

    logits: torch.Tensor
    states: torch.Tensor
    heard: torch.Tensor | None = None


@dataclass(frozen=True, eq=False)
class Beginning:
    """The first tokens of a text and the cache that the model has after them, for many texts that begin with them."""

    ids: tuple[int, ...]
    cache: Any


@torch.inference_mode()
def begin(model, ids: Sequence[int]) -> Beginning:
    """Send the first tokens of several texts through the model."""
    return Beginning(tuple(ids), run(model, 1, input_ids=torch.tensor([ids], device=model.device), use_cache=True)[1])


def read_text(
    model, before: Before, answer: Sequence[int], hear: bool = False, beginning: Beginning | None = None
) -> FlowOutput:
    """Return the output (1,T,·) before each of the T tokens of an answer.

    hear       whether it tells what it `heard`
    beginning  of the tokens before the answer, without the prompt
    """
    ids, done = (*before.ids, *answer), 0
    cached: dict[str, Any] = {"use_cache": False}
    if beginning is not None:
        if ids[: (done := len(beginning.ids))] != beginning.ids or done > before.prompt[0]:
            raise ValueError("the text does not begin with these tokens before its prompt")
        cached = {"use_cache": True, "past_key_values": copy.deepcopy(beginning.cache)}
    keep = min(kept_positions(before, len(answer), hear), len(ids) - 1 - done)
    output, _ = run(model, keep, input_ids=torch.tensor([ids[done:-1]], device=model.device), **cached)
    return with_heard(output, before, answer) if hear else output


def kept_positions(before: Before, steps: int, hear: bool) -> int:
    """Return at how many of the last positions the logits are needed, for an answer of so many tokens."""
    return len(before) + steps - _first_heard(before) if hear else steps


def with_heard(output: FlowOutput, before: Before, answer: Sequence[int]) -> FlowOutput:
    """Return the part (B,T,·) of an output that stands before the answer, with what the flow heard.

    output  before the last K of the tokens of `before` and `answer`, with K of at least T
    """
    steps, kept = len(answer), output.logits.shape[1]
    told = _log_probabilities(output.logits, [*before.ids, *answer][-kept:])
    first = len(before) + steps - kept  # the token that told[0] is of
    prompt = told[:, max(_first_heard(before) - first, 0) : before.prompt[1] - first]
    return FlowOutput(output.logits[:, -steps:], output.states[:, -steps:], _heard(prompt, told[:, -steps:]))


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

    hear      whether it tells what it heard
    tokens    how many tokens went through the model
    forwards  in how many forwards
    """

    def __init__(self, model, before: Before, hear: bool = False):
        self._model, self._before, self._hear = model, before, hear
        self._waiting, self._cache, self._answer = list(before.ids), None, []
        self._prompt, self._told, self._next = torch.zeros(1, 0), torch.zeros(1, 0), None
        self.tokens = self.forwards = 0

    def append(self, token: int) -> None:
        """Add a written token."""
        self._waiting.append(token)
        self._answer.append(token)

    @torch.inference_mode()
    def read(self) -> FlowOutput:
        """Return the output (1,1,·) after all tokens so far; at least one of them must wait."""
        ids = torch.tensor([self._waiting], device=self._model.device)
        first = self._cache is None
        keep = kept_positions(self._before, len(self._answer) + 1, True) if first else len(self._waiting)
        options = {"input_ids": ids, "past_key_values": self._cache, "use_cache": True}
        output, self._cache = run(self._model, keep if self._hear else 1, **options)
        if self._hear:
            self._listen(output.logits, first)
        self.tokens += len(self._waiting)
        self.forwards += 1
        self._waiting = []
        last = FlowOutput(output.logits[:, -1:], output.states[:, -1:])
        if not self._hear:
            return last
        # The token that comes is not known: its place is filled and left out.
        answer = torch.cat([self._told, torch.zeros(1, 1)], dim=1)
        return FlowOutput(last.logits, last.states, _heard(self._prompt, answer)[:, -1:])

    def _listen(self, logits: torch.Tensor, first: bool) -> None:
        """Keep the log-probabilities of the prompt, and of the tokens of the answer that waited."""
        before = logits if self._next is None else torch.cat([self._next, logits], dim=1)
        known = [*self._before.ids, *self._answer] if first else self._waiting
        told = _log_probabilities(before[:, :-1], known[-(before.shape[1] - 1) :])
        if first:
            asked = self._before.prompt[1] - _first_heard(self._before)
            self._prompt, told = told[:, :asked], told[:, told.shape[1] - len(self._answer) :]
        self._told, self._next = torch.cat([self._told, told], dim=1), logits[:, -1:]


def _first_heard(before: Before) -> int:
    """The first token of the prompt that is heard: one needs another token before it."""
    start, end = before.prompt
    return max(start, end - MOST_HEARD, 1)


def _log_probabilities(logits: torch.Tensor, ids: Sequence[int]) -> torch.Tensor:
    """The log-probabilities (B,K) of K tokens by the logits (B,K,V) before them."""
    wanted = torch.tensor(ids, dtype=torch.long).expand(len(logits), -1)[..., None]
    return logits.log_softmax(-1).gather(-1, wanted)[..., 0]


def _heard(prompt: torch.Tensor, answer: torch.Tensor) -> torch.Tensor:
    """`FlowOutput.heard` (B,T,3) from log-probabilities (B,P) of the prompt and (B,T) of the answer."""
    steps = torch.arange(answer.shape[1])
    zero = answer.new_zeros(len(answer), 1)
    so_far = torch.cat([zero, answer.cumsum(1)[:, :-1]], dim=1) / steps.clamp(min=1)
    last = torch.cat([zero, answer[:, :-1]], dim=1)
    asked = prompt.mean(1, keepdim=True) if prompt.shape[1] else zero
    return torch.stack([asked.expand_as(answer), so_far, last], dim=-1)


def most_positions(config) -> int | None:
    """Return the most tokens that a model reads; None where it has no such limit."""
    most = getattr(config.get_text_config(), "max_position_embeddings", None)
    return most if most and most > 0 else None
