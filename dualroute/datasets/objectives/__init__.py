"""What a task's loss is and when a prediction is right, one file per readout."""

from dualroute.datasets.objectives.base import Objective
from dualroute.datasets.objectives.classification import ClassificationObjective
from dualroute.datasets.objectives.generation import GenerationObjective
from dualroute.datasets.objectives.span import SpanObjective

OBJECTIVES: dict[str, Objective] = {
    "classification": ClassificationObjective(),
    "span": SpanObjective(),
    "generation": GenerationObjective(),
}
