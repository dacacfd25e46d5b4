"""The methods of attribution: what each is, asks for, costs and promises. Controls, limits and texts come from here."""

from dualroute.interpret.method import GATE, SCORE, Method, Parameter

USUAL_STEPS = 36  # gradients that Integrated Gradients takes on average, see `integration`

__all__ = ["GATE", "METHODS", "SCORE", "Method", "Parameter", "find_method"]


def find_method(name: str) -> Method:
    """The method called `name`. Raises ValueError, naming those there are, for another name."""
    if name not in METHODS:
        raise ValueError(f"unknown method {name!r}; choose one of {', '.join(METHODS)}")
    return METHODS[name]


def _samples(default: int, low: int, help: str) -> Parameter:
    return Parameter("n_samples", "samples", default, low, 5_000, help=help)


def _steps(words: int, params: dict) -> tuple[int, int]:
    steps = params["n_steps"] or min(USUAL_STEPS, params["max_steps"])
    return steps + 6, steps  # the ends of the pieces of the path are run too


METHODS = {
    method.name: method
    for method in (
        Method(
            "exact",
            "Exact contributions",
            captum="",
            trust="Always true of what it says: how the routed states added up to this score. It says nothing about "
            "what earlier layers moved from word to word, and nothing about gates.",
            source="the additive readout of this model",
            passes=lambda words, params: (0, 0),
            complete=True,
            baseline=False,
            targets=(SCORE,),
        ),
        Method(
            "integrated_gradients",
            "Integrated Gradients",
            captum="IntegratedGradients",
            trust="Trust it where its delta is small: then the scores add up to the change from the baseline.",
            source="Sundararajan et al. 2017",
            passes=_steps,
            parameters=(
                Parameter("n_steps", "steps", None, 1, 1_000, help="Exactly so many; empty: as many as are needed."),
                Parameter("tolerance", "tolerance", 0.02, 1e-4, 1.0, False, "Share of the change that may be missed."),
                Parameter("max_steps", "most steps", 140, 1, 1_000, help="Where it stops, tolerance reached or not."),
            ),
            complete=True,
        ),
        Method(
            "input_x_gradient",
            "Input × gradient",
            captum="InputXGradient",
            trust="A first guess in one pass: the slope at the input, drawn on to the baseline as a straight line.",
            source="Shrikumar et al. 2017",
            passes=lambda words, params: (1, 1),
        ),
        Method(
            "saliency",
            "Saliency",
            captum="Saliency",
            trust="Where the target is sensitive, not which way a word pushed: a word can matter and have no slope.",
            source="Simonyan et al. 2014; L2 norm over the embedding",
            passes=lambda words, params: (1, 1),
            baseline=False,
            signed=False,
        ),
        Method(
            "deep_lift",
            "DeepLift",
            captum="DeepLift",
            trust="Only for models whose path holds activations that it has a rule for; elsewhere it is refused.",
            source="Shrikumar et al. 2017, rescale rule",
            passes=lambda words, params: (2, 2),
        ),
        Method(
            "gradient_shap",
            "GradientShap",
            captum="GradientShap",
            trust="Integrated Gradients at random points: right on average, so trust it with many samples.",
            source="Erion et al. 2021",
            passes=lambda words, params: (params["n_samples"], params["n_samples"]),
            parameters=(
                _samples(40, 1, "Random points between baseline and input."),
                Parameter("stdevs", "noise", 0.0, 0.0, 1.0, False, "Standard deviation of noise on each presence."),
            ),
        ),
        Method(
            "feature_ablation",
            "Leave one out",
            captum="FeatureAblation",
            trust="True for each word alone, all others kept; blind to words that can stand in for each other.",
            source="Zeiler and Fergus 2014",
            passes=lambda words, params: (words + 1, 0),
        ),
        Method(
            "occlusion",
            "Occlusion",
            captum="Occlusion",
            trust="As leave one out, for neighbours that go together: a score is the mean over the windows on a word.",
            source="Zeiler and Fergus 2014",
            passes=lambda words, params: (words + 1, 0),
            parameters=(Parameter("window", "window", 3, 1, 32, help="Units next to each other that are left out."),),
        ),
        Method(
            "shapley_sampling",
            "Shapley value sampling",
            captum="ShapleyValueSampling",
            trust="The fairest share, averaged over random orders; with few samples single scores are noisy.",
            source="Castro et al. 2009",
            passes=lambda words, params: (words * params["n_samples"] + 1, 0),
            parameters=(Parameter("n_samples", "orders", 10, 1, 1_000, help="Random orders of the units."),),
            complete=True,
        ),
        Method(
            "kernel_shap",
            "KernelShap",
            captum="KernelShap",
            trust="The same values by regression: trust it only with several times as many samples as units.",
            source="Lundberg and Lee 2017",
            passes=lambda words, params: (params["n_samples"], 0),
            parameters=(_samples(400, 3, "Random subsets of the units."),),
            complete=True,
        ),
        Method(
            "lime",
            "LIME",
            captum="Lime",
            trust="A sparse linear stand-in near the input: which words matter, rather than exactly how much.",
            source="Ribeiro et al. 2016",
            passes=lambda words, params: (params["n_samples"], 0),
            parameters=(
                _samples(400, 3, "Random subsets of the units."),
                Parameter("alpha", "sparsity", 0.001, 0.0, 1.0, False, "Weight of the lasso's penalty; 0: none."),
            ),
        ),
        Method(
            "layer_conductance",
            "Layer conductance",
            captum="LayerConductance",
            trust="Where in a layer the change passes through; a place there holds what its neighbours sent it too.",
            source="Dhamdhere et al. 2019",
            passes=lambda words, params: (params["n_steps"] + 1, params["n_steps"] + 1),
            parameters=(
                Parameter("n_steps", "steps", 50, 1, 1_000, help="Nodes on the path from the baseline."),
                Parameter("layer", "layer", None, 0, 48, help="0: the embeddings; empty: the last layer."),
            ),
        ),
    )
}
