"""The same rows before and after a training: labels, answers and counts, from rows that hold no text."""

from dataclasses import replace

import numpy as np
import pytest
from factories.corpora import make_corpus, make_span_corpus

from dualroute.report.row_changes import row_changes_table
from dualroute.rows.states import ThresholdStates, threshold_states
from dualroute.rows.stored import RowStudy
from dualroute.studies.row_changes import row_changes
from dualroute.trace.spans import span_code


def study(steps: ThresholdStates, ids: tuple[str, ...], theta: float, labels=("no", "yes")) -> RowStudy:
    about = {
        "task": "news",
        "data": "test.jsonl.gz",
        "metric": "accuracy",
        "checkpoint": "news",
        "revision": f"{theta}",
    }
    return RowStudy(steps, ids, about | {"labels": list(labels), "default_threshold": theta}, {})


def two_rows(readable: bool = True) -> ThresholdStates:
    """A row of two tokens, right ("yes") only while both read, and one of one token that is always wrong."""
    answers = np.array([1, 0, 0, 1, 1], np.int32)
    return ThresholdStates(
        gates=np.array([0.2, 0.6, 0.9]),
        starts=np.array([0, 2]),
        readable=np.array([True, readable]),
        answers=answers,
        scores=np.array([1.0, 0, 0, 0, 0]),
        confidence=np.full(5, 0.7, np.float32),
        labels=np.array([1, 0]),
    )


def test_each_row_is_shown_at_the_own_threshold_of_either_checkpoint():
    results = row_changes(study(two_rows(), ("a", "b"), 0.5), study(two_rows(readable=False), ("b", "a"), 0.1))
    by_id = {row["id"]: (row["before"], row["after"]) for row in results["rows"]}
    before, after = by_id["a"]
    assert (before["label"], before["answer"], before["right"], before["read"], before["tokens"]) == (
        "yes",
        "no",
        False,
        1,
        2,
    )
    assert (after["answer"], after["read"], after["tokens"]) == ("yes", 0, 1)  # the second row of the later file
    assert results["right"] == {"before": 0, "after": 1}
    table = row_changes_table(results)
    assert table.columns == ("row", "label", "before", "reads", "after", "reads")
    assert ("`a`", "no (before: yes)", "no ✗", "1 of 2", "yes ✗", "0 of 1") in table.rows
    assert "What is labelled has changed" in table.note
    assert "Of all 2 common rows 0 were right before, 1 after." in table.note


def test_rows_are_chosen_by_their_ids_and_those_of_one_file_alone_are_left_out():
    steps = threshold_states(make_corpus(rows=40))
    ids = tuple(f"row-{i}" for i in range(40))
    labels = [f"class {i}" for i in range(4)]
    whole, turned = study(steps, ids, 0.4, labels), study(steps, ids[::-1], 0.4, labels)
    chosen = [[row["id"] for row in row_changes(one, one, 5)["rows"]] for one in (whole, turned)]
    assert chosen[0] == chosen[1] != list(ids[:5])
    assert row_changes(whole, replace(whole, ids=(*ids[:39], "new")))["n"] == 39
    with pytest.raises(ValueError, match="no row in common"):
        row_changes(whole, replace(whole, ids=tuple(f"{name}b" for name in ids)))


def test_a_span_is_shown_by_its_tokens_and_its_score():
    steps = threshold_states(make_span_corpus(seed=2))
    answers = np.full_like(steps.answers, span_code(1, 2))
    one = study(replace(steps, answers=answers), tuple(f"row-{i}" for i in range(len(steps))), 0.4)
    table = row_changes_table(row_changes(one, one, 3))
    assert table.columns == ("row", "before", "reads", "after", "reads")
    assert all(
        row[1].startswith("tokens 2 to 3, F1 0.") or row[1].startswith("tokens 2 to 3, F1 1.") for row in table.rows
    )
