"""Tiny tokenizers of the kinds that encoders come with, trained on a few sentences, offline."""

from functools import cache

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

SENTENCES = [
    "The striker scored twice and the market shares fell sharply after a report",
    "Shares fall after report, don't stop: rain in the city, 3.5 % of it",
    "peace talks say the vote is a report of the rain",
] * 4
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
NAMES = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>", "mask_token": "<mask>"}
FRAMED = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])


@cache
def word_piece() -> PreTrainedTokenizerFast:
    """As BERT's."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(SENTENCES, trainers.WordPieceTrainer(vocab_size=90, special_tokens=special))
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **dict(zip(names, special, strict=True)))


@cache
def byte_level(kind: str = "template") -> PreTrainedTokenizerFast:
    """`template`: as ModernBERT's; `roberta`: with a space before the text; `bare`: as GPT-2's, no special tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=kind == "roberta")
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=340, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(SENTENCES, trainer)
    roberta = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=True)
    plain = processors.ByteLevel(trim_offsets=False)
    tokenizer.post_processor = {"template": FRAMED, "roberta": roberta, "bare": plain}[kind]
    if kind == "bare":
        return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="</s>", eos_token="</s>")
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, cls_token="<s>", sep_token="</s>", **NAMES)


@cache
def metaspace(framed: bool = True) -> PreTrainedTokenizerFast:
    """As that of XLM-R; as T5's, with an end mark alone, where it is not `framed`."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=90, special_tokens=SPECIAL, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    ended = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 2)])
    tokenizer.post_processor = FRAMED if framed else ended
    more = {"cls_token": "<s>", "sep_token": "</s>"} if framed else {}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **NAMES, **more)


TOKENIZERS = {
    "word pieces": word_piece,
    "bytes": byte_level,
    "bytes after a space": lambda: byte_level("roberta"),
    "bytes alone": lambda: byte_level("bare"),
    "pieces with spaces": metaspace,
}
