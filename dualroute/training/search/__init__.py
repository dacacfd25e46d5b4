"""Search over decision layers and what they are trained with: many short trainings on the same features."""

from dualroute.training.search.grid import Grid
from dualroute.training.search.study import search

__all__ = ["Grid", "search"]
