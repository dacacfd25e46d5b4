"""A number the model gives for one input, as a record: what `targets` reads off a name."""

from dataclasses import dataclass
from typing import NamedTuple


class Term(NamedTuple):
    """`weight` times one output's score: a class's, or with `token` a token's to start (0) or to end (1) an answer."""

    weight: float
    output: int
    token: int | None = None


@dataclass(frozen=True)
class Target:
    """A number the model gives for one input: a sum of scores, the log-probability of steps, or else a gate.

    terms        the sum; empty for written texts and gates
    steps        of a written text
    effect       whether the score with every token direct is subtracted
    tokens       first and last token whose gates are averaged; None for all tokens of x
    label        the class or the answer, as people read it; `A − B` for a margin
    label_index  the class explained, of a margin the first;  span  the answer explained
    """

    name: str
    label: str = ""
    terms: tuple[Term, ...] = ()
    steps: tuple[int, ...] = ()
    effect: bool = False
    tokens: tuple[int, int] | None = None
    label_index: int | None = None
    span: tuple[int, int] | None = None

    @property
    def is_gate(self) -> bool:
        return not self.terms and not self.steps
