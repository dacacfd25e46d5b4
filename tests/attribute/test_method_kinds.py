"""Every method on every kind of task it says it serves, and what is refused in words."""

import numpy as np
import pytest
from factories.quick import QUICK, H, X
from factories.tiny import VOCABULARY, make_model
from PIL import Image

from dualroute.api import DualRouter
from dualroute.attribute.methods import METHODS, find_method

RECURRENT = {"context": "backward", "reader": "diagonal", "recurrent_size": 12}
KNOWN = ("striker", "scored", "market", "shares", "fell", "say")
WRITES = {
    "readout": "generation",
    "vocabulary_size": len(KNOWN) + 2,
    "max_new_tokens": 5,
    "id2label": {},
    "label2id": {},
}
KINDS = {
    "early": {"early": True},
    "three flows": {"flows": ("direct", "context", "merged")},
    "tuned": {"tuned_layers": 1, "lora_rank": 2},
    "left out": {"left_out_layers": 1},
    "backward": RECURRENT,
    "items": {"context": "items", "reader": "bilinear"},
    "image": {"context": "image", "image_size": 32, "patches": 4, "reader": "bilinear"},
    "span": {"readout": "span", "id2label": {0: "start", 1: "end"}, "label2id": {"start": 0, "end": 1}},
    "generation": RECURRENT | WRITES,
}
TARGETS = {
    "span": ("prediction", "start:1", "end:2", "effect", "gate"),
    "generation": ("prediction", "prediction:step:0", "effect", "gate:1-2"),
}
HISTORY = "market shares fell: 4.5\npeace talks: 1\nthe striker"


@pytest.fixture(scope="module")
def traced():
    made = {}

    def of(kind: str):
        if kind not in made:
            model = make_model(**KINDS[kind])
            if kind == "generation":
                model.readout.set_vocabulary([VOCABULARY[word] for word in KNOWN], 2, 3, 1)
            router = DualRouter(model, kind)
            picture = Image.new("RGB", (32, 32), (200, 30, 30)) if kind == "image" else None
            h = {"items": HISTORY, "image": ""}.get(kind, H)
            made[kind] = router, router.trace(X, h, "soft", image=picture)
        return made[kind]

    return of


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", METHODS)
def test_every_method_serves_every_kind(traced, kind, method):
    router, trace = traced(kind)
    asked = [target for target in TARGETS.get(kind, ("margin", "effect", "gate")) if serves(method, kind, target)]
    if not asked:
        pytest.skip("nothing adds up to a written text")
    one_sided = "backward" in (router.model.config.context,)
    for found in router.attribute_many(trace, asked, method=method, **QUICK[method]):
        assert found.scores.shape == (len(trace.tokens),)
        assert found.context_scores.shape == (0 if one_sided else len(trace.context_tokens),)
        assert np.isfinite(found.scores).all()
        assert np.isfinite(found.context_scores).all()
        assert np.abs(found.scores).max() + np.abs(found.context_scores).max(initial=0) > 0


def serves(method: str, kind: str, target: str) -> bool:
    return method != "exact" or not (kind == "generation" or target.startswith("gate"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["feature_ablation", "shapley_sampling", "exact"])
def test_what_adds_up_does_so_on_every_kind(traced, kind, method):
    if not serves(method, kind, "prediction"):
        pytest.skip("nothing adds up to a written text")
    router, trace = traced(kind)
    found = router.attribute(trace, "prediction", method, **QUICK[method])
    assert found.value == pytest.approx(value_of(trace), abs=1e-4)
    if METHODS[method].complete:
        summed = found.scores.sum() + found.context_scores.sum()
        assert summed == pytest.approx(found.value - found.baseline_value, abs=1e-4)


def value_of(trace) -> float:
    if trace.generation:
        return float(np.log(trace.generation.probs).sum())
    outcome = trace.replay()
    if outcome.span:
        return float(outcome.logits[outcome.span[0], 0] + outcome.logits[outcome.span[1], 1])
    return float(outcome.logits.max())


@pytest.mark.parametrize("kind", ["items", "image"])
def test_items_and_patches_are_units_at_every_granularity(traced, kind):
    router, trace = traced(kind)
    found = router.attribute(trace, "gate", "feature_ablation", granularity="sentence")
    assert (len(found.scores), found.groups, found.context_groups) == (1, ((0, 6),), ())
    assert len(found.context_scores) == len(trace.context_tokens)


def test_occlusion_of_a_picture_takes_squares(traced):
    """A window as wide as the picture leaves one score: that of no picture at all."""
    router, trace = traced("image")
    found = router.attribute(trace, "prediction", "occlusion", window=32)
    without = router.attribute(trace, "prediction", "feature_ablation", granularity="sentence")
    assert np.unique(found.context_scores).size == 1
    small = router.attribute(trace, "prediction", "occlusion", window=1)
    assert np.unique(small.context_scores).size > 4
    single = router.attribute(trace, "prediction", "feature_ablation")
    np.testing.assert_allclose(small.context_scores, single.context_scores, atol=1e-5)
    assert without.value == pytest.approx(found.value)


def test_no_baseline_text_stands_for_items(traced):
    router, trace = traced("items")
    found = router.attribute(trace, baseline="text", baseline_texts=("the market", ""), n_steps=2)
    assert found.baseline == "text"
    with pytest.raises(ValueError, match="the context is no text of its own: it takes no baseline text"):
        router.attribute(trace, baseline="text", baseline_texts=("the market", "peace: 3"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "lime", "n_samples": 2}, "n_samples must be a whole number from 3 to 5,000, not 2"),
        ({"method": "lime", "n_samples": 2.5}, "n_samples must be a whole number from 3 to 5,000, not 2.5"),
        ({"method": "lime", "alpha": -0.1}, "alpha must be a number from 0.0 to 1.0, not -0.1"),
        ({"method": "lime", "alpha": float("nan")}, "alpha must be a number from 0.0 to 1.0, not nan"),
        (
            {"method": "kernel_shap", "n_samples": "many"},
            "n_samples must be a whole number from 3 to 5,000, not 'many'",
        ),
        ({"method": "gradient_shap", "stdevs": 2}, "stdevs must be a number from 0.0 to 1.0, not 2"),
        ({"method": "occlusion", "window": 0}, "window must be a whole number from 1 to 32, not 0"),
        ({"method": "occlusion", "window": True}, "window must be a whole number from 1 to 32, not True"),
        ({"method": "layer_conductance", "layer": 3}, "layer must be from 0 to 2, as the model has them, not 3"),
        ({"method": "layer_conductance", "n_steps": 0}, "n_steps must be a whole number from 1 to 1,000, not 0"),
        ({"method": "saliency", "window": 3}, "saliency has no parameter 'window'; it has none"),
        ({"method": "occlusion", "width": 3}, "occlusion has no parameter 'width'; its parameters are window"),
        ({"window": 3}, "integrated_gradients has no parameter 'window'; its parameters are n_steps, tolerance, max"),
        ({"seed": -1}, "seed must be a whole number from 0 to 4,294,967,295, not -1"),
        ({"seed": 1.5}, "seed must be a whole number from 0 to 4,294,967,295, not 1.5"),
        ({"granularity": "letter"}, "unknown granularity 'letter'; choose one of token, word, sentence"),
        ({"baseline": "text"}, "baseline 'text' and baseline_texts, of x and of h, are given together"),
        ({"baseline_texts": ("a", "b")}, "baseline 'text' and baseline_texts, of x and of h, are given together"),
        ({"baseline": "text", "baseline_texts": ("a",)}, "baseline_texts must be two texts"),
        ({"target": "gate", "method": "exact"}, "exact contributions add up to scores, not to gates"),
    ],
)
def test_what_cannot_be_is_refused_with_its_limit(tiny_router, options, message):
    with pytest.raises(ValueError, match=message):
        tiny_router.attribute(tiny_router.trace(X, H), **options)


def test_a_written_text_has_no_exact_contributions(traced):
    router, trace = traced("generation")
    with pytest.raises(ValueError, match="a written text has no exact contributions"):
        router.attribute(trace, method="exact")


def test_layers_of_a_model_that_uses_none(traced):
    router, trace = traced("backward")
    with pytest.raises(ValueError, match="this model uses no layer of the backbone"):
        router.attribute(trace, method="layer_conductance", layer=0)


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda method: method.name)
def test_the_table_says_what_is_so(method):
    defaults = method.check({})
    assert find_method(method.name) is method
    assert set(defaults) == {parameter.name for parameter in method.parameters}
    assert all(p.default is None or p.low <= p.default <= p.high for p in method.parameters)
    assert min(method.passes(40, defaults)) >= 0
    assert method.trust.endswith(".")


@pytest.mark.parametrize("method", [name for name in METHODS if name != "exact"])
def test_estimated_passes_are_near_those_it_takes(tiny_router, method):
    """Rows of one side alone count as its share, so that it may take less."""
    found = tiny_router.attribute(tiny_router.trace(X, H), "prediction", method, **QUICK[method])
    forward, backward = METHODS[method].passes(15, METHODS[method].check(QUICK[method]))
    assert found.passes[0] <= 1.2 * forward + 5
    assert found.passes[1] <= 1.2 * backward + 5
    assert found.passes[0] >= 0.3 * forward
