"""Where the sentences of a text start and end."""

import re
from itertools import pairwise

# The end of a sentence: its sign, closing quotes and brackets, a space, and a capital letter; or a new line.
END = re.compile(r"[.!?…][\"'”’)\]]*\s+(?=[\"'“‘(\[]*[^\W_a-z])|\n+")
ABBREVIATED = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|No|Gen|Sen|Rep|Gov|Inc|Corp|Ltd|Co)|\b\w|\.\w)\.$")


def sentence_starts(text: str) -> list[int]:
    """Return the place of each sentence's first character, or of the spaces before it."""
    ends = [end for end in END.finditer(text) if not ABBREVIATED.search(text[: end.start() + 1])]
    return [0, *(end.end() for end in ends)]


def sentences(text: str) -> list[tuple[int, int]]:
    """Return [start, end) of each sentence, without the spaces around it; of a text without words, the whole text."""
    parts = [(start, text[start:end]) for start, end in pairwise([*sentence_starts(text), len(text)])]
    spans = [(start + len(part) - len(part.lstrip()), start + len(part.rstrip())) for start, part in parts]
    return [span for span in spans if any(map(str.isalnum, text[slice(*span)]))] or [(0, len(text))]
