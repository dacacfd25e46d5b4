"""What a person gives as h, made ready for a model: one file for each kind of context."""

from dualroute.interpret.contexts import backward, image, items, text
from dualroute.interpret.contexts.base import EncodedContext
from dualroute.interpret.encoding import EncodedText

CONTEXTS = {"backward": backward.encode, "text": text.encode, "items": items.encode, "image": image.encode}


def encode_context(model, own: EncodedText, h, image=None) -> EncodedContext:
    """h of one input for `model`, whose `config.context` says what it is; `own` is the encoded x.

    image  a picture (PIL), its file or its bytes, for models whose context is one; None for no picture
    Raises ValueError for a context that cannot be read, or a picture given to a model that takes none.
    """
    if image is not None and model.config.context != "image":
        raise ValueError(f"the task {model.config.task!r} takes no picture; its {model.config.h_name} is a text")
    return CONTEXTS[model.config.context](model, own, h or "", image)
