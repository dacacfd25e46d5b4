"""The page's only way to models: loaded once, shared by all visitors, never changed."""

import logging
import threading
from collections import OrderedDict

MOST = 12  # models in memory; a few MB each beside the backbone they share

_ROUTERS: OrderedDict = OrderedDict()
_LOCK = threading.Lock()
_LOADING: dict[str, threading.Lock] = {}
_LOG = logging.getLogger(__name__)


def get_router(name: str):
    """The `DualRouter` called `name`; a second visitor waits for the first one's loading instead of loading again.

    Who asks for a model that is there never waits for another one that is being loaded.
    """
    with _LOCK:
        if name in _ROUTERS:
            _ROUTERS.move_to_end(name)
            return _ROUTERS[name]
        loading = _LOADING.setdefault(name, threading.Lock())
    with loading:
        with _LOCK:
            if name in _ROUTERS:
                return _ROUTERS[name]
        router = _load(name)
        with _LOCK:
            _ROUTERS[name] = router
            while len(_ROUTERS) > MOST:
                _ROUTERS.popitem(last=False)
        return router


def preload(names: list[str]) -> threading.Thread:
    """Load in the background: the first name first, and run once, so that the first visitor does not pay for it."""
    thread = threading.Thread(target=_warm, args=(names,), daemon=True, name="preload")
    thread.start()
    return thread


def study_rows(traces, rows, metric: str):
    """Traces of a visitor's rows answered at every θ: a `RowStudy`. Loads no model."""
    from dualroute.evaluation.row_study import study_traces

    return study_traces(traces, rows, metric)


def evaluate_rows(traces, rows, metric: str, thresholds) -> dict:
    """The same rows at each θ, beside direct, merged, random gates and the oracle, with intervals. Loads no model."""
    from dualroute.evaluation.routing import RoutingEvaluation
    from dualroute.rows.corpus import corpus_of

    corpus = corpus_of(traces, [row.label for row in rows])
    return RoutingEvaluation(corpus, metric=metric).summary(thresholds)


def _load(name: str):
    from dualroute.api import load

    return load(name)


def _warm(names: list[str]) -> None:
    for place, name in enumerate(names[:MOST]):
        try:
            router = get_router(name)
        except (ValueError, OSError) as error:
            _LOG.warning("%s cannot be loaded: %s", name, error)  # visitors who ask for it are told the same
            continue
        if not place:
            router.attribute_many(router.trace("warm up", "the first run is the slowest"))
