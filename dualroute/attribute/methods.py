"""One way to attribute: what it asks for, costs and promises.

The methods of attribution: what each is, asks for, costs and promises. Controls, limits and texts come from here.
"""

from collections.abc import Callable
from dataclasses import dataclass

SCORE, GATE = "score", "gate"

Passes = Callable[[int, dict], tuple[int, int]]


@dataclass(frozen=True)
class Parameter:
    """A number a method asks for, from `low` to `high`; where the default is None, None is taken too.

    whole  whether it is a count;  help  one sentence for the page
    """

    name: str
    title: str
    default: float | int | None
    low: float
    high: float
    whole: bool = True
    help: str = ""

    def check(self, value):
        """The value as int or float. Raises ValueError, naming the limits, for one that is not taken."""
        if value is None and self.default is None:
            return None
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not self.low <= value <= self.high or (self.whole and value != int(value)):
            kind = "a whole number" if self.whole else "a number"
            raise ValueError(f"{self.name} must be {kind} from {self.low:,} to {self.high:,}, not {value!r}")
        return int(value) if self.whole else float(value)


@dataclass(frozen=True)
class Method:
    """One way to attribute.

    captum      the class of `captum.attr` that does it; empty for our own
    complete    whether it promises that the scores add up to value − baseline value
    baseline    whether its scores depend on the baseline
    signed      whether a score says in which direction a word pushed
    targets     what it serves: `score` (of answers) and `gate`
    passes      rows through the model, (forward, backward), that N units and checked parameters need for one target:
                an estimate; `Attribution.passes` has what it took
    trust       when to trust it;  source  where it is from
    """

    name: str
    title: str
    captum: str
    trust: str
    source: str
    passes: Passes
    parameters: tuple[Parameter, ...] = ()
    complete: bool = False
    baseline: bool = True
    signed: bool = True
    targets: tuple[str, ...] = (SCORE, GATE)

    def check(self, params: dict) -> dict:
        """All parameters, defaults filled in. Raises ValueError for one it does not have or a value outside limits."""
        names = [parameter.name for parameter in self.parameters]
        for name in params:
            if name not in names:
                there = f"its parameters are {', '.join(names)}" if names else "it has none"
                raise ValueError(f"{self.name} has no parameter {name!r}; {there}")
        return {p.name: p.check(params.get(p.name, p.default)) for p in self.parameters}


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
