"""Grade the words of an answer as SQuAD does (Rajpurkar et al. 2016): token F1, where exact matches alone have 1."""

import math
import re
import string
from collections import Counter
from dataclasses import dataclass, field

from dualroute.trace.spans import span_text

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLE = re.compile(r"\b(a|an|the)\b")
ALMOST = math.nextafter(1.0, 0.0)


def normal_words(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation and articles."""
    return _ARTICLE.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def token_f1(answer: str, reference: str) -> float:
    """F1 of the words of `answer` and those of `reference`, in [0, 1].

    Only an exact match has 1.0: the same words in another order have the next smaller float, so that exact matches can
    be counted among scores.
    """
    words, expected = normal_words(answer), normal_words(reference)
    if words == expected:
        return 1.0
    common = (Counter(words) & Counter(expected)).total()
    return min(ALMOST, 2 * common / (len(words) + len(expected)))


@dataclass(frozen=True, eq=False)
class ReferenceAnswers:
    """The right answers of one row, `references`, and the text in which an answer is a span of tokens at `offsets`."""

    text: str
    offsets: tuple[tuple[int, int], ...]
    references: tuple[str, ...]
    grades: dict[tuple[int, int], float] = field(default_factory=dict[tuple[int, int], float])

    def grade(self, first: int, last: int) -> float:
        """Token F1 of the span of tokens `first` to `last`, against the reference that fits best."""
        if (first, last) not in self.grades:
            answer = span_text(self.text, self.offsets, (first, last))
            self.grades[first, last] = max(token_f1(answer, reference) for reference in self.references)
        return self.grades[first, last]
