"""One of C classes."""

from torch.nn.functional import cross_entropy

from dualroute.data.objectives.base import Objective
from dualroute.data.splits import known_labels


class ClassificationObjective(Objective):
    """logits (B,C), labels (B,)."""

    skipped = "skipped_unknown_label"

    def measurable(self, rows, config, name):
        return known_labels(rows, set(config.label_names), name)

    def none_left(self, rows):
        return f"the labels {sorted({row.label for row in rows})} are not among those of the model"

    def targets(self, rows, config, tokenizer, name):
        """The index of each row's label."""
        index = {label: i for i, label in enumerate(config.label_names)}
        unknown = {row.label for row in rows} - set(index)
        if unknown:
            raise ValueError(f"labels {sorted(unknown)} of {name} are not among those of the model: {list(index)}")
        return [index[row.label] for row in rows]

    def loss(self, prediction, labels):
        return cross_entropy(prediction, labels)

    def score(self, prediction, labels):
        return (prediction.argmax(-1) == labels).float()
