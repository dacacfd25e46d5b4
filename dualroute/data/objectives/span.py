"""An answer that stands in x, from a first to a last token."""

import logging

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from dualroute.data.objectives.base import Objective
from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.families.dual_route.encoding import encode_text
from dualroute.tasks import Example

NOWHERE = (-100, -100)  # what the loss passes over
LONGEST = DualRouteConfig.max_answer_length  # for the score while training; the evaluation takes the model's own
logger = logging.getLogger(__name__)


class SpanObjective(Objective):
    """scores (B,T,2), labels (B,2): index of the first and of the last token of the answer."""

    skipped = "skipped_unanswered"

    def measurable(self, rows, config, name):
        """The rows whose answer stands in x. One that is cut off stays: it cannot be found, and counts as not found."""
        kept = [row for row in rows if row.answer]
        if len(kept) < len(rows):
            logger.warning("%s: %d of %d rows have no answer in x", name, len(rows) - len(kept), len(rows))
        return kept

    def none_left(self, rows):
        return "no row has an answer in x"

    def targets(self, rows, config, tokenizer, name):
        """First and last token of each row's answer; `NOWHERE` for one that does not stand in x, or was cut off."""
        texts = {row.x for row in rows}
        offsets = {text: encode_text(tokenizer, text, config.max_length, config.x_name).offsets for text in texts}
        return [place(offsets[row.x], row) for row in rows]

    def learnable(self, rows, config, tokenizer, name):
        """The rows with an answer in what is read of x."""
        targets = self.targets(rows, config, tokenizer, name)
        kept = [row for row, target in zip(rows, targets, strict=True) if target != NOWHERE]
        if len(kept) < len(rows):
            missing = len(rows) - len(kept)
            logger.warning(
                "%s: %d of %d rows have no answer in what is read and are left out", name, missing, len(rows)
            )
        return kept

    def loss(self, prediction, labels):
        return (cross_entropy(prediction[..., 0], labels[:, 0]) + cross_entropy(prediction[..., 1], labels[:, 1])) / 2

    def score(self, prediction, labels):
        """F1 of the tokens of the best span in those of the answer: of pieces, not of words as in the evaluation."""
        first, last = _best_spans(prediction)
        common = torch.minimum(last, labels[:, 1]) - torch.maximum(first, labels[:, 0]) + 1
        return 2 * common.clamp(min=0) / (last - first + labels[:, 1] - labels[:, 0] + 2)


def place(offsets: np.ndarray, row: Example) -> tuple[int, int]:
    """The tokens, of offsets (T,2), in which the characters of `row.answer` begin and end."""
    if row.answer is None or not len(offsets):
        return NOWHERE
    start, end = row.answer
    touched = np.flatnonzero((offsets[:, 0] < end) & (offsets[:, 1] > start))
    if not len(touched) or row.x[offsets[-1, 1] : end].strip():
        return NOWHERE
    return int(touched[0]), int(touched[-1])


def _best_spans(scores: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """First and last token (B,) of the best span of at most `LONGEST` tokens."""
    summed = scores[:, :, None, 0] + scores[:, None, :, 1]  # (B,T,T)
    allowed = torch.ones(summed.shape[1:], dtype=torch.bool).triu().tril(LONGEST - 1)
    best = summed.masked_fill(~allowed, -torch.inf).flatten(1).argmax(1)
    return best // summed.shape[2], best % summed.shape[2]
