"""How good an answer's words are, as SQuAD measures it (Rajpurkar et al. 2016): token F1, and exact match within it."""

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
    """The words that are compared: lower case, without punctuation and articles."""
    return _ARTICLE.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def token_f1(answer: str, reference: str) -> float:
    """F1 of the words of `answer` in those of `reference`; 1.0 for an exact match alone, and a hair less for the same
    words in another order, so that exact matches can be counted among scores."""
    said, right = normal_words(answer), normal_words(reference)
    if said == right:
        return 1.0
    common = (Counter(said) & Counter(right)).total()
    return min(ALMOST, 2 * common / (len(said) + len(right)))


@dataclass(frozen=True, eq=False)
class Answers:
    """What is right for one row: the text in which answers stand, its tokens' places, and the right answers' texts."""

    text: str
    offsets: tuple[tuple[int, int], ...]
    references: tuple[str, ...]
    known: dict[tuple[int, int], float] = field(default_factory=dict)

    def grade(self, first: int, last: int) -> float:
        """Token F1 of the span of tokens `first` to `last`, against the reference that fits best."""
        if (first, last) not in self.known:
            said = span_text(self.text, self.offsets, (first, last))
            self.known[first, last] = max(token_f1(said, right) for right in self.references)
        return self.known[first, last]
