"""Language models that may read a passage: each token of an answer takes the direct or the merged flow.

The direct flow is p(token | prompt, tokens before), the merged one p(token | passage, prompt, tokens before), both by
one causal language model of transformers. A token's probability is a mixture of the two. torch and transformers only.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dualroute.families.context_lm.family import ContextLM
    from dualroute.families.context_lm.leaving_out import leave_out
    from dualroute.families.context_lm.tracing import chosen_words, perplexity

MODEL_TYPES = ("context_lm",)
FINDS_MODELS = True

__all__ = ["MODEL_TYPES", "ContextLM", "chosen_words", "leave_out", "model_class", "perplexity"]

# Names are imported on first use: looking a family up must not cost an import of torch.
_HOMES = {"ContextLM": "family", "chosen_words": "tracing", "leave_out": "leaving_out", "perplexity": "tracing"}


def model_class():
    """The class of this family's models."""
    from dualroute.families.context_lm.family import ContextLM

    return ContextLM


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
