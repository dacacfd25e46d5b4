"""What an answer loses without one sentence, or one passage: each is deleted, and the rest is read anew.

This is the fast first answer to the question what a token came from: one forward of each flow for every part. The
tokens of the answer stay as they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dualroute.families.context_lm.layout import BETWEEN
from dualroute.families.context_lm.mixing import probabilities, weights_of
from dualroute.families.context_lm.tracing import BothFlows, candidates_of
from dualroute.trace.granularity import groups
from dualroute.trace.record import Trace
from dualroute.values import known

if TYPE_CHECKING:
    from dualroute.families.context_lm.family import ContextLM

PASSAGE = "passage"
PARTS = (PASSAGE, "sentence", "word", "token")


@dataclass(frozen=True)
class Part:
    """A part that was left out: `text`, the characters [start, end) of the trace's input `segment`."""

    segment: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, eq=False)
class LeftOut:
    """An answer of T tokens without each of U parts of prompt and passage, and with all of them.

    parts           what was left out
    direct, merged  (U+1,T) log-probability of each token on either flow; the last row is with all parts
    gates           (U+1,T) the gates
    weights         (U+1,T,2) weights of the flows under the decision of the trace
    """

    parts: tuple[Part, ...]
    direct: np.ndarray
    merged: np.ndarray
    gates: np.ndarray
    weights: np.ndarray

    @property
    def routed(self) -> np.ndarray:
        """(U,T) by how much each part raises the log-probability of each token, given the route of the trace."""
        logs = np.log(np.maximum(self.weights[-1], np.finfo(float).tiny))
        return _change(np.logaddexp(self.direct + logs[:, 0], self.merged + logs[:, 1]))

    @property
    def effect(self) -> np.ndarray:
        """(U,T) by how much each part raises the effect of the passage, log p_merged − log p_direct."""
        return _change(self.merged - self.direct)

    @property
    def gate(self) -> np.ndarray:
        """(U,T) by how much each part raises the gate."""
        return _change(self.gates)


def leave_out(model: "ContextLM", trace: Trace, by: str = "sentence") -> LeftOut:
    """Leave out each sentence, word or token of prompt and passage, or with `by="passage"` each passage.

    Passages are separated by an empty line. A part that is all of its input leaves the input empty: without a passage
    the merged flow is the direct one.
    Raises ValueError for an unknown `by`, and a trace without the ids of its tokens.
    """
    parts = parts_of(trace, by)
    ids = candidates_of(trace).given.tolist()
    rows = [model.flows(*_texts_without(trace, part), ids) for part in (*parts, None)]
    decision, temperature = trace.spec.decision, trace.spec.decision.temperature
    return LeftOut(
        parts=tuple(parts),
        direct=np.stack([_log_probs(row, row.direct.logits, temperature) for row in rows]),
        merged=np.stack([_log_probs(row, row.merged.logits, temperature) for row in rows]),
        gates=np.stack([row.gates for row in rows]),
        weights=np.stack([weights_of(decision, row.gates) for row in rows]),
    )


def parts_of(trace: Trace, by: str) -> list[Part]:
    """Return what `leave_out` leaves out in turn, those of the passage first. Raises ValueError for an unknown `by`."""
    known(by, PARTS, "part")
    return [part for segment in ((1,) if by == PASSAGE else (1, 0)) for part in _parts(trace, segment, by)]


def _parts(trace: Trace, segment: int, by: str) -> Iterator[Part]:
    text, offsets = trace.inputs[segment].text, trace.inputs[segment].offsets
    for start, end in _passages(text) if by == PASSAGE else _places(by, text, offsets):
        yield Part(segment, start, end, text[start:end])


def _places(by: str, text: str, offsets: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The characters of every unit of a text; tokens of one character are left out together."""
    if by == "token":
        return list(dict.fromkeys(offset for offset in offsets if offset[0] < offset[1]))
    runs = groups(by, text, offsets)
    return [(offsets[first][0], offsets[last - 1][1]) for first, last in runs]


def _passages(text: str) -> list[tuple[int, int]]:
    """The characters of every passage of a text in which they are joined."""
    places, start = [], 0
    for passage in text.split(BETWEEN):
        if passage.strip():
            places.append((start, start + len(passage)))
        start += len(passage) + len(BETWEEN)
    return places


def _texts_without(trace: Trace, part: Part | None) -> tuple[str, str]:
    """Prompt and passage without a part."""
    texts = [one.text for one in trace.inputs[:2]]
    if part is not None:
        before, after = texts[part.segment][: part.start].rstrip(" "), texts[part.segment][part.end :]
        after = after.removeprefix(BETWEEN) if before.endswith(BETWEEN) else after
        texts[part.segment] = f"{before}{after}".strip()
    return texts[0], texts[1]


def _log_probs(row: BothFlows, logits, temperature: float | None) -> np.ndarray:
    """(T,) log-probability of every token of the answer."""
    probs = probabilities(logits[0], temperature).numpy().astype(np.float64)
    return np.log(np.maximum(probs[np.arange(len(row.ids)), row.ids], np.finfo(np.float32).tiny))


def _change(values: np.ndarray) -> np.ndarray:
    """What every part adds: the last row, which has them all, minus each other row."""
    return values[-1] - values[:-1]
