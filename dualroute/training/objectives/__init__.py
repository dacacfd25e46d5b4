"""What a task's loss is and when a prediction is right, one file per readout."""

from dualroute.training.objectives.base import Objective
from dualroute.training.objectives.classification import ClassificationObjective
from dualroute.training.objectives.generation import GenerationObjective
from dualroute.training.objectives.span import SpanObjective

OBJECTIVES: dict[str, Objective] = {
    "classification": ClassificationObjective(),
    "span": SpanObjective(),
    "generation": GenerationObjective(),
}
