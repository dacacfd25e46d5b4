"""Learning to write, and measuring what was written."""

import json

import numpy as np
import pytest
import torch

from dualroute.api import load
from dualroute.data.objectives import OBJECTIVES
from dualroute.data.splits import Splits
from dualroute.evaluation.baselines.simple import nearest_label
from dualroute.evaluation.generation import beam_results
from dualroute.evaluation.routing import FEW, RoutingEvaluation, choose_threshold
from dualroute.evaluation.statistics import text_scores
from dualroute.families.dual_route.readouts.copying import NOTHING
from dualroute.rows.corpus import RoutedRows
from dualroute.tasks.base import Example, Task
from dualroute.training.settings import TrainingSettings
from dualroute.training.train import train
from dualroute.training.trainer import LossWeights, _one_flow_each

PLAIN = ("it", "was", "seen", "again", "today")
THINGS = ("ship", "wave", "fish", "cloud", "bird", "wind", "street", "tram", "house")
TASK = Task(
    name="echo",
    title="Echo",
    x_name="text",
    h_name="rest",
    question="",
    labels=(),
    metric="rougeL",
    to_example=lambda record: Example(record["x"], record["h"], record["label"]),
    config={
        "context": "backward",
        "reader": "diagonal",
        "readout": "generation",
        "recurrent_size": 16,
        "hidden_size": 32,
        "num_heads": 2,
        "router_size": 8,
        "dropout": 0.0,
        "vocabulary_size": 10,
        "max_new_tokens": 5,
        "num_beams": 2,
    },
)
OBJECTIVE = OBJECTIVES["generation"]


def make_rows(count: int, seed: int) -> list[dict]:
    """The text to write is the two things that x names; only they vary enough to have to be copied."""
    draw = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        first, second = draw.choice(THINGS, 2, replace=False)
        own, rest = draw.choice(PLAIN, 2), draw.choice(PLAIN, 2)
        rows.append({"x": f"{own[0]} {first} {own[1]}", "h": f"{rest[0]} {second}", "label": f"{first} {second}"})
    return rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("echo")
    for seed, (split, count) in enumerate({"train": 256, "validation": 48}.items()):
        rows = make_rows(count, seed)
        (folder / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@pytest.fixture(scope="module")
def trained(folder, backbone, tmp_path_factory):
    out = tmp_path_factory.mktemp("trained_echo")
    settings = TrainingSettings(epochs=14, batch_size=16, learning_rate=1e-2, budget=0.01, largest_share=0.5)
    train(TASK, folder, out, settings, backbone=backbone)
    return out


def test_training_learns_to_copy_and_chooses_a_threshold(trained):
    record = json.loads((trained / "training.json").read_text())
    epochs = record["validation"]
    assert epochs[-1]["eval_routed"] > epochs[0]["eval_routed"] + 0.5
    assert record["threshold"]["rougeL"] > 0.5
    assert record["threshold"]["share"] <= 0.5 or len(record["threshold"]) == 3
    router = load(trained)
    assert router.model.config.label_names == []
    trace = router.trace("was fish again", "it tram")
    assert trace.generation.text.split()[0] in THINGS
    assert trace.generation.copied.max() > 0.3


def test_targets_hold_what_can_be_copied_and_what_is_to_be_written(trained):
    model = load(trained).model
    tokenizer = model.backbone.tokenizer
    rows = [Example("was fish", "it tram", "fish tram"), Example("it", "", "a b c d e f")]
    targets = OBJECTIVE.targets(rows, model.config, tokenizer, "test")
    assert tokenizer.convert_ids_to_tokens(targets[0]["source"].tolist()) == ["was", "fish", "it", "tram"]
    assert tokenizer.convert_ids_to_tokens(targets[0]["target"].tolist()) == ["fish", "tram", "[SEP]"]
    assert len(targets[1]["target"]) == model.config.max_new_tokens
    batch = OBJECTIVE.collate(targets)
    assert batch["source"].tolist()[1][1:] == [NOTHING] * 3


def test_loss_and_score_count_pieces_alone():
    labels = {"target": torch.tensor([[4, 5, 3], [4, 3, NOTHING]])}
    prediction = torch.tensor([[-1.0, -2.0, -3.0], [-1.0, -0.5, 0.0]])
    assert OBJECTIVE.loss(prediction, labels).item() == pytest.approx(7.5 / 5)
    assert OBJECTIVE.score(prediction, labels).tolist() == pytest.approx([-2.0, -0.75])


def test_the_vocabulary_holds_the_most_frequent_pieces(trained):
    model = load(trained).model
    tokens = model.backbone.tokenizer.convert_ids_to_tokens(model.readout.vocabulary.tolist())
    assert {"[SEP]", "[UNK]"} < set(tokens)
    assert set(tokens) - {"[SEP]", "[UNK]"} < set(THINGS)
    assert len(tokens) == 10


def test_one_flow_each_keeps_the_odds_of_the_loss():
    torch.manual_seed(0)
    kappa, rho = torch.ones(20_000, 1), torch.full((20_000, 1), 0.5)
    results = _one_flow_each(kappa, rho, 2, LossWeights(flow=1.0))[1][:, 0]
    shares = [(results == value).float().mean().item() for value in (0.5, 0.0, 1.0)]
    assert shares == pytest.approx([0.5, 0.25, 0.25], abs=0.02)
    routed = _one_flow_each(kappa, rho, 2, LossWeights(flow=0.0))[1]
    assert (routed == 0.5).all()
    weights = torch.stack(_one_flow_each(kappa, rho, 3, LossWeights(flow=2.0)), dim=-1)[:, 0]
    assert ((weights == torch.tensor([0.0, 1.0])).all(-1).float().mean().item()) == pytest.approx(2 / 9, abs=0.02)


@pytest.fixture(scope="module")
def corpus(trained, folder, tmp_path_factory):
    from dualroute.data.batches import encode_examples
    from dualroute.data.splits import read_rows
    from dualroute.evaluation.collect import collect

    model = load(trained).model
    rows = read_rows(TASK, folder / "validation.jsonl")
    return collect(model, encode_examples(model.backbone, rows, model.config, tmp_path_factory.mktemp("f"), "test"))


def test_the_corpus_writes_what_the_model_writes(corpus, trained, folder):
    router = load(trained)
    rows = make_rows(48, 1)[:5]
    for policy in ("direct", "merged", "soft"):
        texts = corpus.texts(*corpus.decision(policy), num_beams=2)
        assert texts[:5] == [router.trace(row["x"], row["h"], policy=policy).generation.text for row in rows]


def test_a_score_is_rouge_l_and_a_subset_has_its_rows(corpus):
    decision = corpus.decision("merged")
    scores = corpus.score(*decision)
    by_hand = [
        text_scores(text, right)["rougeL"]
        for text, right in zip(corpus.texts(*decision), corpus.references, strict=True)
    ]
    assert scores.tolist() == by_hand
    chosen = np.arange(len(corpus)) % 3 == 1
    part = corpus.subset(chosen)
    assert part.score(*part.decision("merged")).tolist() == scores[chosen].tolist()


def test_few_thresholds_are_looked_at(corpus, monkeypatch):
    calls = []
    original = type(corpus).score
    monkeypatch.setattr(type(corpus), "score", lambda *a: (calls.append(1), original(*a))[1])
    chosen = choose_threshold(corpus, "rougeL", largest_share=0.5)
    assert len(calls) <= FEW
    assert set(chosen) == {"theta", "share", "rougeL"}


def test_a_comparison_has_all_controls(corpus):
    summary = RoutingEvaluation(corpus, draws=2, metric="rougeL").summary([0.3])
    assert {"direct", "merged", "soft", "oracle"} < set(summary)
    entry = summary["thresholds"][0]
    assert "rougeL" in entry["random"]
    assert {"rouge1", "rouge2", "exact_match"} < set(entry) & set(summary["direct"])
    assert "rouge1" not in entry["random"]


def test_scores_by_hand():
    results = text_scores("oil prices fall", ("oil prices rise",))
    assert results == pytest.approx({"exact_match": 0, "rouge1": 2 / 3, "rouge2": 1 / 2, "rougeL": 2 / 3})
    assert text_scores("gold", ("oil prices rise", "gold"))["rouge1"] == 1
    assert text_scores("Man ' s Shoe", ("man's shoe",))["exact_match"] == 1
    assert text_scores("a man's shoe", ("man's shoe",))["exact_match"] == 0


def test_the_beam_is_measured_by_every_metric(corpus, trained):
    results = beam_results(corpus, load(trained).model.config)["beam"]
    assert results["num_beams"] == 2
    texts = corpus.texts(*corpus.decision("merged"), num_beams=2)
    assert results["merged"]["rouge2"]["rouge2"] == pytest.approx(np.mean(corpus.scores_of(texts)["rouge2"]), abs=1e-6)
    assert results["direct"]["rougeL"]["minus_direct"]["difference"] == 0
    assert results["merged"]["share"] == 1


def test_the_nearest_label_is_that_of_the_most_similar_row():
    train = [Example("oil prices fell", "", "oil down"), Example("peace talks began", "", "talks")]
    results = nearest_label(Splits(train, []), [Example("the talks for peace", "", "peace")])
    assert results.labels.tolist() == ["talks"]


def test_only_generators_are_rerun(corpus):
    assert corpus.reruns
    assert not RoutedRows.reruns
