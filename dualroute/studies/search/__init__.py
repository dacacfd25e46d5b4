"""Search over decision layers and their training settings: many short trainings on the same features."""

from dualroute.studies.search.study import search
from dualroute.studies.search.trial import Grid

__all__ = ["Grid", "search"]
