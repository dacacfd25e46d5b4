"""What the thresholds tab is given: parts by length, and numbers that are there."""

import numpy as np
import pytest
from factories.corpora import make_corpus

from dualroute.evaluation.row_study import Description, study
from dualroute.export.thresholds_payload import curve_payload, length_facet, rows_payload


def made():
    head = {"task": "news", "checkpoint": "news", "revision": "0", "labels": ["a", "b", "c", "d"], "data": "made"}
    head |= {"rows_note": "", "default_policy": "threshold", "default_threshold": 0.4, "skipped_empty_x": 0}
    corpus = make_corpus(rows=50)
    return study(corpus, [str(i) for i in range(50)], Description(head, "accuracy", 0.4), {}, draws=2)


@pytest.mark.parametrize(
    ("lengths", "names", "counts"),
    [
        ([1, 2, 3, 4, 5, 6, 7, 8], ("1–2 tokens", "3–4 tokens", "5–6 tokens", "7–8 tokens"), [2, 2, 2, 2]),
        ([3, 3, 3], ("3 tokens",), [3]),
        ([1, 1, 1, 9], ("1 token", "9 tokens"), [3, 1]),
        ([5], ("5 tokens",), [1]),
    ],
)
def test_parts_by_length(lengths, names, counts):
    found = length_facet(np.array(lengths))
    assert (found.names, np.bincount(found.codes).tolist()) == (names, counts)


def test_every_theta_of_the_curve_has_its_rivals():
    payload = rows_payload(made(), "news", True)
    assert (payload["early"], payload["theta"], payload["n"]) == (True, 0.4, 50)
    rivals = {"random", "randomCi", "static", "minusRandom", "minusStatic", "minusDirect"}
    assert {"theta", "share"} | rivals == set(payload["entries"][0])
    routed = next(trace for trace in payload["figure"]["data"] if trace.get("name") == "routed")
    assert len(routed["x"]) == len(payload["entries"])
    assert [facet["title"] for facet in payload["facets"]] == ["class", "length"]


def test_a_curve_alone_says_why():
    payload = curve_payload(made().results, "news", "Because.")
    assert (payload["kind"], payload["why"]) == ("curve", "Because.")
    assert "At the default θ = 0.4" in payload["note"]
