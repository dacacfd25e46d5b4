"""Meaning: in a sentence with one telling word, that word comes first, by the shipped checkpoint of news.

Held for the methods for which it was measured to be so on every sentence; the others' numbers stand in the README.
"""

import numpy as np
import pytest

from dualroute.api import load

SENTENCES = [
    ("They said the striker would be back on Sunday", "striker", "Sports"),
    ("He was told that the quarterback would not come", "quarterback", "Sports"),
    ("A day like any other for the goalkeeper", "goalkeeper", "Sports"),
    ("All of them were there for the playoffs", "playoffs", "Sports"),
    ("Nobody knew what the shareholders would say", "shareholders", "Business"),
    ("It was the dividend that they talked about", "dividend", "Business"),
    ("There was nothing new about the merger", "merger", "Business"),
    ("It is a question of inflation, he said", "inflation", "Business"),
    ("She had never seen such software before", "software", "Sci/Tech"),
    ("What they found was another galaxy far away", "galaxy", "Sci/Tech"),
    ("In the end the browser was what mattered", "browser", "Sci/Tech"),
    ("The insurgents were not seen again that night", "insurgents", "World"),
    ("They spoke for hours about the ceasefire", "ceasefire", "World"),
    ("Two of the hostages were with them", "hostages", "World"),
]
FIRST = ["integrated_gradients", "feature_ablation"]


@pytest.fixture(scope="module")
def traces():
    router = load("news")
    return [(router, router.trace(x, "", policy="soft"), word, label) for x, word, label in SENTENCES]


def words_of(trace, groups) -> list[str]:
    return ["".join(trace.tokens[token].removeprefix("##") for token in range(*group)) for group in groups]


def test_each_sentence_is_what_its_telling_word_says(traces):
    assert [trace.replay().label for _, trace, _, _ in traces] == [label for *_, label in traces]


@pytest.mark.parametrize("method", FIRST)
def test_the_telling_word_ranks_first(traces, method):
    for router, trace, word, _ in traces:
        found = router.attribute(trace, "prediction", method, granularity="word")
        assert words_of(trace, found.groups)[int(np.argmax(found.scores))] == word


def test_saliency_finds_all_but_one(traces):
    found = [router.attribute(trace, "prediction", "saliency", granularity="word") for router, trace, *_ in traces]
    first = [words_of(t[1], a.groups)[int(np.argmax(a.scores))] == t[2] for t, a in zip(traces, found, strict=True)]
    assert sum(first) >= len(SENTENCES) - 1
