"""What is said of a gate of a language model: by hand, and of those that are shipped."""

import json

import pytest

from dualroute.paths import assets_dir, shipped_gates
from dualroute.report.blocks import blocks, choices
from dualroute.report.passage_gate import (
    gate_card,
    groups_table,
    passage_gate_reading,
    shares_table,
    written_reading,
    written_table,
)


def entry(nll=2.5, share=0.5, low=-0.2, high=-0.1):
    difference = {"difference": (low + high) / 2, "ci": [low, high]}
    controls = {"random": {"nll": 3.5}, "entropy": 3.0, "divergence": 2.7, "oracle": 2.25}
    against = dict.fromkeys(("direct", "merged", "divergence"), difference)
    return {"share": share, "nll": nll, "ci": [nll - 0.1, nll + 0.1], "against": against, **controls}


def results(**chosen):
    part = {"direct": {"nll": 4.5}, "merged": {"nll": 2.0}, "chosen": entry(**chosen), "rows": 4, "tokens": 20}
    groups = dict.fromkeys(("right", "random", "near", "mixture"), part)
    named = {"kind": "passage_gate", "checkpoint": "gate", "revision": "abc", "data": "test.jsonl"}
    return named | part | {"thresholds": [entry(share=0.3)], "groups": groups}


def test_the_sentences_by_hand():
    """Gained 4.5 − 2.5 of the 2.5 nats that reading gains; from random 3.5, 1.0 of the 1.25 nats to the oracle."""
    text = passage_gate_reading(results())
    assert "50% of the tokens read" in text
    assert "2.50 nats per token: 80% of what reading always gains, and 80% of the way" in text
    assert "0.15 nats better (−0.15 [−0.20, −0.10])" in text
    assert "not measurably different" not in text
    unsure = passage_gate_reading(results(low=-0.1, high=0.1))
    assert unsure.count("not measurably different (0.00 [−0.10, +0.10])") == 3


def test_the_tables_hold_every_group_and_share():
    assert [row[0] for row in groups_table(results()).rows][-1] == "all three, equally often"
    assert [row[0] for row in shares_table(results()).rows] == ["30%", "**50%** (chosen)"]


def written_results():
    """Scores of written answers: with right passages routing gains 5 of the 60 points of reading always."""

    def score(value):
        return {"f1": {"f1": value, "ci": [value - 0.1, value + 0.1]}}

    def gained(value):
        return {"f1": {"difference": value, "ci": [value - 0.02, value + 0.02]}}

    flows = {"direct": 0.125, "merged": 0.6, "routed": 0.65, "random": 0.3}
    part = {flow: {"share": 0.5} | score(value) for flow, value in flows.items()}
    part["against"] = {flow: gained(0.65 - value) for flow, value in flows.items() if flow != "routed"}
    groups = dict.fromkeys(("right", "random", "mixture"), part)
    return results() | {"written": {"metrics": ["f1"], "rows": 40, "most_tokens": 20, "groups": groups}}


def test_written_answers_by_hand():
    text = written_reading(written_results())
    assert "token F1 ×100 is 65.0, against 12.5 without it and 60.0 when every token reads (+5.0 [+3.0, +7.0])" in text
    table = written_table(written_results())
    assert [row[0] for row in table.rows] == ["the right passage", "a passage at random", "all three, equally often"]
    assert table.rows[0][1:] == (
        "token F1 ×100", "50%", "12.5", "60.0", "30.0", "**65.0 [55.0, 75.0]**", "+52.5 [+50.5, +54.5]",
        "+5.0 [+3.0, +7.0]",
    )  # fmt: skip
    assert table.note.startswith("40 questions of `test.jsonl`, answers of at most 20 tokens")
    shown = blocks("gate", {"gate": written_results()})
    assert [block["kind"] for block in shown] == ["text", "table", "heading", "text", "table", "heading", "table"]


@pytest.mark.parametrize("name", shipped_gates())
def test_shipped_gates_have_results_and_a_card(name):
    stored = json.loads((assets_dir() / "results" / f"{name}.json").read_text("utf-8"))
    config = json.loads((shipped_gates()[name] / "config.json").read_text("utf-8"))
    card = (shipped_gates()[name] / "README.md").read_text("utf-8")
    assert card == gate_card(name, config, stored)
    assert passage_gate_reading(stored) in card
    assert name in [choice for _, choice in choices({name: stored})]
    assert [block["kind"] for block in blocks(name, {name: stored})][-4:] == ["text", "table", "heading", "table"]
