"""Traces of several inputs put together as rows of one corpus, so that every θ can be asked of all of them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dualroute.interpret.answers import Answers
from dualroute.interpret.corpus import Corpus, RoutedRows
from dualroute.interpret.span_corpus import SpanCorpus
from dualroute.interpret.trace import Trace


def corpus_of(traces: Sequence[Trace], right: Sequence[str]) -> RoutedRows:
    """Rows to classify, or with answers to find, of traces of one checkpoint; `right` is what each should say.

    Raises ValueError for no traces, traces of different checkpoints, a class that is none, or written texts.
    """
    if not traces:
        raise ValueError("there is no row")
    first = traces[0]
    if any(trace.spec.revision != first.spec.revision for trace in traces):
        raise ValueError("the traces are of different checkpoints")
    if first.readout == "generation":
        raise ValueError("written texts have no contributions to put together")
    shared = _shared(traces)
    if first.readout == "span":
        answers = np.empty(len(traces), dtype=object)
        answers[:] = [Answers(t.x, t.offsets, (text,)) for t, text in zip(traces, right, strict=True)]
        return SpanCorpus(**shared, answers=answers, longest=first.spec.max_answer_length)
    unknown = sorted(set(right) - set(first.labels))
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no label; there are {', '.join(first.labels)}")
    return Corpus(**shared, labels=np.array([first.labels.index(label) for label in right]))


def without_context_tokens(trace: Trace) -> Trace:
    """The same outcomes with the context as one token: S times smaller, which counts where many traces are kept."""
    if not trace.context_tokens:
        return trace
    read = trace.context_contributions.astype(float).sum(1, keepdims=True).astype(np.float32)
    attention = np.ones((len(trace.tokens), 1), np.float32)
    return replace(trace, context_tokens=("context",), attention=attention, context_contributions=read, image="")


def _shared(traces: Sequence[Trace]) -> dict:
    lengths = [len(trace.tokens) for trace in traces]
    return {
        "gates": np.concatenate([trace.flow_gates[-1] for trace in traces]).astype(float),
        "starts": np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(int),
        "has_context": np.array([bool(trace.context_tokens) for trace in traces]),
        "granularity": traces[0].spec.granularity,
        "direct": np.concatenate([trace.direct_contributions for trace in traces]).astype(float),
        "read": np.concatenate([trace.read_contributions for trace in traces]).astype(float),
        "bias": traces[0].bias.astype(float),
    }
