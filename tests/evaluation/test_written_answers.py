"""Written answers under a gate: their scores by hand, and what they are compared with."""

from dataclasses import replace

import numpy as np
import pytest
from factories.language_models import language_model, trained_gate

from dualroute.evaluation.statistics import text_scores
from dualroute.evaluation.written_answers import evaluate_writing
from dualroute.families.context_lm.family import ContextLM
from dualroute.families.context_lm.gate_rows import GROUPS, Question, measuring_rows
from dualroute.trace.decision import Decision

QUESTIONS = [
    Question("who scored", "The striker scored twice.", "the striker"),
    Question("what fell", "Shares fell sharply after a report.", "shares"),
    Question("what rose", "The vote on peace talks rose.", "talks"),
]


def written(lm, row, decision=None):
    return lm.write(row.prompt, row.passage, decision, max_tokens=4).run()


def rows_answered_by(decision, lm):
    """The rows, where the right answer is what the model writes under a decision with the right passage."""
    rows = measuring_rows(QUESTIONS)
    answers = {row.question: written(lm, row, decision).text for row in rows if row.group == "right"}
    return [replace(row, answer=answers[row.question]) for row in rows]


def test_a_flow_that_writes_the_right_answers_has_the_full_score():
    lm, done = language_model(), []
    rows = rows_answered_by(Decision("merged"), lm)
    results = evaluate_writing(lm, rows, most_tokens=4, report=lambda *counts: done.append(counts))
    assert done == [(number, 30) for number in range(1, 31)]  # direct once, the others beside each passage
    assert (results["rows"], results["metrics"]) == (3, ["exact_match", "f1"])
    right = results["groups"]["right"]
    assert right["merged"]["f1"]["f1"] == right["merged"]["exact_match"]["exact_match"] == 1
    assert right["merged"]["share"] == 1
    assert right["direct"]["share"] == 0
    shares = [token.rho for row in rows if row.group == "right" for token in written(lm, row).tokens]
    assert right["routed"]["share"] == pytest.approx(np.mean(shares))
    gain = right["routed"]["f1"]["f1"] - 1
    assert right["against"]["merged"]["f1"]["difference"] == pytest.approx(gain, abs=1e-6)
    assert right["direct"]["f1"] == results["groups"]["near"]["direct"]["f1"]
    parts = [results["groups"][group]["merged"]["f1"]["f1"] for group in GROUPS]
    assert results["groups"]["mixture"]["merged"]["f1"]["f1"] == pytest.approx(np.mean(parts), abs=1e-5)


def test_answers_of_a_sentence_are_compared_by_their_longest_common_words():
    lm = language_model()
    rows = [row for row in measuring_rows(QUESTIONS) if row.group == "right"]
    texts = [written(lm, row, Decision("direct")).text for row in rows]
    rows = [replace(row, answer=f"{text} and more") for row, text in zip(rows, texts, strict=True)]
    results = evaluate_writing(lm, rows, "rougeL", most_tokens=4)
    assert list(results["groups"]) == ["right"]
    found = [text_scores(text, (row.answer,))["rougeL"] for text, row in zip(texts, rows, strict=True)]
    assert 0 < np.mean(found) < 1
    assert results["groups"]["right"]["direct"]["rougeL"]["rougeL"] == pytest.approx(np.mean(found), abs=1e-6)
    with pytest.raises(ValueError, match="unknown metric"):
        evaluate_writing(lm, rows, "bleu")


def test_texts_are_kept_and_shared_where_no_gate_decides(tmp_path, monkeypatch):
    rows, wrote = measuring_rows(QUESTIONS), []

    def count(self, prompt, passage, decision=None, **options):
        wrote.append(decision)
        return ContextLM.write(self, prompt, passage, decision, **options)

    def results(gate):
        monkeypatch.setattr(lm := language_model(gate=gate), "write", count.__get__(lm))
        wrote.clear()
        return evaluate_writing(lm, rows, most_tokens=4, cache=tmp_path)

    first = results("divergence")
    assert first == evaluate_writing(language_model(), rows, most_tokens=4)
    assert 12 < len(wrote) <= 30  # some random readings are the same as a flow alone
    assert results("divergence") == first
    assert wrote == []
    other = results(trained_gate())
    assert other["groups"]["near"]["merged"] == first["groups"]["near"]["merged"]
    assert None in wrote
    assert all(decision is None or decision.overrides for decision in wrote)
