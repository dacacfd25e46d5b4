"""The language models of the page: loaded when somebody asks, once for all visitors, with progress.

Gates of one language model share its weights in memory. On a hosted page only models of a list are loaded; code that
comes with a model never runs.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dualroute.checkpoints import read_settings, served_gates
from dualroute.families.context_lm.embedded import EMBEDDED, HOW_TO_INSTALL, HUB_ID, embedded_folder, packaged_file
from dualroute.values import nearest

if TYPE_CHECKING:
    from dualroute.families.context_lm.family import ContextLM
    from dualroute.families.context_lm.leaving_out import LeftOut
    from dualroute.trace.attribution import Attribution
    from dualroute.trace.record import Trace

TITLES = {EMBEDDED: "SmolLM2 135M", HUB_ID: "SmolLM2 135M (from the hub)"}
GATES = {
    "divergence": ("Divergence of the flows", "reads where the passage changes what comes next", True),
    "entropy": ("Entropy, decides early", "reads where the model alone is undecided", False),
    "confidence": ("Confidence, decides early", "reads where the model alone is not sure of its best word", False),
}
STANDARD = "lm-qa"  # the shipped gate that the page begins with
MOST_BASES, MOST_MODELS = 2, 8  # in memory
BEAT = 0.3  # seconds between two reports of a loading

_BASES: "OrderedDict[str, tuple[Any, Any]]" = OrderedDict()
_MODELS: "OrderedDict[tuple[str, str], ContextLM]" = OrderedDict()
_LOADING: "dict[tuple[str, str], _Loading]" = {}
_LOCK = threading.Lock()


@dataclass
class _Loading:
    """A language model that is being loaded: the share that is done, what happens now, and what came of it."""

    share: float = 0.0
    words: str = "loading the language model"
    model: Any = None
    error: Exception | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def report(self, share: float, words: str) -> None:
        self.share, self.words = share, f"converting the language model, once: {words}"


def is_hosted() -> bool:
    """Whether this page runs as a Space, where visitors are strangers."""
    return bool(os.environ.get("SPACE_ID"))


def trained_gates() -> dict[str, dict]:
    """{name: config} of the gates of language models: a user's own, then the shipped ones, the standard one first."""
    ordered = sorted(served_gates().items(), key=lambda one: (one[1].is_shipped, one[0] != STANDARD))
    return {name: read_settings(files.folder)[0] for name, files in ordered}


def packaged() -> bool:
    """Whether the embedded language model is installed."""
    try:
        packaged_file()
    except FileNotFoundError:
        return False
    return True


def default_model() -> str:
    """The language model that the page begins with."""
    return EMBEDDED if packaged() or not is_hosted() else HUB_ID


def default_gate() -> str:
    """The gate that the page begins with: the first trained one, or the divergence of the flows."""
    return next(iter(trained_gates()), "divergence")


def missing() -> str:
    """What to install before anything can be written; empty where the embedded model is, or can be fetched."""
    if packaged() or is_hosted():
        return ""
    return f"No language model is installed. Run “{HOW_TO_INSTALL}” and start again, or name a model of the hub."


def offered() -> tuple[str, ...]:
    """The names of the language models in the page's list."""
    return (EMBEDDED,) if packaged() else (HUB_ID,) if is_hosted() else (EMBEDDED, HUB_ID)


def check_model(name: str) -> str:
    """Return the name of a language model, the default one for none. Raises ValueError for one not offered here."""
    name = name.strip() or default_model()
    if is_hosted() and name not in (EMBEDDED, HUB_ID):
        raise ValueError(
            f"this hosted page runs {', '.join(offered())} alone, not {name!r:.80}; run the page yourself for others"
        )
    return name


def check_gate(name: str) -> str:
    """Return the name of a gate, the default one for none. Raises ValueError for an unknown one."""
    name, names = name or default_gate(), [*trained_gates(), *GATES]
    if name not in names:
        raise ValueError(f"unknown gate {name!r:.80}; {nearest(name, names)}there are {', '.join(names)}")
    return name


def loaded(model: str, gate: str) -> "ContextLM | None":
    """The language model if it is in memory."""
    with _LOCK:
        if (found := _MODELS.get((model, gate))) is not None:
            _MODELS.move_to_end((model, gate))
        return found


def get_language_model(model: str = "", gate: str = "") -> "ContextLM":
    """Return a language model with a gate, which the first call loads.

    Raises ValueError for a name that is not offered and a model that cannot be loaded, OSError for one not found.
    """
    for _ in load(model, gate):
        pass
    found = loaded(check_model(model), check_gate(gate))
    if found is None:  # other visitors' models took its place at once
        raise ValueError("the language model was dropped for another one; try again")
    return found


def load(model: str, gate: str) -> Iterator[dict]:
    """Load a language model; meanwhile yield {share, words}. Visitors who ask for the same one share the loading."""
    key = check_model(model), check_gate(gate)
    if loaded(*key) is not None:
        return
    with _LOCK:
        loading = _LOADING.get(key)
        if loading is None:
            loading = _LOADING[key] = _Loading()
            threading.Thread(target=_load, args=(key, loading), daemon=True, name="language model").start()
    while not loading.done.wait(BEAT):
        yield {"share": loading.share, "words": loading.words}
    if loading.error is not None:
        raise loading.error


def _load(key: tuple[str, str], loading: _Loading) -> None:
    try:
        found = _read(*key, loading)
        with _LOCK:
            _MODELS[key] = found
            while len(_MODELS) > MOST_MODELS:
                _MODELS.popitem(last=False)
    except Exception as error:
        loading.error = error
    finally:
        with _LOCK:
            _LOADING.pop(key, None)
        loading.done.set()


def _read(model: str, gate: str, loading: _Loading) -> "ContextLM":
    from dualroute.families.context_lm.family import ContextLM
    from dualroute.families.context_lm.loading import find_model, read_parts

    if EMBEDDED in (model, _base_name(gate)) and packaged():
        embedded_folder(loading.report)
    loading.words = "loading the language model"
    if gate in GATES:
        parts: dict[str, Any] = read_parts(find_model(model), model, _base) | {"gate": gate}
        return ContextLM(**parts)
    return ContextLM(**read_parts(served_gates()[gate].folder, gate, _base))


def _base_name(gate: str) -> str:
    return trained_gates().get(gate, {}).get("trained_on", {}).get("name", "")


def _base(folder: Path) -> tuple[Any, Any]:
    """Model and tokenizer of a folder, which gates share."""
    from dualroute.families.context_lm.loading import read_model

    with _LOCK:
        if str(folder) in _BASES:
            return _BASES[str(folder)]
    found = read_model(folder)
    with _LOCK:
        _BASES[str(folder)] = found
        while len(_BASES) > MOST_BASES:
            _, (dropped, _) = _BASES.popitem(last=False)
            for key in [key for key, one in _MODELS.items() if one.model is dropped]:
                del _MODELS[key]
    return found


def put(model: str, gate: str, language_model: "ContextLM") -> None:
    """Offer a language model that is in memory already."""
    with _LOCK:
        _MODELS[model, gate] = language_model


def explain(lm: "ContextLM", trace: "Trace", targets, method: str, **options) -> "tuple[Attribution, ...]":
    """One attribution for each target, by one method, to the answer and to the input that the context names."""
    from dualroute.attribute.engine import attribute_many

    return attribute_many(lm, trace, targets, method, **options)


def sources(lm: "ContextLM", trace: "Trace", by: str, most: int) -> "LeftOut":
    """What the answer loses without each sentence or passage. Raises ValueError for more than `most` of them."""
    from dualroute.families.context_lm.leaving_out import leave_out, parts_of

    if (number := len(parts_of(trace, by))) > most:
        raise ValueError(f"prompt and passage have {number} {by}s; at most {most} are left out here: shorten them")
    return leave_out(lm, trace, by)
