"""`/attribute` and `/evaluate`: why an input went its way, and how well many do."""

from dualroute.ui.api.parsing import as_json, parsed, view_of
from dualroute.ui.messages import as_message
from dualroute.ui.programs.attributions import attributions
from dualroute.ui.programs.rows import evaluated


@as_message
def attribute(
    task: str,
    x: str,
    h: str = "",
    policy: str = "",
    threshold: float | None = None,
    overrides: str = "",
    targets: str = '["prediction", "gate"]',
    methods: str = '{"integrated_gradients": {}}',
    baseline: str = "pad",
    granularity: str = "token",
    seed: int = 0,
) -> str:
    """Attribute answers and gates of one input to the tokens of both texts; JSON text.

    Args:
        task: name of a checkpoint, for instance news
        x: the main input
        h: the context; may be empty; items one per line, a picture as a data: URL
        policy: threshold, weighted_threshold, soft, direct or merged; with three flows select, context; empty: its own
        threshold: θ, from 0 to 1; null: the checkpoint's own
        overrides: JSON object of flipped tokens, for instance {"3": "direct"}; may be empty
        targets: JSON list of one or two of prediction, prediction:LABEL, gate, gate:3 and others the page names
        methods: JSON object of methods and their parameters, for instance {"integrated_gradients": {"max_steps": 50}}
        baseline: what stands for an absent word: pad, mask, zero or mean
        granularity: whether token, word or sentence gets a score of its own
        seed: of methods that draw at random
    """
    asked = {"targets": parsed(targets, list, "targets"), "methods": parsed(methods, dict, "methods")}
    asked |= {"baseline": baseline, "granularity": granularity, "seed": seed}
    return as_json(attributions(view_of(task, x, h, policy, threshold, overrides) | asked))


@as_message
def evaluate(task: str, rows: str, thresholds: str = "[]") -> str:
    """Measure a checkpoint on rows: direct, merged and each θ with 95 % intervals, beside random gates; JSON text.

    Args:
        task: name of a checkpoint, for instance news
        rows: JSON list of up to 300 objects with x, h and label
        thresholds: JSON list of up to 50 θs from 0 to 1; empty: the checkpoint's own
    """
    return as_json(evaluated(task, parsed(rows, list, "rows"), parsed(thresholds, list, "thresholds")))
