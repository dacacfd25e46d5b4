"""What would have happened otherwise: tokens sent another way, context left unread, and what chance does. No torch.

Everything here is replayed from a trace, so every outcome is exact; words that are edited are a rerun of the model.
"""

from dualroute.interpret.interventions.controls import Controls, random_flips, random_unread
from dualroute.interpret.interventions.selection import every, first, force, last, of_class, of_words, span
from dualroute.interpret.interventions.smallest import SmallestChange, smallest_change
from dualroute.interpret.interventions.words import WORD_CLASSES, word_classes, words

__all__ = [
    "WORD_CLASSES",
    "Controls",
    "SmallestChange",
    "every",
    "first",
    "force",
    "last",
    "of_class",
    "of_words",
    "random_flips",
    "random_unread",
    "smallest_change",
    "span",
    "word_classes",
    "words",
]
