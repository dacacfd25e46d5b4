"""How good a written text is, by the library's ROUGE (Lin 2004) and by equality. Every score lies in [0, 1]."""

import unicodedata
from functools import lru_cache

from rouge_score.rouge_scorer import RougeScorer

ROUGE = ("rouge1", "rouge2", "rougeL")  # F of shared words, of pairs of words, of the longest common sequence
TEXT_METRICS = ("exact_match", *ROUGE)


def text_scores(text: str, references: tuple[str, ...]) -> dict[str, float]:
    """{metric: score} for `TEXT_METRICS`; of several references the one that is met best counts.

    An exact match is one apart from case, accents and spaces, which tokenizers lose; ROUGE compares stemmed words.
    """
    found = [_scorer().score(reference, text) for reference in references]
    rouge = {name: max(scores[name].fmeasure for scores in found) for name in ROUGE}
    return {"exact_match": float(_plain(text) in map(_plain, references))} | rouge


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in letters if not (c.isspace() or unicodedata.combining(c)))


@lru_cache
def _scorer() -> RougeScorer:
    return RougeScorer(ROUGE, use_stemmer=True)
