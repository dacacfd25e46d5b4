"""What training minimises, on numbers small enough to follow."""

import pytest
import torch
from factories.tiny import make_model
from torch.nn.functional import cross_entropy

from dualroute.data.batches import Collator
from dualroute.data.objectives import OBJECTIVES
from dualroute.evaluation.gate_use import reading_effects
from dualroute.rows.corpus import Corpus
from dualroute.training.settings import TrainingSettings
from dualroute.training.trainer import LossWeights, idle_reading, make_trainer, mean_reading, routing_loss

THREE = ("direct", "context", "merged")


def batch() -> dict:
    torch.manual_seed(3)
    return {
        "hidden_states": torch.randn(2, 3, 32),
        "attention_mask": torch.tensor([[1, 1, 1], [1, 1, 0]]),
        "context_hidden_states": torch.randn(2, 4, 32),
        "context_attention_mask": torch.tensor([[1, 1, 1, 1], [1, 0, 0, 0]]),
    }


@pytest.mark.parametrize("flows", [("direct", "merged"), THREE])
def test_the_loss_is_the_routed_one_and_every_flow_alone(flows):
    """Soft gates only: the routed logits are the model's own, each flow's those of its policy."""
    model, labels = make_model(flows=flows), torch.tensor([0, 2])
    output = model(**batch(), policy="soft")
    loss = routing_loss(model, output, labels, LossWeights(flow=0.5, budget=0.0, hard_share=0.0)).loss
    alone = [cross_entropy(model(**batch(), policy=flow).logits, labels) for flow in flows]
    expected = cross_entropy(output.logits, labels) + 0.5 * sum(alone) / len(alone)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)


def test_the_budget_counts_only_tokens_that_have_something_to_read():
    rho = torch.tensor([[1.0, 0.5], [1.0, 1.0]])
    mask, context = torch.tensor([[1, 1], [1, 1]]), torch.tensor([[1, 0], [0, 0]])
    assert mean_reading(rho, mask, context) == 0.75


def test_hard_rows_are_decided_and_still_learn():
    model, labels = make_model(flows=THREE), torch.tensor([0, 2])
    output = model(**batch(), policy="soft")
    hard = routing_loss(model, output, labels, LossWeights(flow=0.0, budget=0.0, hard_share=1.0))
    assert torch.allclose(hard.routed, model(**batch(), policy="select").logits, atol=1e-5)
    hard.loss.backward()
    assert sum(p.grad.abs().sum() for p in model.router.parameters()) > 0


def test_idle_gates_are_those_that_evaluation_calls_idle():
    """Two classes: a point of one is a point of the other, so the loss counts what `gate_use` counts."""
    model = make_model(id2label={0: "no", 1: "yes"}, label2id={"no": 0, "yes": 1})
    with torch.no_grad():
        model.readout.merge.weight.mul_(0.1)  # so that some effects are below a point
    output = model(**batch(), policy="soft")
    words = output.mask.bool()
    corpus = Corpus(
        gates=output.gates[words].detach().numpy(),
        starts=torch.tensor([0, 3]).numpy(),
        has_context=torch.tensor([True, True]).numpy(),
        direct=output.direct_contributions[words].detach().numpy(),
        read=output.read_contributions[words].detach().numpy(),
        bias=output.bias.detach().numpy(),
        labels=torch.tensor([0, 1]).numpy(),
    )
    effects = reading_effects(corpus, *corpus.decision("threshold", 0.5), corpus.labels)
    idle = abs(effects) < 0.01
    assert 0 < idle.sum() < len(idle)
    expected = (corpus.gates[:, 1] * idle).sum() / len(idle)
    assert idle_reading(output).item() == pytest.approx(expected, rel=1e-5)


def test_an_idle_cost_closes_gates_and_leaves_the_rest_alone():
    model = make_model()
    model.train()
    output, labels = model(**batch(), policy="soft"), torch.tensor([0, 2])
    torch.manual_seed(0)
    plain = routing_loss(model, output, labels, LossWeights(hard_share=0.0)).loss
    torch.manual_seed(0)
    costly = routing_loss(model, output, labels, LossWeights(hard_share=0.0, idle=2.0)).loss
    assert (costly - plain).item() == pytest.approx(2 * idle_reading(output).item(), rel=1e-4, abs=1e-6)
    model.eval()
    measured = routing_loss(model, output, labels, LossWeights(hard_share=0.0, idle=2.0)).loss
    assert measured.item() == pytest.approx(plain.item(), rel=1e-5)


@pytest.mark.parametrize("changes", [{"flows": list(THREE)}, {"readout": "span"}])
def test_an_idle_cost_needs_effects_that_are_known(changes, tmp_path):
    model = make_model(**changes, id2label={0: "start", 1: "end"}, label2id={"start": 0, "end": 1})
    with pytest.raises(ValueError, match="--idle-cost"):
        make_trainer(model, None, None, tmp_path, TrainingSettings(idle_cost=0.1))


class Ones:
    """A data set of rows of six tokens, x and h."""

    def __init__(self, readout: str):
        self.objective = OBJECTIVES[readout]

    def batch(self, rows):
        mask = torch.ones(len(rows), 6, dtype=torch.long)
        mask[0, 1:] = 0
        return {"attention_mask": mask, "context_attention_mask": mask.clone()}


@pytest.mark.parametrize("readout", ["classification", "span", "generation"])
def test_word_dropout_hides_words_and_never_all(readout):
    torch.manual_seed(0)
    batch = Collator(Ones(readout), word_dropout=0.5)([{}] * 400)
    for name in ("attention_mask", "context_attention_mask"):
        mask = batch[name]
        assert (mask.sum(1) > 0).all()
        assert mask[0].tolist() == [1, 0, 0, 0, 0, 0]
        left = mask[1:].float().mean().item()
        hides = readout == "classification" or name != "attention_mask"
        assert left == pytest.approx(0.5 + 0.5**6 if hides else 1, abs=0.03)
    whole = Collator(Ones(readout))([{}] * 5)
    assert (whole["attention_mask"][1:] == 1).all()
