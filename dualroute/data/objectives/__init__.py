"""What a task's loss is and when a prediction is right, one file per readout."""

from dualroute.data.objectives.base import Objective
from dualroute.data.objectives.classification import ClassificationObjective
from dualroute.data.objectives.generation import GenerationObjective
from dualroute.data.objectives.span import SpanObjective

OBJECTIVES: dict[str, Objective] = {
    "classification": ClassificationObjective(),
    "span": SpanObjective(),
    "generation": GenerationObjective(),
}
