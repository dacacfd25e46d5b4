"""How good a written text is, by the library's ROUGE (Lin 2004) or by equality. Every score lies in [0, 1]."""

import unicodedata
from collections.abc import Callable
from functools import lru_cache

from rouge_score.rouge_scorer import RougeScorer

ROUGE = ("rouge1", "rouge2", "rougeL")


def exact_match(text: str, references: tuple[str, ...]) -> float:
    """1 where the text is one of the references, apart from case, accents and spaces, which tokenizers lose."""
    return float(_plain(text) in map(_plain, references))


def rouge(name: str) -> Callable[[str, tuple[str, ...]], float]:
    """F of `rouge1`, `rouge2` (shared words, pairs of words) or `rougeL` (longest common sequence), words stemmed.

    Of several references the one that is met best counts.
    """

    def score(text: str, references: tuple[str, ...]) -> float:
        return max(_scorer().score(reference, text)[name].fmeasure for reference in references)

    return score


TEXT_SCORES: dict[str, Callable[[str, tuple[str, ...]], float]] = {
    "exact_match": exact_match,
    **{name: rouge(name) for name in ROUGE},
}


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in letters if not (c.isspace() or unicodedata.combining(c)))


@lru_cache
def _scorer() -> RougeScorer:
    return RougeScorer(ROUGE, use_stemmer=True)
