"""The context h that tokens may read, one class for each kind of context."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dualroute.trace.json_record import Shape, read_kind


@dataclass(frozen=True, eq=False)
class TextContext:
    """A text of S tokens, pieces of words.

    segment    which of the trace's inputs it is
    attention  (T,S) α, mean over heads: where each routed token looks; None where it was not stored
    """

    kind: ClassVar[str] = "text"
    has_words: ClassVar[bool] = True  # tokens are pieces of words, and can be joined to words and sentences
    segment: int
    attention: np.ndarray | None = None

    def shapes(self, tokens: int, context_tokens: int) -> dict[str, Shape]:
        """Shapes of the arrays, for `tokens` routed tokens and `context_tokens` tokens that may be read."""
        return {"attention": (tokens, context_tokens)}


@dataclass(frozen=True, eq=False)
class ItemsContext(TextContext):
    """A history of S items."""

    kind: ClassVar[str] = "items"
    has_words: ClassVar[bool] = False


@dataclass(frozen=True, eq=False)
class ImageContext(TextContext):
    """A picture of S patches.

    image  the picture as the model saw it: a `data:` URL of a PNG file
    """

    kind: ClassVar[str] = "image"
    has_words: ClassVar[bool] = False
    image: str = ""


@dataclass(frozen=True, eq=False)
class BackwardContext(TextContext):
    """The backward pass of a recurrent encoder over x: the context tokens are the tokens of x."""

    kind: ClassVar[str] = "backward"


Context = TextContext | ItemsContext | ImageContext | BackwardContext
CONTEXTS: dict[str, type[Context]] = {
    kind.kind: kind for kind in (TextContext, ItemsContext, ImageContext, BackwardContext)
}


def read_context(data: Mapping[str, Any] | None) -> Context | None:
    """The context of a parsed JSON object, None for None. Raises ValueError for an unknown kind."""
    return None if data is None else read_kind(data, CONTEXTS, "context")
