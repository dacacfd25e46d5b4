"""Rows as a model reads them: which have a token to route, and where an answer stands in the cleaned text."""

import logging
import re
from dataclasses import replace

from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.families.dual_route.encoding import own_text, tokenize
from dualroute.inputs import clean_text
from dualroute.tasks import Example

logger = logging.getLogger(__name__)
PLAIN = re.compile("[A-Za-z0-9]")  # a text with one of these has a token


def readable(rows: list[Example], config: DualRouteConfig, tokenizer, name: str) -> list[Example]:
    """Return the rows in whose x the tokenizer finds a token to route; the log says how many were left out."""
    texts = [clean_text(own_text(config, row.x, row.h)).text for row in rows]
    doubtful = [i for i, text in enumerate(texts) if not PLAIN.search(text)]
    found = tokenize(tokenizer, [texts[i] for i in doubtful], config.max_length)
    empty = {i for i, tokens in zip(doubtful, found, strict=True) if not len(tokens.ids)}
    if empty:
        logger.warning("%s: %d of %d rows have no token in their %s", name, len(empty), len(rows), config.x_name)
    return [row for i, row in enumerate(rows) if i not in empty]


def as_read(row: Example) -> Example:
    """Return the row with x as the model reads it, and the place of the answer in it."""
    text = clean_text(row.x).text
    if row.answer is None or text == row.x:
        return row
    framed = clean_text(f".{row.x}.").text[1:-1]  # the signs keep the spaces at both ends
    spaces = len(framed) - len(framed.lstrip())
    start, end = (max(0, len(clean_text(f".{row.x[:place]}.").text) - 2 - spaces) for place in row.answer)
    return replace(row, x=text, answer=(start, end))
