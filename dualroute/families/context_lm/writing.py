"""Writing an answer token by token: greedy or sampled, each token by its route, and what it costs.

An early gate saves work. The direct flow runs at every token; the merged flow is built at the first token that reads,
from passage, prompt and the tokens written so far in one forward, and tokens written since then are appended in one
forward before the next reading. Keys and values of the direct flow are never used for the merged one, since positions
and states differ. What is saved are passages that no token asks for: a full gate reads both flows at every token.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from dualroute.families.context_lm.display import BROKEN, decode
from dualroute.families.context_lm.flows import CachedFlow, FlowOutput
from dualroute.families.context_lm.gates import Gate
from dualroute.families.context_lm.layout import Before
from dualroute.families.context_lm.mixing import Sampling, mixed, probabilities, weights_of
from dualroute.trace.decision import Decision

UNGATED = ("direct", "merged")  # policies that look at no gate
STOPS = {
    "end": "The model ended the text.",
    "length": "The text was cut at the limit of {written} tokens.",
    "context": "The text was cut where the model can read no more: {positions} tokens.",
    "stopped": "The writing was stopped.",
}


@dataclass(frozen=True)
class WrittenToken:
    """One token of a written answer.

    position     its place in the answer, from 0 on
    id           its number in the vocabulary
    text         what it adds to the text; empty until the last token of a character, and for the end of the text
    rho          weight of the merged flow
    gate         the gate; None under a policy that looks at none
    probability  of the token in the mixture, before top-p
    """

    position: int
    id: int
    text: str
    rho: float
    gate: float | None
    probability: float

    @property
    def flow(self) -> str:
        """`direct`, `merged` or `mixed`."""
        return {0.0: "direct", 1.0: "merged"}.get(self.rho, "mixed")


@dataclass(frozen=True)
class Costs:
    """Tokens that went through the model, the measure of its work.

    direct, merged  by each flow;  forwards  in how many forwards
    merged_alone    what the merged flow alone would have taken for the same text
    both_flows      what both flows at every token would have taken
    """

    direct: int
    merged: int
    forwards: int
    merged_alone: int
    both_flows: int

    @property
    def total(self) -> int:
        """Tokens of both flows."""
        return self.direct + self.merged


@dataclass(frozen=True, eq=False)
class WritingRequest:
    """What is to be written.

    direct, merged  the tokens before the answer in each flow
    decision        complete, but for θ under a policy that has none
    most            limit of tokens, those of `begin` included
    begin           tokens that are written already
    ends            numbers of the tokens that end a text
    positions       the most tokens that the model reads; None where it has no such limit
    lazy            whether a flow waits until a token needs it; the text is the same either way
    """

    direct: Before
    merged: Before
    decision: Decision
    sampling: Sampling
    most: int
    begin: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    positions: int | None = None
    lazy: bool = True


@dataclass(eq=False)
class Writing(Iterator[WrittenToken]):
    """A text that is written while it is iterated over; it holds caches of its own, so several may run at once.

    ids          the tokens so far, those it began with included
    tokens       those that were written here
    stop_reason  `end`, `length`, `context` or `stopped`; empty while it is written
    """

    request: WritingRequest
    model: Any
    tokenizer: Any
    gate: Gate
    ids: list[int] = field(default_factory=list)
    tokens: list[WrittenToken] = field(default_factory=list)
    stop_reason: str = ""

    def __post_init__(self) -> None:
        request = self.request
        hear = self.gate.hears and self._looks
        self._flows = tuple(CachedFlow(self.model, before, hear) for before in (request.direct, request.merged))
        self._memory: Any = None
        self._shown = 0
        for token in request.begin:
            if self.gate.remembers and self._looks:
                self._look()
            self._append(token)
        self._shown = len(_whole(decode(self.tokenizer, self.ids)))

    def __next__(self) -> WrittenToken:
        """Write the next token; StopIteration where the text has ended."""
        if not self.stop_reason:
            self.stop_reason = self._limit()
        if self.stop_reason:
            raise StopIteration
        written = self._write()
        self.tokens.append(written)
        if written.id in self.request.ends:
            self.stop_reason = "end"
        return written

    def stop(self) -> None:
        """End the text here."""
        self.stop_reason = self.stop_reason or "stopped"

    def run(self) -> "Writing":
        """Write all of it, and return it."""
        for _ in self:
            pass
        return self

    @property
    def text(self) -> str:
        """The text so far, without special tokens."""
        return decode(self.tokenizer, self.ids)

    @property
    def stop_words(self) -> str:
        """Why it stopped, as a sentence; empty while it is written."""
        words = STOPS.get(self.stop_reason, "")
        return words.format(written=len(self.ids), positions=self.request.positions)

    @property
    def costs(self) -> Costs:
        """What it took so far."""
        direct, merged = self._flows
        steps = max(len(self.ids) - 1, 0)
        alone = len(self.request.merged) + steps
        both = alone + len(self.request.direct) + steps
        return Costs(direct.tokens, merged.tokens, direct.forwards + merged.forwards, alone, both)

    @property
    def _looks(self) -> bool:
        """Whether the policy looks at the gate."""
        return self.request.decision.policy not in UNGATED

    def _limit(self) -> str:
        """Why no further token can be written; empty where one can."""
        if self.ids and self.ids[-1] in self.request.ends:
            return "end"
        if len(self.ids) >= self.request.most:
            return "length"
        longest = max(len(self.request.direct), len(self.request.merged)) + len(self.ids)
        return "context" if self.request.positions and longest > self.request.positions else ""

    @torch.inference_mode()
    def _look(self) -> tuple[FlowOutput | None, FlowOutput | None, float | None]:
        """The outputs of the flows that must be read before the weights are known, and the gate."""
        direct, merged, gate = None, None, None
        if self._looks:
            direct = self._flows[0].read()
            merged = self._flows[1].read() if self.gate.full else None
            gates, self._memory = self.gate(direct, merged, self._memory)
            gate = float(gates[0, -1])
        return direct, merged, gate

    @torch.inference_mode()
    def _write(self) -> WrittenToken:
        position, request = len(self.ids), self.request
        *outputs, gate = self._look()
        weights = weights_of(request.decision, np.array([0.0 if gate is None else gate], np.float32), position)[0]
        probs = []
        for flow, output, weight in zip(self._flows, outputs, weights.tolist(), strict=True):
            needed = weight > 0 or not request.lazy
            output = flow.read() if output is None and needed else output
            probs.append(None if output is None else probabilities(output.logits[0, -1], request.decision.temperature))
        mixture = mixed(weights, *probs)
        token = request.sampling.choose(mixture, position)
        self._append(token)
        return WrittenToken(position, token, self._added(), float(weights[1]), gate, float(mixture[token]))

    def _append(self, token: int) -> None:
        self.ids.append(token)
        for flow in self._flows:
            flow.append(token)

    def _added(self) -> str:
        """What became readable by the last token."""
        whole = _whole(decode(self.tokenizer, self.ids))
        added, self._shown = whole[self._shown :], max(self._shown, len(whole))
        return added


def first_change(
    ids: Sequence[int], weights: np.ndarray, probs: Callable[[int], Any], sampling: Sampling
) -> int | None:
    """Return the first position where another word would be chosen than the T written `ids`; None where none would.

    weights  (T,2) of the flows;  probs  position -> the probabilities (V,) of both flows, given the written tokens
    """
    for position, token in enumerate(ids):
        if sampling.choose(mixed(weights[position], *probs(position)), position) != token:
            return position
    return None


def _whole(text: str) -> str:
    """A text without the broken character at its end, which may become whole."""
    return text.rstrip(BROKEN)
