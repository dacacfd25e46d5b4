"""Language models that may read a passage: each token of an answer takes the direct or the merged flow.

The direct flow is p(token | prompt, tokens before), the merged one p(token | passage, prompt, tokens before), both by
one causal language model of transformers. A token's probability is a mixture of the two. torch and transformers only.
"""

MODEL_TYPES = ("context_lm",)


def model_class():
    """The class of this family's models."""
    from dualroute.families.context_lm.family import ContextLM

    return ContextLM
