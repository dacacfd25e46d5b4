"""An answer that stands in x, from a first to a last token."""

from torch.nn.functional import cross_entropy

from dualroute.training.objectives.base import Objective


class SpanObjective(Objective):
    """scores (B,T,2), labels (B,2): index of the first and of the last token of the answer."""

    def loss(self, prediction, labels):
        return (cross_entropy(prediction[..., 0], labels[:, 0]) + cross_entropy(prediction[..., 1], labels[:, 1])) / 2

    def score(self, prediction, labels):
        return (prediction.argmax(1) == labels).all(-1).float()
