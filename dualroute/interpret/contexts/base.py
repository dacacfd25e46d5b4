"""One context, ready for a model and for a person."""

from dataclasses import dataclass, field

import torch

from dualroute.interpret.encoding import EncodedText


@dataclass(frozen=True, eq=False)
class EncodedContext:
    """h as the model takes it and as a trace keeps it. S context tokens; none for an empty context.

    tokens        S names: words, items, patches
    inputs        fields of `ModelInput`, batches of one; empty for an empty context
    text, notes   the cleaned text, and a sentence for everything that was changed or cut
    image         the picture as the model saw it, as a `data:` URL of a PNG file; empty for texts
    encoded       the text's tokens, where the context is a text
    """

    tokens: tuple[str, ...]
    inputs: dict[str, torch.Tensor]
    text: str = ""
    notes: tuple[str, ...] = ()
    image: str = ""
    encoded: EncodedText | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.tokens)
