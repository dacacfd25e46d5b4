"""The library's front door, on the shipped checkpoint; and one test of meaning."""

import numpy as np
import pytest
from families.toy_experts import Experts

import dualroute
from dualroute import families
from dualroute.api import Router, load_dual_router
from dualroute.checkpoints import Checkpoint
from dualroute.paths import assets_dir

TITLE = "Record run comes to an end"
OIL = "Oil prices fell below 50 dollars a barrel."
MATCH = "The champions lost at home for the first time in 30 matches, beaten by two late goals."


@pytest.fixture(scope="module")
def router():
    return dualroute.load("news")


def test_shipped_checkpoints_are_named():
    assert "news" in dualroute.shipped()


def test_the_lines_of_the_readme(router):
    trace = router.trace("Title", "Description", policy="threshold", threshold=0.5)
    outcome = trace.replay(threshold=0.2, overrides={0: "direct"})
    run = router.trace("Title", "Description", policy="threshold", threshold=0.2, overrides={0: "direct"})
    np.testing.assert_allclose(outcome.logits, run.logits, rtol=1e-5, atol=1e-5)
    assert dualroute.Trace.from_json(trace.to_json()).tokens == trace.tokens


@pytest.mark.parametrize("policy", ["soft", "threshold", "weighted_threshold", "direct", "merged"])
def test_the_shipped_model_is_additive(router, policy):
    trace = router.trace(TITLE, OIL, policy=policy)
    np.testing.assert_allclose(trace.replay().logits, trace.logits, rtol=1e-5, atol=1e-5 * np.abs(trace.logits).max())


def test_the_description_is_read_where_the_title_misleads_and_its_telling_words_count(router):
    """By its title alone the item is about sports; its description is about oil."""
    trace = router.trace(TITLE, OIL)
    assert trace.replay("direct").label == "Sports"
    assert trace.replay().label == "Business"
    scores = dict(zip(trace.context_tokens, router.attribute(trace).context_scores, strict=True))
    assert set(sorted(scores, key=scores.get)[-3:]) >= {"Oil", "prices"}


def test_the_word_with_two_meanings_reads_and_function_words_do_not(router):
    """A record may be set in sports or by a price; "run" is open half as far, and reading moves it by little."""
    trace = router.trace(TITLE, OIL)
    gates = dict(zip(trace.tokens, trace.gates, strict=True))
    assert gates["Record"] > 0.6
    assert 0.2 < gates["run"] < trace.replay().decision.threshold
    assert max(gates["comes"], gates["to"], gates["an"], gates["end"]) < 0.2
    assert trace.replay(overrides={0: "direct"}).label == "Sports"


def test_a_contribution_belongs_to_its_word(router):
    """Of the description only words about oil and prices count; "to", "below" and "a" add next to nothing."""
    trace = router.trace(TITLE, OIL)
    added = np.einsum("t,tsc->sc", trace.replay().rho, trace.context_contributions)[:, trace.labels.index("Business")]
    of = dict(zip(trace.context_tokens, added, strict=True))
    assert of["prices"] > 0.5
    assert max(abs(of["a"]), abs(of["below"])) < 0.1 * of["prices"]


def test_a_checkpoint_of_another_family_is_loaded_by_its_model_type(tmp_path):
    families.register("toy_experts", lambda: Experts)
    (tmp_path / "config.json").write_text('{"model_type": "toy_experts"}')
    model = dualroute.load(tmp_path)
    assert isinstance(model, Experts)
    assert isinstance(model, Router)
    trace = model.trace("one of the small rivers")
    assert (trace.spec.checkpoint, model.checkpoint) == (tmp_path.name, str(tmp_path))
    attribution = model.attribute(trace, method="feature_ablation")
    assert attribution.scores.shape == (len(trace.tokens),)
    assert [one.target for one in model.attribute_many(trace, ["prediction"])] == ["prediction"]
    *_, record = model.measure(trace, attribution, probe=model.probe(trace, ["prediction"]), orders=2, samples=2)
    assert record.method == "feature_ablation"
    with pytest.raises(ValueError, match=f"holds a model of the family '{Experts.family}', not a dual-route one"):
        load_dual_router(tmp_path)


def test_a_checkpoint_of_no_family_is_refused(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "poem"}')
    with pytest.raises(ValueError, match="no family of models has the model type 'poem'"):
        dualroute.load(tmp_path)


def test_the_family_of_an_id_on_the_hub_is_read_from_its_config_alone(tmp_path, monkeypatch):
    families.register("toy_experts", lambda: Experts)
    config = tmp_path / "config.json"
    config.write_text('{"model_type": "toy_experts", "auto_map": {"AutoConfig": "code.Config"}}')
    monkeypatch.setattr("dualroute.families.model_folders._fetched", lambda *names: config.parent)
    assert dualroute.load("someone/experts").checkpoint == "someone/experts"


def test_an_unknown_name_is_reported(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there are .*news"):
        dualroute.load("newz")
    with pytest.raises((OSError, ValueError)):
        dualroute.load(tmp_path)


def test_what_is_no_attribute_is_reported():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = dualroute.nothing
    assert "load" in dir(dualroute)


def test_a_revision_is_the_first_twelve_digits_of_the_weights(shipped_router):
    checkpoint = Checkpoint.read(assets_dir() / "checkpoints" / "news")
    assert shipped_router.revision == checkpoint.revision() == "e5e8241f0d99"
