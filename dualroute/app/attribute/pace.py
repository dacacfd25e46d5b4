"""How fast each model runs here: measured whenever a method has run, a guess before."""

GUESS = 4_000  # tokens a second through a small backbone on two cores
SHORTEST = 0.05  # seconds below which a run says more of its beginning than of the model


class Paces:
    """Tokens a second of each checkpoint's runs, the newest of each method."""

    def __init__(self):
        self._paces: dict[tuple[str, str], float] = {}

    def note(self, checkpoint: str, method: str, tokens: float, seconds: float) -> None:
        """Remember a run that took so many tokens through the model; a gradient counts as two passes."""
        if tokens > 0 and seconds >= SHORTEST:
            self._paces[checkpoint, method] = tokens / seconds

    def of(self, checkpoint: str, method: str) -> float | None:
        """Tokens a second of a method, or as slow as the slowest other one ran; None before the first run."""
        others = [pace for (name, _), pace in self._paces.items() if name == checkpoint]
        return self._paces.get((checkpoint, method), min(others, default=None))


PACES = Paces()
