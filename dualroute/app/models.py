"""The page's only way to models: loaded once, shared by all visitors, never changed; equal work is done once."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import fields, is_dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from dualroute.app.contracts import MAX_CHARACTERS
from dualroute.app.memory import freeze
from dualroute.app.requests import ViewRequest
from dualroute.checkpoints import served_routers
from dualroute.inputs import from_url
from dualroute.progress import Cancelled, report_forward
from dualroute.tasks import TASKS
from dualroute.trace.answers import Written
from dualroute.trace.attribution import Attribution
from dualroute.trace.decision import Decision
from dualroute.trace.record import Trace
from dualroute.trace.replay import held_route
from dualroute.trace.targets import Target

if TYPE_CHECKING:
    from dualroute.api import DualRouter

MAX_MODELS = 16  # in memory; a few MB each beside the backbone they share
MAX_RESULTS = 128  # attributions kept; one of two targets to 500 words takes some 10 kB
MAX_BYTES = 8_000_000  # of all attributions kept

_ROUTERS: "OrderedDict[str, DualRouter]" = OrderedDict()
_LOCK = threading.Lock()
_LOADING: dict[str, threading.Lock] = {}
_LOG = logging.getLogger(__name__)


def get_router(name: str) -> "DualRouter":
    """Return the `DualRouter` called `name`; visitors who ask for it at the same time wait for one loading.

    A model that is in memory is returned at once, also while another one is being loaded.
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
            while len(_ROUTERS) > MAX_MODELS:
                _ROUTERS.popitem(last=False)
        return router


def preload(names: list[str]) -> threading.Thread:
    """Load checkpoints in the background, and run the first one once: a first run is the slowest."""
    thread = threading.Thread(target=_warm, args=(names,), daemon=True, name="preload")
    thread.start()
    return thread


def default_task() -> str:
    """The checkpoint that a link without one means: that of the first task."""
    names = served_routers()
    return next((name for name in TASKS if name in names), next(iter(names)))


def trace_from_request(request: ViewRequest) -> Trace:
    """Trace what was sent. Raises ValueError, in words for the visitor, for an input that cannot be routed."""
    image = from_url(request.image, "picture") if request.image else None
    return run_trace(request.checkpoint, request.x or "", request.h or "", request.decision, image)


def run_trace(checkpoint: str, x: str, h: str, decision: Decision | None = None, image: bytes | None = None) -> Trace:
    """Trace one input under a decision. Raises ValueError for an input that cannot be routed.

    h  for a context that is a picture, its `data:` URL, unless `image` is its file
    """
    router, decision = get_router(checkpoint), decision or Decision()
    if router.model.config.h_is_image and image is None:
        h, image = "", from_url(h.strip(), router.model.config.h_name) if h.strip() else None
    if len(h) > MAX_CHARACTERS:
        raise ValueError(f"h must be text of at most {MAX_CHARACTERS:,} characters; it has {len(h):,}")
    return router.trace(x, h, image=image, decision=decision)


class SingleFlightCache:
    """Results by the content they were made from; the least recently used are dropped.

    limit       the most results
    most_bytes  the most that all of them may take, see `size_of`; a larger one is returned and not kept

    One instance serves all visitors and threads: of equal work at the same time one thread does it and the others wait.
    Results are shared, so their arrays are made read-only. All who wait get a failure, and the next call tries again.
    """

    def __init__(self, limit: int = MAX_RESULTS, most_bytes: int = MAX_BYTES):
        if limit < 1:
            raise ValueError(f"at least 1 result must be kept, not {limit}")
        self.limit, self.most_bytes = limit, most_bytes
        self._lock = threading.Lock()
        self._futures: OrderedDict[Hashable, Future] = OrderedDict()
        self._sizes: dict[Hashable, int] = {}  # bytes of the results that are there

    def __len__(self) -> int:
        return len(self._futures)

    @property
    def bytes(self) -> int:
        """What all results that are kept take."""
        return sum(self._sizes.values())

    def __contains__(self, key: Hashable) -> bool:
        """Whether a result is there at once."""
        with self._lock:
            future = self._futures.get(key)
        return future is not None and future.done()

    def get(self, key: Hashable, work: Callable[[], Any]) -> Any:
        """Return what `work()` returns, or returned before for the same key. `work` must not get its own key."""
        with self._lock:
            future = self._futures.get(key)
            is_ours = future is None
            if is_ours:
                future = self._futures[key] = Future()
            self._futures.move_to_end(key)
        if is_ours:
            self._run(key, work, future)
        try:
            return future.result()
        finally:
            del future  # a failure knows this frame, and the frame would know the failure: a cycle that keeps tensors

    def _run(self, key: Hashable, work: Callable[[], Any], future: Future) -> None:
        try:
            result = _read_only(work())
        except BaseException as error:
            with self._lock:
                del self._futures[key]
            future.set_exception(error)
        else:
            future.set_result(result)
            with self._lock:
                self._sizes[key] = size_of(result)
                self._shrink()
        finally:
            del future  # as in `get`

    def _shrink(self) -> None:
        """Drop results down to the limits; work in progress stays."""
        for key in [key for key in self._futures if key in self._sizes]:  # those that are done, the oldest first
            if len(self._futures) <= self.limit and self.bytes <= self.most_bytes:
                return
            del self._futures[key], self._sizes[key]


ATTRIBUTIONS = SingleFlightCache()


def attributions_of(trace: Trace, targets: Sequence[Target], method: str, **parameters) -> list[Attribution]:
    """One attribution for each target, as `attribute_many` of the trace's checkpoint gives them, and its errors.

    When another visitor cancels the work this one waits for, it is begun anew. Raises Cancelled where this one cancels.
    """
    key = attribution_key(trace, targets, method, **parameters)
    while True:
        try:
            results = ATTRIBUTIONS.get(key, lambda: _attribute(trace, targets, method, parameters))
            # The result may come from another θ that leads to the same route.
            return [replace(attribution, spec=trace.spec) for attribution in results]
        except Cancelled:
            report_forward(0)  # raises Cancelled if this visitor cancelled


def attribution_key(trace: Trace, targets: Sequence[Target], method: str, **parameters) -> Hashable:
    """What an attribution depends on: model, texts, targets, the route that is held, and the method's parameters.

    θ, policy and overrides count by the route they lead to, so that a θ that changes no token's flow needs no new work;
    gates alone do not depend on the route. Parameters are numbers, strings, and tuples of them.
    Raises TypeError for a parameter that cannot be hashed.
    """
    spec = trace.spec
    texts = tuple(map(_digest, (trace.x, trace.h, trace.image)))  # a text or a picture may have megabytes
    source = (spec.checkpoint, spec.revision, spec.backbone, *texts)
    text = _digest(repr(trace.answer.tokens)) if isinstance(trace.answer, Written) else b""
    route = () if all(target.is_gate for target in targets) else tuple(map(_digest, held_route(trace)))
    key = (source, text, tuple(targets), route, method, tuple(sorted(parameters.items())))
    hash(key)
    return key


def _digest(part: str | bytes | np.ndarray) -> bytes:
    data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else bytes(part)
    return blake2b(data, digest_size=16).digest()


def _attribute(trace: Trace, targets: Sequence[Target], method: str, parameters: dict) -> tuple[Attribution, ...]:
    return get_router(trace.spec.checkpoint).attribute_many(trace, tuple(targets), method=method, **parameters)


def size_of(result: Any) -> int:
    """Return the bytes of every array and text in a result, also in tuples, lists and records."""
    if isinstance(result, np.ndarray):
        return result.nbytes
    if isinstance(result, str | bytes):
        return len(result)
    if isinstance(result, list | tuple):
        return sum(map(size_of, result))
    if is_dataclass(result):
        return sum(size_of(getattr(result, field.name)) for field in fields(result))
    return 0


def _read_only(result: Any) -> Any:
    """Return the same, with every array in it, also in tuples, lists and records, closed to writing."""
    if isinstance(result, np.ndarray):
        result.flags.writeable = False
    elif isinstance(result, list | tuple):
        for part in result:
            _read_only(part)
    elif is_dataclass(result):
        for field in fields(result):
            _read_only(getattr(result, field.name))
    return result


def _load(name: str) -> "DualRouter":
    from dualroute.api import load_dual_router

    return load_dual_router(name)


def _warm(names: list[str]) -> None:
    for place, name in enumerate(names[:MAX_MODELS]):
        try:
            router = get_router(name)
        except (ValueError, OSError) as error:
            _LOG.warning("%s cannot be loaded: %s", name, error)  # visitors who ask for it see the same message
            continue
        if not place:
            router.attribute_many(router.trace("the first run is the slowest"))
    freeze()
