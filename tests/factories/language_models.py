"""Tiny random causal language models of four kinds with byte-level tokenizers, offline."""

from functools import cache

import torch
from transformers import (
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
)

from dualroute.families.context_lm.family import ContextLM
from dualroute.families.context_lm.gates import GATES
from dualroute.families.context_lm.routers import ROUTERS, RouterConfig, TrainedGate
from factories.tokenizers import byte_level

CHAT = (
    "{% for message in messages %}<s>{{ message['role'] }}\n{{ message['content'] }}</s>\n{% endfor %}"
    "{% if add_generation_prompt %}<s>assistant\n{% endif %}"
)
PROMPT = "who scored twice"
PASSAGE = "The striker scored twice. Shares fell sharply after a report! Rain in the city."
ANSWER = "the striker scored"
SIZE = {
    "tie_word_embeddings": False,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 48,
}
PLACES = {"max_position_embeddings": 160}
GEMMA = {"head_dim": 16, "sliding_window": 64, "num_key_value_heads": 1}
KINDS = {
    "llama": (LlamaForCausalLM, LlamaConfig, SIZE | PLACES | {"num_key_value_heads": 1}),
    "qwen2": (Qwen2ForCausalLM, Qwen2Config, SIZE | PLACES | {"num_key_value_heads": 1}),
    "gpt2": (
        GPT2LMHeadModel,
        GPT2Config,
        {"tie_word_embeddings": False, "n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": 160},
    ),
    "gemma": (Gemma3ForCausalLM, Gemma3TextConfig, SIZE | PLACES | GEMMA),
}


def chat_tokenizer():
    """A byte-level tokenizer with a chat template."""
    tokenizer = byte_level.__wrapped__("bare")
    tokenizer.add_special_tokens({"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"})
    tokenizer.chat_template = CHAT
    return tokenizer


@cache
def parts(kind: str = "llama", chat: bool = False, scale: float = 8.0):
    """A random model whose distributions are not flat, smoother for a smaller `scale`, and its tokenizer."""
    model_class, config_class, settings = KINDS[kind]
    tokenizer = chat_tokenizer() if chat else byte_level("bare")
    torch.manual_seed(0)
    marks = {"bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 1}
    model = model_class(config_class(vocab_size=len(tokenizer), **marks, **settings)).eval()
    with torch.no_grad():
        model.get_input_embeddings().weight[1].normal_(std=0.02)  # padding is a row of zeros, which norms cannot scale
        for parameter in model.parameters():
            if parameter.dim() == 2:
                parameter.mul_(scale)
        model.get_output_embeddings().weight.normal_(std=0.075 * scale)
    return model, tokenizer


def language_model(
    kind: str = "llama", gate="divergence", chat: bool = False, scale: float = 8.0, **options
) -> ContextLM:
    """A family model around it."""
    return ContextLM(*parts(kind, chat, scale), gate=gate, checkpoint=kind, revision="c" * 12, **options)


def trained_gate(kind="mlp", full=True, seed=0):
    """A random router, whose gates differ from token to token."""
    torch.manual_seed(seed)
    gate = TrainedGate(RouterConfig(kind, full, state_size=32, size=8))
    with torch.no_grad():
        for parameter in gate.parameters():
            parameter.mul_(3)
    return gate.eval().requires_grad_(False)


def every_gate():
    """A gate of every kind."""
    return [*(GATES[name]() for name in GATES), *(trained_gate(kind, full) for kind in ROUTERS for full in (0, 1))]
