"""A tiny GGUF file with a random Llama and a byte-level tokenizer, as quantized models come."""

import json
from pathlib import Path

import numpy as np

from factories.tokenizers import byte_level

WIDTH, LAYERS, HEADS, INNER, PLACES = 32, 2, 2, 48, 64


def write_gguf(path: Path) -> Path:
    import gguf

    parsed = json.loads(byte_level("bare").backend_tokenizer.to_str())
    vocabulary = sorted(parsed["model"]["vocab"], key=parsed["model"]["vocab"].get)
    special = {added["content"] for added in parsed["added_tokens"]}
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_block_count(LAYERS)
    writer.add_context_length(PLACES)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(10_000.0)
    writer.add_vocab_size(len(vocabulary))
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(vocabulary)
    writer.add_token_types([3 if token in special else 1 for token in vocabulary])
    writer.add_token_merges(
        [" ".join(pair) if not isinstance(pair, str) else pair for pair in parsed["model"]["merges"]]
    )
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(2)
    generator = np.random.default_rng(0)
    for name, shape in _shapes(len(vocabulary)).items():
        norm = "norm" in name
        values = np.ones(shape) if norm else generator.normal(scale=0.2, size=shape)
        writer.add_tensor(name, values.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _shapes(words: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {"token_embd.weight": (words, WIDTH), "output_norm.weight": (WIDTH,)}
    for layer in range(LAYERS):
        of_layer = dict.fromkeys(("attn_q", "attn_k", "attn_v", "attn_output"), (WIDTH, WIDTH))
        of_layer |= {"attn_norm": (WIDTH,), "ffn_norm": (WIDTH,), "ffn_down": (WIDTH, INNER)}
        of_layer |= dict.fromkeys(("ffn_gate", "ffn_up"), (INNER, WIDTH))
        shapes |= {f"blk.{layer}.{name}.weight": shape for name, shape in of_layer.items()}
    return shapes
