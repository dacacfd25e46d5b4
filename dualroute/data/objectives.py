"""The loss of each readout, the score that chooses the epoch, and the targets of a row: one class for each readout.

A new readout is a class here and its line in `OBJECTIVES`.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence

from dualroute.data.features.backward import word_ids
from dualroute.data.reading import as_read, readable
from dualroute.data.splits import known_labels
from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.families.dual_route.encoding import encode_text, own_text
from dualroute.families.dual_route.outputs import DualRouteOutput
from dualroute.families.dual_route.readouts.copying import NOTHING
from dualroute.tasks import Example

logger = logging.getLogger(__name__)


class Objective:
    """Loss and score of a routed answer. κ and ρ are weights (B,T), or one number for all tokens."""

    answers_in_x = False  # whether the target is made of tokens of x, so that training must not hide any
    one_flow_per_row = False  # training runs each row with one randomly drawn flow instead of with every flow
    skipped = "skipped"  # key in the results of the number of rows that cannot be evaluated

    def prepare(self, model, targets: list, tokenizer) -> None:
        """Set up the model from the `targets` of the training rows before training; by default nothing is needed."""

    def learnable(self, rows: list[Example], config: DualRouteConfig, tokenizer, name: str) -> list[Example]:
        """Return the rows that can be trained on; the log says how many were left out."""
        return readable(rows, config, tokenizer, name)

    def measurable(self, rows: list[Example], config: DualRouteConfig, name: str) -> list[Example]:
        """Return the rows that can be evaluated; the log says how many were left out."""
        return rows

    def none_left(self, rows: list[Example], config: DualRouteConfig) -> str:
        """Return the reason why no row of a file can be evaluated, for an error message."""
        return "there is no row to evaluate"

    def targets(self, rows: list[Example], config: DualRouteConfig, tokenizer, name: str) -> list:
        """Return each row's target, for `collate`. Raises ValueError that names the rows `name` if a row has none."""
        raise NotImplementedError

    def predict(self, model, output: DualRouteOutput, labels, kappa, rho) -> torch.Tensor:
        """Return the prediction for weights κ of the direct part and ρ of what was read; by default the logits."""
        return model.readout.logits(output.parts, kappa, rho)

    def loss(self, prediction, labels) -> torch.Tensor:
        """Return the mean loss of the batch."""
        raise NotImplementedError

    def score(self, prediction, labels) -> torch.Tensor:
        """Return the score (B,) of each row; its mean over the held-out rows chooses the epoch."""
        raise NotImplementedError

    def collate(self, labels: list[Any]) -> torch.Tensor:
        """Return the targets of a batch as tensors."""
        return torch.tensor(labels)


def _some(labels: Iterable[str], most: int = 6) -> str:
    """Labels in quotes, sorted; of many only the first."""
    names = sorted(labels)
    return ", ".join(map(repr, names[:most])) + (f" and {len(names) - most:,} others" if len(names) > most else "")


class ClassificationObjective(Objective):
    """One of C classes: logits (B,C), labels (B,)."""

    skipped = "skipped_unknown_label"

    def measurable(self, rows, config, name):
        return known_labels(rows, set(config.label_names), name)

    def none_left(self, rows, config):
        return f"the labels {_some({row.label for row in rows})} are none of the model's, {_some(config.label_names)}"

    def targets(self, rows, config, tokenizer, name):
        """Return the index of each row's label."""
        index = {label: i for i, label in enumerate(config.label_names)}
        unknown = {row.label for row in rows} - set(index)
        if unknown:
            raise ValueError(f"labels {sorted(unknown)} of {name} are not among those of the model: {list(index)}")
        return [index[row.label] for row in rows]

    def loss(self, prediction, labels):
        return cross_entropy(prediction, labels)

    def score(self, prediction, labels):
        return (prediction.argmax(-1) == labels).float()


NO_SPAN = (-100, -100)  # ignored by the cross-entropy loss
LONGEST = DualRouteConfig.max_answer_length  # for the score during training; evaluation uses the model's own limit


class SpanObjective(Objective):
    """A part of x, from a first to a last token: scores (B,T,2), labels (B,2) with the indices of both tokens."""

    answers_in_x = True

    skipped = "skipped_unanswered"

    def measurable(self, rows, config, name):
        """Return the rows whose answer occurs in x. An answer that is truncated away counts as a wrong prediction."""
        answered = [row for row in rows if row.answer]
        if len(answered) < len(rows):
            logger.warning("%s: %d of %d rows have no answer in x", name, len(rows) - len(answered), len(rows))
        return answered

    def none_left(self, rows, config):
        return "no row has an answer in x"

    def targets(self, rows, config, tokenizer, name):
        """Return the first and last token of each row's answer; `NO_SPAN` if it is not in x or was truncated away."""
        texts = {row.x for row in rows}
        offsets = {text: encode_text(tokenizer, text, config.max_length, config.x_name).offsets for text in texts}
        return [answer_tokens(offsets[row.x], as_read(row)) for row in rows]

    def learnable(self, rows, config, tokenizer, name):
        """Return the rows with an answer in the tokens that the model reads of x."""
        rows = super().learnable(rows, config, tokenizer, name)
        targets = self.targets(rows, config, tokenizer, name)
        answered = [row for row, target in zip(rows, targets, strict=True) if target != NO_SPAN]
        if len(answered) < len(rows):
            missing = len(rows) - len(answered)
            logger.warning("%s: %d of %d rows are left out: the model reads no answer in x", name, missing, len(rows))
        return answered

    def loss(self, prediction, labels):
        return (cross_entropy(prediction[..., 0], labels[:, 0]) + cross_entropy(prediction[..., 1], labels[:, 1])) / 2

    def score(self, prediction, labels):
        """Return the F1 of the tokens of the best span and of the answer. The evaluation compares words instead."""
        first, last = _best_spans(prediction)
        common = torch.minimum(last, labels[:, 1]) - torch.maximum(first, labels[:, 0]) + 1
        return 2 * common.clamp(min=0) / (last - first + labels[:, 1] - labels[:, 0] + 2)


def answer_tokens(offsets: np.ndarray, row: Example) -> tuple[int, int]:
    """Return the first and last of the tokens with `offsets` (T,2) that overlap the characters of `row.answer`."""
    if row.answer is None or not len(offsets):
        return NO_SPAN
    start, end = row.answer
    overlapping = np.flatnonzero((offsets[:, 0] < end) & (offsets[:, 1] > start))
    if not len(overlapping) or row.x[offsets[-1, 1] : end].strip():
        return NO_SPAN
    return int(overlapping[0]), int(overlapping[-1])


def _best_spans(scores: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the first and last token (B,) of the best span of at most `LONGEST` tokens."""
    summed = scores[:, :, None, 0] + scores[:, None, :, 1]  # (B,T,T)
    allowed = torch.ones(summed.shape[1:], dtype=torch.bool).triu().tril(LONGEST - 1)
    best = summed.masked_fill(~allowed, -torch.inf).flatten(1).argmax(1)
    return best // summed.shape[2], best % summed.shape[2]


class Marks(NamedTuple):
    """Ids of the tokens that begin a written text, end it, and stand for a word that is unknown to it."""

    start: int
    end: int
    unknown: int


def marks(tokenizer) -> Marks:
    """Return the tokenizer's marks; raise ValueError where it lacks one, or uses one token for two of them."""
    names = {"start": ("cls", "bos", "pad"), "end": ("sep", "eos"), "unknown": ("unk",)}
    found = {}
    for mark, kinds in names.items():
        ids = [getattr(tokenizer, f"{kind}_token_id") for kind in kinds]
        found[mark] = next((number for number in ids if number is not None and number not in found.values()), None)
    missing = [mark for mark, number in found.items() if number is None]
    if missing:
        raise ValueError(
            f"the backbone's tokenizer has no token of its own for the {' and the '.join(missing)} of a written text; "
            "choose another backbone for a task with written answers"
        )
    return Marks(**found)


class GenerationObjective(Objective):
    """A generated text: log-probabilities (B,N) of the tokens of the target texts.

    labels  `source` (B,T) token ids of the words of x, which can be copied, and `target` (B,N) token ids of the text
            and the end mark; both padded with NOTHING
    """

    answers_in_x = True
    one_flow_per_row = True  # running the decoder with every flow would triple the cost of training

    def targets(self, rows, config, tokenizer, name):
        """Return {source, target} of each row."""
        sources = word_ids(tokenizer, [own_text(config, row.x, row.h) for row in rows], config.max_length)
        texts = word_ids(tokenizer, [row.label for row in rows])
        end = [marks(tokenizer).end]
        return [
            {"source": torch.tensor(source), "target": torch.tensor((text + end)[: config.max_new_tokens])}
            for source, text in zip(sources, texts, strict=True)
        ]

    def prepare(self, model, targets, tokenizer):
        """Set the vocabulary to the most frequent tokens of the target texts; rarer ones can still be copied."""
        counts = Counter(int(token) for row in targets for token in row["target"])
        start, end, unknown = marks(tokenizer)
        special = {end, unknown}
        others = sorted(set(range(len(tokenizer))) - special, key=lambda token: (-counts[token], token))
        frequent = others[: model.config.vocabulary_size - len(special)]
        model.readout.set_vocabulary(frequent, start, end, unknown)

    def predict(self, model, output, labels, kappa, rho):
        embed = model.backbone.embed
        source = labels["source"].clamp(min=0)
        memory = model.readout.memory(embed, output, source, kappa, rho)
        return model.readout.log_probs(embed, memory, labels["target"])

    def loss(self, prediction, labels):
        return -prediction.sum() / (labels["target"] != NOTHING).sum().clamp(min=1)

    def score(self, prediction, labels):
        """Return the mean log-probability (B,) of a row's tokens."""
        return prediction.sum(1) / (labels["target"] != NOTHING).sum(1).clamp(min=1)

    def collate(self, labels):
        return {
            name: pad_sequence([row[name] for row in labels], batch_first=True, padding_value=NOTHING)
            for name in ("source", "target")
        }


OBJECTIVES: dict[str, Objective] = {
    "classification": ClassificationObjective(),
    "span": SpanObjective(),
    "generation": GenerationObjective(),
}
