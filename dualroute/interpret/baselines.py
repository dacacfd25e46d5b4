"""What an absent word is: the other end of an attribution's path."""

from dataclasses import dataclass

import torch

from dualroute.interpret.encoding import EncodedText, encode_text
from dualroute.text import joined

BASELINES = ("pad", "mask", "zero", "mean", "text")


@dataclass(frozen=True, eq=False)
class Absent:
    """The absent words of x and of h.

    fill      (D_e,) the embedding of any of them, and of those where `own` or `other` has no word
    own, other  tokens of a baseline text of x and of h, or None: word by word what stands in their place
    """

    fill: torch.Tensor
    own: EncodedText | None = None
    other: EncodedText | None = None

    def words(self, backbone, text: EncodedText | None, count: int) -> torch.Tensor:
        """(count,D_e) embeddings of `count` absent words, from `text` as far as it goes."""
        absent = self.fill.repeat(count, 1)
        if text is not None:
            ids = torch.from_numpy(text.ids[~text.special][:count])
            absent[: len(ids)] = backbone.embed(ids).detach()
        return absent


def absent_words(model, baseline: str, texts: tuple[str, str] | None = None) -> Absent:
    """What `baseline`, one of BASELINES, puts in the place of words.

    pad, mask  the embedding of that token;  zero  nothing at all;  mean  the mean of all words the backbone knows
    text       the words of `texts`, of x and of h, place by place: further words of x are left as pad, and what a
               baseline text has beyond the words of x is not used. The h of a context of items or of a picture is
               no text: its items and patches are absent as ever, and the text given for it must be empty.
    Raises ValueError for another baseline, one whose token the tokenizer lacks, and texts that do not fit.
    """
    if baseline not in BASELINES:
        raise ValueError(f"unknown baseline {baseline!r}; choose one of {', '.join(BASELINES)}")
    if (baseline == "text") != (texts is not None):
        raise ValueError("baseline 'text' and baseline_texts, of x and of h, are given together")
    fill = _fill(model.backbone, "pad" if baseline == "text" else baseline)
    return Absent(fill, *_encoded(model, texts)) if texts is not None else Absent(fill)


def _encoded(model, texts: tuple[str, str]) -> tuple[EncodedText, EncodedText | None]:
    if len(texts) != 2 or not all(isinstance(text, str) for text in texts):
        raise ValueError("baseline_texts must be two texts, one of x and one of h; either may be empty")
    config, tokenizer = model.config, model.backbone.tokenizer
    whole = joined(*texts) if model.encoder.context_in_x else texts[0]
    own = encode_text(tokenizer, whole, config.max_length, "baseline")
    if model.encoder.context_in_x:
        return own, None
    if config.context != "text":
        if texts[1].strip():
            raise ValueError(f"the {config.h_name} is no text of its own: it takes no baseline text")
        return own, None
    return own, encode_text(tokenizer, texts[1], config.context_max_length, "baseline")


def _fill(backbone, baseline: str) -> torch.Tensor:
    if baseline == "zero":
        return torch.zeros_like(backbone.embed(torch.tensor(0)))
    if baseline == "mean":
        return backbone.model.get_input_embeddings().weight.detach().mean(0)
    token = getattr(backbone.tokenizer, f"{baseline}_token_id")
    if token is None:
        raise ValueError(f"the tokenizer of {backbone.name!r} has no {baseline} token; choose another baseline")
    return backbone.embed(torch.tensor(token)).detach()
