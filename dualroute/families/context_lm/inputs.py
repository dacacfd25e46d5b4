"""A prompt, its passages and a given answer as tokens, with a check that the model can read them all."""

from collections.abc import Sequence
from dataclasses import dataclass

from dualroute.families.context_lm.layout import BETWEEN, Before, Layout, word_ids
from dualroute.families.dual_route.encoding import EncodedText
from dualroute.trace.answers import Segment
from dualroute.values import items, text

Passages = str | Sequence[str]


@dataclass(frozen=True, eq=False)
class Inputs:
    """A prompt and a passage, and the tokens before an answer in each flow; None for a text that is left out."""

    prompt: EncodedText | None
    passage: EncodedText | None
    direct: Before
    merged: Before

    @property
    def segments(self) -> tuple[Segment, Segment]:
        """Prompt and passage as inputs of a trace."""
        return segment_of("prompt", self.prompt), segment_of("passage", self.passage)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was changed in the texts, as sentences."""
        return tuple(note for part in (self.prompt, self.passage) if part is not None for note in part.notes)

    def check_room(self, answer: int, most: int | None) -> None:
        """Raise ValueError where the flows with an answer of so many tokens are longer than `most`; None: no limit."""
        for before, names in ((self.direct, "the prompt"), (self.merged, "prompt and passage")):
            needed = len(before) + max(answer, 1) - 1
            if most is not None and needed > most:
                raise ValueError(
                    f"{names} and the answer are too long: {needed:,} tokens, of which this model reads {most:,}; "
                    "shorten one of them"
                )


@dataclass(frozen=True, eq=False)
class Answer:
    """An answer of T tokens: an input of a trace, the ids of its tokens, and notes about changes of the text."""

    segment: Segment
    ids: tuple[int, ...]
    notes: tuple[str, ...] = ()


def read_inputs(layout: Layout, prompt: str, passage: Passages) -> Inputs:
    """Return a prompt and its passages as tokens. Raises ValueError for an empty one."""
    asked = layout.encode(text(prompt, "prompt"), "prompt")
    read = layout.encode(join_passages(passage), "passage")
    return Inputs(asked, read, layout.before(asked), layout.before(asked, read))


def read_what_is_left(layout: Layout, prompt: str, passage: str) -> Inputs:
    """Return a prompt and a passage as tokens, where an empty text leaves its place empty."""
    asked = layout.encode(prompt, "prompt") if prompt.strip() else None
    read = layout.encode(passage, "passage") if passage.strip() else None
    return Inputs(asked, read, layout.before(asked), layout.before(asked, read))


def read_answer(layout: Layout, answer: str, end: int | None) -> Answer:
    """Return a given answer with the token that ends it, if there is one. Raises ValueError for an empty answer."""
    encoded = layout.encode(text(answer, "answer"), "answer")
    segment, ids = segment_of("answer", encoded), word_ids(encoded)
    if end is not None:
        place, name = len(segment.text), layout.tokenizer.convert_ids_to_tokens(end)
        segment = Segment("answer", segment.text, (*segment.tokens, name), (*segment.offsets, (place, place)))
        ids += (end,)
    return Answer(segment, ids, encoded.notes)


def join_passages(passage: Passages) -> str:
    """Return several passages as one text, an empty line between two. Raises ValueError for what is no text."""
    if isinstance(passage, str):
        return passage
    texts = [text(one, "each passage") for one in items(passage, "passage", "texts")]
    return BETWEEN.join(one.strip() for one in texts if one.strip())


def segment_of(name: str, encoded: EncodedText | None) -> Segment:
    """Return a text as an input of a trace."""
    if encoded is None:
        return Segment(name, "")
    offsets = tuple((start, end) for start, end in encoded.offsets.tolist())
    return Segment(name, encoded.text, encoded.tokens, offsets)
