"""A tiny random model with a real tokenizer, offline. Its identities hold, its numbers mean nothing."""

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from dualroute.families.dual_route.backbone import FrozenBackbone
from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.families.dual_route.model import DualRouteModel

LABELS = ("World", "Sports", "Business")
SENTENCES = "the a of striker scored twice market shares fell sharply vote peace talks ##s ##ing say report rain"
VOCABULARY = {word: i for i, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *SENTENCES.split()])}


def make_tokenizer() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.WordPiece(VOCABULARY, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )


def make_backbone() -> FrozenBackbone:
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=160,
    )
    return FrozenBackbone(BertModel(config), make_tokenizer(), "tiny", "0" * 64)


def make_model(**changes) -> DualRouteModel:
    """An untrained model whose logits and gates differ visibly from token to token."""
    torch.manual_seed(1)
    settings = {"encoder_size": 32, "hidden_size": 16, "num_heads": 2, "router_size": 16, "max_length": 40}
    settings |= {"context_max_length": 60, "backbone": "tiny", "backbone_sha256": "0" * 64}
    settings |= {"id2label": dict(enumerate(LABELS)), "label2id": {label: i for i, label in enumerate(LABELS)}}
    model = DualRouteModel(DualRouteConfig(**settings | changes)).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.startswith(("readout", "reader")) and parameter.dim() == 2:
                parameter.normal_(std=0.5)
            elif name.startswith("router") and parameter.dim() == 2:
                parameter.normal_(std=0.25)
    model.__dict__["_backbone"] = make_backbone()
    return model
