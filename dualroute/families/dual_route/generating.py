"""Texts that a model writes under a decision."""

import re

import torch

from dualroute.families.dual_route.backbone import keep_words
from dualroute.families.dual_route.inputs import ModelInput, split_inputs
from dualroute.families.dual_route.outputs import GenerationOutput
from dualroute.families.dual_route.readouts.beam_search import write
from dualroute.families.dual_route.readouts.copying import NOTHING
from dualroute.trace.policies import kappa_rho

INSIDE_WORDS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?<=\w) ' (?=(?:s|t|d|m|re|ve|ll)\b)", "'"),
        (r"(?<=\d)([.,]) (?=\d)", r"\1"),
        (r"(?<=\b[a-z])\. (?=[a-z]\.)", "."),
        (r"(?<=\w) - (?=\w)", "-"),
        (r"(?<=\d) (?=%)|(?<=[$£€]) (?=\d)", ""),
    )
)


@torch.no_grad()
def generate(
    model,
    num_beams=None,
    max_new_tokens=None,
    source_ids=None,
    policy=None,
    threshold=None,
    overrides=None,
    route=None,
    **inputs,
) -> GenerationOutput:
    """Return the texts of a batch under a decision; further arguments are those of `model.forward`.

    num_beams, max_new_tokens  default to the config's
    source_ids  (B,T) token ids of the words of x; needed where x is embeddings or states
    Raises ValueError for a model that does not generate, or without ids to copy from.
    """
    if model.readout.additive:
        raise ValueError(f"a model for {model.config.readout} writes no text")
    x, _ = split_inputs(inputs)
    source = word_ids_of(x) if source_ids is None else source_ids
    output = model(**inputs, policy=policy, threshold=threshold, overrides=overrides, route=route)
    return decode(model, output, source, *kappa_rho(output.flow_weights), num_beams, max_new_tokens)


def decode(model, output, source, kappa, rho, num_beams=None, max_new_tokens=None) -> GenerationOutput:
    """Return the texts for an output of `forward` and weights κ and ρ, (B,T) or numbers."""
    embed = model.backbone.embed
    memory = model.readout.memory(embed, output, source, kappa, rho)
    best = write(
        model.readout, embed, memory, num_beams or model.config.num_beams, max_new_tokens or model.config.max_new_tokens
    )
    return GenerationOutput(sequences=best.ids, scores=best.scores, flow_weights=output.flow_weights)


def word_ids_of(x: ModelInput) -> torch.Tensor:
    """Return token ids (B,T) of the words of x; raise ValueError where x is embeddings or states."""
    if x.input_ids is None:
        raise ValueError("to copy words of x its token ids are needed: give source_ids")
    if x.special_tokens_mask is None:
        return x.input_ids
    return keep_words(x.input_ids[..., None], x.mask, x.special_tokens_mask)[0][..., 0]


def texts_of(tokenizer, sequences: torch.Tensor) -> list[str]:
    """Return the texts of written pieces (B,N), ids."""
    return [tidy(tokenizer.decode([i for i in row if i != NOTHING])) for row in sequences.tolist()]


def tidy(text: str) -> str:
    """Return `text` without the spaces that word pieces leave inside words: it ' s, 1. 5, u. s., 10 - year, 5 %."""
    for pattern, replacement in INSIDE_WORDS:
        text = pattern.sub(replacement, text)
    return text
