"""The family of language models that may read a passage: loading, traces of given answers, and writing."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from dualroute.families.attribution_function import Units
from dualroute.families.base import RoutingModel
from dualroute.families.context_lm.display import written_tokens
from dualroute.families.context_lm.flows import most_positions
from dualroute.families.context_lm.gates import GATES, Gate
from dualroute.families.context_lm.inputs import Answer, Inputs, Passages, read_answer, read_inputs, read_what_is_left
from dualroute.families.context_lm.layout import Layout
from dualroute.families.context_lm.mixing import Sampling, probabilities, weights_of
from dualroute.families.context_lm.presence import Presence, make_presence
from dualroute.families.context_lm.tracing import BothFlows, candidates_of, make_trace, read_both
from dualroute.families.context_lm.writing import Writing, WritingRequest, first_change
from dualroute.trace.answers import Segment
from dualroute.trace.decision import Decision, Overrides
from dualroute.trace.granularity import groups
from dualroute.trace.record import Trace
from dualroute.trace.routing import TraceSpec
from dualroute.values import known, whole_number

MOST_TOKENS = 128  # of a written answer, by default


class ContextLM(RoutingModel):
    """A causal language model of transformers with its tokenizer, and a passage that each token may read or not.

    gate        `divergence`, `entropy`, `confidence`, or a `TrainedGate`
    template    `chat` for the tokenizer's chat template, `plain` for plain text; by default `chat` where there is one
    instruction  a sentence after every prompt, in both flows; empty for none
    checkpoint  what its traces call it;  backbone  the name of the language model
    revision    the first digits of the sha256 of its weights; by default of those in memory
    base        the same of the language model alone; by default of its weights in memory
    notes       sentences that `limits` says beside its own
    Raises ValueError for an unknown gate or template, and a tokenizer that does not fit.
    """

    family = "context_lm"

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        gate: str | Gate = "divergence",
        template: str | None = None,
        instruction: str = "",
        checkpoint: str = "unsaved",
        backbone: str = "",
        revision: str | None = None,
        base: str | None = None,
        notes: tuple[str, ...] = (),
    ):
        if not getattr(tokenizer, "is_fast", False):
            raise ValueError("the tokenizer does not tell the places of its tokens; choose one with a tokenizer.json")
        self.model, self.tokenizer = model.eval().requires_grad_(False), tokenizer
        self.gate = GATES[known(gate, GATES, "gate")]() if isinstance(gate, str) else gate
        self.layout = Layout(tokenizer, template, instruction)
        self.checkpoint, self.backbone = checkpoint, backbone or checkpoint
        self._revision, self._base, self._notes = revision, base, notes
        self.ends = _end_ids(model, tokenizer)

    @classmethod
    def load(cls, folder: str | Path, name: str) -> Self:
        """Return the language model in `folder`, or the trained gate there with the language model that it names.

        Raises FileNotFoundError for a missing file; ValueError for a damaged one, for too little memory, and for
        weights that the gate was not trained on.
        """
        from dualroute.families.context_lm.loading import read_parts

        return cls(**read_parts(Path(folder), name))

    @classmethod
    def find(cls, name: str | Path) -> Path:
        """Return the folder of a language model: the embedded one, a folder, or a model of the hub."""
        from dualroute.families.context_lm.loading import find_model

        return find_model(name)

    @property
    def revision(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The first digits of the sha256 of its weights."""
        return self._revision or self._digest

    @cached_property
    def _digest(self) -> str:
        from dualroute.families.context_lm.loading import digest

        return digest(self.model, self.gate)

    @cached_property
    def base(self) -> str:
        """The first digits of the sha256 of the weights of the language model, whatever its gate."""
        from dualroute.families.context_lm.loading import digest

        return self._base or digest(self.model)

    @property
    def positions(self) -> int | None:
        """The most tokens that the model reads; None where it has no such limit."""
        return most_positions(self.model.config)

    def trace(
        self,
        prompt: str,
        passage: Passages,
        answer: str,
        policy: str | None = None,
        threshold: float | None = None,
        overrides: Overrides | None = None,
        decision: Decision | None = None,
    ) -> Trace:
        """Return the trace of a given answer: its tokens, the end of the text included, through both flows.

        passage    a text, or several, which are read one after the other
        decision   policy, θ, overrides and the temperature of both flows; single fields replace its own
        Every policy, θ and flip replays exactly from the trace, and so does the greedy choice at each position; another
        temperature is a rerun. Raises ValueError for a text that is empty or too long, and for a decision that does not
        fit.
        """
        own = Decision(policy, threshold, overrides).over(decision or Decision())
        return self._trace(self.read(prompt, passage), read_answer(self.layout, answer, self.end), own)

    def trace_written(
        self, prompt: str, passage: Passages, ids: Sequence[int], decision: Decision | None = None
    ) -> Trace:
        """Return the trace of an answer that was written here, from its token ids; see `trace`."""
        if not ids:
            raise ValueError("the answer is empty: there is no token to route")
        text, tokens, offsets = written_tokens(self.tokenizer, ids)
        answer = Answer(Segment("answer", text, tokens, offsets), tuple(ids))
        return self._trace(self.read(prompt, passage), answer, decision or Decision())

    def rerun(self, trace: Trace, decision: Decision) -> Trace:
        """Return the trace of the same inputs under `decision`; its fields that are None are those of `trace`."""
        prompt, passage, segment = trace.inputs
        answer = Answer(segment, tuple(candidates_of(trace).given.tolist()))
        return self._trace(self.read(prompt.text, passage.text), answer, decision.over(trace.spec.decision))

    def write(
        self,
        prompt: str,
        passage: Passages,
        decision: Decision | None = None,
        seed: int | None = None,
        top_p: float = 1.0,
        max_tokens: int = MOST_TOKENS,
        begin: Sequence[int] = (),
        lazy: bool = True,
    ) -> Writing:
        """Return a text that is written while it is iterated over, a `WrittenToken` at a time.

        decision    policy, θ, overrides by position, and the temperature that scales each flow before they are mixed
        seed        None writes the likeliest word; a seed draws, with the same random number at each position whatever
                    was chosen before, so that texts under two decisions can be compared
        top_p       draw among the likeliest words of the mixture that together reach this probability
        begin       token ids that the answer begins with, such as those of another text up to its first change
        lazy        False reads both flows at every token; the text is the same
        Raises ValueError for a text that is empty or too long, and numbers outside their limits.
        """
        inputs, begun = self.read(prompt, passage), tuple(int(token) for token in begin)
        inputs.check_room(len(begun) + 1, self.positions)
        request = WritingRequest(
            direct=inputs.direct,
            merged=inputs.merged,
            decision=self._complete(decision),
            sampling=Sampling(seed, top_p),
            most=whole_number(max_tokens, "max_tokens", 1),
            begin=begun,
            ends=self.ends,
            positions=self.positions,
            lazy=lazy,
        )
        return Writing(request, self.model, self.tokenizer, self.gate)

    def first_change(self, writing: Writing, decision: Decision) -> int | None:
        """Return the first position of a written text whose token would be another under `decision`, None for none.

        Fields of the decision that are None are those of the text. The random numbers are those of the text.
        """
        request = writing.request
        complete = decision.over(request.decision)
        if not writing.ids:
            return None
        flows = read_both(self.model, self.gate, request.direct, request.merged, writing.ids)
        pair = flows.direct.logits[0], flows.merged.logits[0]
        return first_change(
            writing.ids,
            weights_of(complete, flows.gates),
            lambda position: [probabilities(flow[position], complete.temperature) for flow in pair],
            request.sampling,
        )

    def flows(self, prompt: str, passage: str, ids: Sequence[int]) -> BothFlows:
        """Return what both flows say before each token of an answer; an empty text leaves its place empty.

        Raises ValueError for texts that are too long.
        """
        inputs = read_what_is_left(self.layout, prompt, passage)
        inputs.check_room(len(ids), self.positions)
        return read_both(self.model, self.gate, inputs.direct, inputs.merged, ids)

    def attribution_function(
        self,
        trace: Trace,
        targets,
        baseline: str = "pad",
        baseline_texts: tuple[str, str] | None = None,
    ) -> Presence:
        """Return the targets as functions of the tokens of the answer, and of the input that the context names.

        That is the passage. For the prompt take a trace whose context is the prompt: `replace(trace,
        context=TextContext(0))`.
        baseline  `pad` for the embedding of the padding token (without one of the end of the text), `mean`, or `zero`,
                  near which models that normalise their embeddings jump, so that gradients need many steps
        Raises ValueError for a baseline or a target that the model does not have, and a trace of another tokenizer.
        """
        prompt, passage, _ = trace.inputs
        inputs = self.read(prompt.text, passage.text)
        if (prompt.tokens, passage.tokens) != tuple(part.tokens for part in inputs.segments):
            raise ValueError("the trace is of other tokens than this model's")
        before = inputs.direct, inputs.merged
        return make_presence(self.model, self.tokenizer, self.gate, trace, before, targets, baseline)

    def units(self, trace: Trace, granularity: str) -> Units:
        """Return the units of the answer, and of the input that the context names."""
        context = trace.inputs[1 if trace.context is None else trace.context.segment]
        parts = groups(granularity, trace.x, trace.offsets), groups(granularity, context.text, context.offsets)
        return Units.of([len(trace.tokens), len(context.tokens)], parts)

    def row_inputs(self, row: Any) -> tuple[Any, ...]:
        """Return the inputs of a row of data: h is the prompt, x the passage, the label the answer."""
        return row.h, row.x, row.label

    @property
    def end(self) -> int | None:
        """The token that ends an answer; None for a model without one."""
        return self.layout.end(self.ends)

    @property
    def limits(self) -> tuple[str, ...]:
        """The limits of this model's traces, one sentence each."""
        own = (
            "Leaving words of the passage unread is a rerun of the model.",
            "For a given text every θ, policy and flip is exact; a text that is written changes with its own tokens.",
        )
        asked = self.layout.instruction
        instruction = (f"After every prompt stands the instruction “{asked}”",) if asked else ()
        return own + instruction + self._notes

    def read(self, prompt: str, passage: Passages) -> Inputs:
        """Return a prompt and its passages as tokens. Raises ValueError for an empty one."""
        return read_inputs(self.layout, prompt, passage)

    def _trace(self, inputs: Inputs, answer: Answer, decision: Decision) -> Trace:
        inputs.check_room(len(answer.ids), self.positions)
        flows = read_both(self.model, self.gate, inputs.direct, inputs.merged, answer.ids)
        spec = TraceSpec(
            checkpoint=self.checkpoint,
            revision=self.revision,
            task="language model",
            backbone=self.backbone,
            router=self.gate.name,
            granularity="token",
            decision=self._complete(decision),
            family=self.family,
            h_name="passage",
        )
        segments = (*inputs.segments, answer.segment)
        return make_trace(self.tokenizer, flows, segments, spec, inputs.notes + answer.notes)

    def _complete(self, decision: Decision | None) -> Decision:
        """A decision without open fields but the temperature."""
        complete = (decision or Decision()).over(Decision("threshold", self.gate.threshold, {}))
        if complete.top_k or complete.ignored or len(complete.flips) < len(complete.overrides or {}):
            raise ValueError(
                "a language model has one layer of flows: a decision takes a policy, θ, a temperature, and overrides "
                "that name a flow"
            )
        return complete


def _end_ids(model, tokenizer) -> tuple[int, ...]:
    """The tokens that end a text, the tokenizer's own first."""
    named = getattr(getattr(model, "generation_config", None), "eos_token_id", None)
    listed = named if isinstance(named, list | tuple) else [named]
    return tuple(dict.fromkeys(one for one in (tokenizer.eos_token_id, *listed) if one is not None))
