"""Handlers of the workbench: attributions by several methods, and how faithful they are.

They are generators, so that the page shows what there is so far; `components.in_background` stops them on a cancel.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from typing_extensions import TypedDict

from dualroute.app.attribute.pace import GUESS, PACES
from dualroute.app.contracts import LIMITS, read_request
from dualroute.app.models import attributions_of, get_router, trace_from_request
from dualroute.app.requests import AttributionRequest, EstimateRequest
from dualroute.attribute.methods import METHODS, SCORE, Method, find_method
from dualroute.export.attribute_payload import controls_payload, faithfulness_payload, measures_payload, run_payload
from dualroute.measures.faithfulness import Faithfulness, usual_rows
from dualroute.trace.attribution import Attribution
from dualroute.trace.context import BackwardContext
from dualroute.trace.granularity import WORD, groups
from dualroute.trace.record import Trace
from dualroute.trace.targets import Target, parse_target

MIN_STEPS = 14
MEASURING = "faithfulness"  # what a test of faithfulness is called beside the methods
# One method may run so many tokens through the model, about a minute on two cores; a gradient counts as two passes.
MAX_TOKENS = 600_000

_LOG = logging.getLogger(__name__)


class ParameterPayload(TypedDict):
    name: str
    title: str
    default: float | None
    low: float
    high: float
    whole: bool
    help: str


class MethodPayload(TypedDict):
    name: str
    title: str
    captum: str
    complete: bool
    baseline: bool
    signed: bool
    trust: str
    source: str
    targets: list[str]
    parameters: list[ParameterPayload]
    random: bool


class ControlLimits(TypedDict):
    seed: int
    text: int


class ControlsPayload(TypedDict):
    """What the workbench builds its controls from."""

    methods: list[MethodPayload]
    baselines: list[tuple[str, str]]
    granularities: list[tuple[str, str]]
    limits: ControlLimits


class MeasuringCost(TypedDict):
    """Seconds that a test of faithfulness takes: what all attributions share, and each one's own."""

    shared: float
    each: float


class Estimates(TypedDict):
    """What methods would cost: rows forward and backward, and seconds, for one target; or why one would be refused."""

    methods: dict[str, tuple[int, int, float] | str]
    measuring: MeasuringCost
    measured: bool


@dataclass(frozen=True)
class AttributionJob:
    """A request with its trace and its targets."""

    request: AttributionRequest
    trace: Trace
    targets: tuple[Target, ...]

    @property
    def options(self) -> dict:
        """The options that all methods share."""
        request = self.request
        texts = {"baseline_texts": request.texts} if request.baseline == "text" else {}
        return {"baseline": request.baseline, "granularity": request.granularity, "seed": request.seed} | texts

    @property
    def tokens(self) -> int:
        """How many tokens one pass takes through the model."""
        return len(self.trace.tokens) + len(self.trace.context_tokens)

    @property
    def units(self) -> int:
        """How many parts of both texts get a score of their own."""
        trace, context, granularity = self.trace, self.trace.context, self.request.granularity
        own = _count_units(granularity, trace.x, len(trace.tokens))
        if context is None or isinstance(context, BackwardContext):
            return own
        return own + _count_units(granularity if context.has_words else "token", trace.h, len(trace.context_tokens))


def controls() -> dict:
    """What the workbench's controls are built from, a `ControlsPayload`."""
    return controls_payload(LIMITS)


def read_job(data: dict) -> AttributionJob:
    """Read an `AttributionRequest` and trace its input. Raises ValueError naming what is wrong and the limit."""
    request = read_request(AttributionRequest, data)
    trace = trace_from_request(request)
    return AttributionJob(request, trace, tuple(parse_target(trace, name) for name in dict.fromkeys(request.targets)))


def estimate(request: dict) -> dict:
    """What an `EstimateRequest` would cost; runs nothing.

    methods    {method: [forward rows, backward rows, seconds], or why it would be refused}
    measuring  seconds that a test of faithfulness takes: what all attributions share, and each one's own
    measured   whether the seconds come from runs of this checkpoint here; else they are a guess
    """
    checked = read_request(EstimateRequest, request)
    units = sum(
        _count_units(checked.granularity if is_text else "token", text, tokens)
        for text, tokens, is_text in checked.sides
    )
    tokens = sum(tokens for _, tokens, _ in checked.sides)
    estimates: dict[str, list | str] = {}
    for name, parameters in checked.methods.items():
        try:
            method = find_method(name)
            allowed = _affordable(method, method.check(parameters), units, tokens)
            forward, backward = map(int, method.passes(units, allowed))
            estimates[name] = [forward, backward, (forward + 2 * backward) * tokens / _pace(checked, name)]
        except ValueError as error:
            estimates[name] = str(error)
    shared, own = (rows * tokens / _pace(checked, MEASURING) for rows in usual_rows())
    measured = PACES.of(checked.checkpoint, MEASURING) is not None  # some method has run
    return {"methods": estimates, "measuring": {"shared": shared, "each": own}, "measured": measured}


def _pace(request: EstimateRequest, method: str) -> float:
    return PACES.of(request.checkpoint, method) or GUESS


def attribute_each(data: dict) -> Iterator[dict]:
    """A `RunPayload` before each method and one at the end, with all tracks so far; data: an `AttributionRequest`.

    A method that fails has its message in `errors`. Raises ValueError for what is wrong for all methods.
    """
    job = read_job(data)
    attributions, payload = [], {"tracks": [], "errors": {}, "agreement": []}
    for done, name in enumerate(job.request.methods):
        yield payload | _progress(job, done, _title(name))
        try:
            attributions += attribute_by(job, name)
            payload = payload | run_payload(attributions)
        except (ValueError, OSError) as error:
            payload = payload | {"errors": payload["errors"] | {name: str(error)}}
        except Exception:
            _LOG.exception("an attribution failed")
            payload = payload | {"errors": payload["errors"] | {name: "something went wrong on the server"}}
    yield payload | _progress(job, len(job.request.methods), "")


def measure_each(data: dict) -> Iterator[dict]:
    """A `MeasurePayload` again and again, of how faithful each attribution is; as `attribute_each`."""
    job = read_job(data)
    router = get_router(job.request.checkpoint)
    start = time.perf_counter()
    options = {"baseline": job.request.baseline, "baseline_texts": job.options.get("baseline_texts")}
    probe = router.probe(job.trace, tuple(target.name for target in job.targets), **options)
    records: list[dict] = []
    payload: dict[str, Any] = {"records": [], "errors": {}, "measures": measures_payload()}
    asked, measured = 0.0, 0  # seconds for attributions, and how many of them were measured
    for done, name in enumerate(job.request.methods):
        yield payload | _progress(job, done, _title(name))
        try:
            began = time.perf_counter()
            attributions = attribute_by(job, name)
            asked += time.perf_counter() - began
            for place, attribution in enumerate(attributions):
                for result in router.measure(job.trace, attribution, seed=job.request.seed, probe=probe):
                    if isinstance(result, Faithfulness):
                        records.append(faithfulness_payload(result))
                        measured += 1
                    elif result.done < result.total:
                        share = (place + result.done / result.total) / len(attributions)
                        yield payload | _progress(job, done + share, _title(name))
            payload = payload | {"records": list(records)}
        except (ValueError, OSError) as error:
            payload = payload | {"errors": payload["errors"] | {name: str(error)}}
    shared, own = usual_rows()
    rows = shared + own * measured if measured else 0
    PACES.note(job.request.checkpoint, MEASURING, rows * job.tokens, time.perf_counter() - start - asked)
    yield payload | _progress(job, len(job.request.methods), "")


def attribute_by(job: AttributionJob, name: str) -> list[Attribution]:
    """The attributions of one method to the targets it serves. Raises ValueError where it serves none."""
    method = find_method(name)
    parameters = method.check(job.request.methods[name])
    targets = [target for target in job.targets if ("gate" if target.is_gate else SCORE) in method.targets]
    if not targets:
        raise ValueError(f"{method.title} explains {' and '.join(method.targets)}s only; choose such a target")
    allowed = _affordable(method, parameters, job.units, job.tokens)
    attributions = attributions_of(job.trace, targets, name, **allowed, **job.options)
    for first in attributions[:1]:  # they share passes and seconds
        forward, backward = first.passes
        PACES.note(job.request.checkpoint, name, (forward + 2 * backward) * job.tokens, first.seconds)
    return attributions


def _title(name: str) -> str:
    return METHODS[name].title if name in METHODS else name


def _progress(job: AttributionJob, done: float, working: str) -> dict:
    return {"done": done, "total": len(job.request.methods), "working": working, "passes": 0}


def _affordable(method: Method, parameters: dict, units: int, tokens: int) -> dict:
    """The parameters, with fewer steps where those adapt. Raises ValueError for a run that would take minutes."""
    if tokens and parameters.get("max_steps") and not parameters.get("n_steps"):
        most = max(MIN_STEPS, MAX_TOKENS // (3 * tokens))
        parameters = parameters | {"max_steps": min(parameters["max_steps"], most)}
    forward, backward = method.passes(units, parameters)
    cost = int((forward + 2 * backward) * tokens)
    if cost > MAX_TOKENS and not parameters.get("max_steps") == MIN_STEPS:
        raise ValueError(
            f"{method.title} would run {cost:,} tokens through the model, for {units:,} units; at most "
            f"{MAX_TOKENS:,} are taken here. Take fewer samples, words or sentences as units, or a shorter text"
        )
    return parameters


def _count_units(granularity: str, text: str, tokens: int) -> int:
    """How many units a text of so many tokens has."""
    words = [word.span() for word in WORD.finditer(text)]
    return tokens if granularity == "token" else min(tokens, len(groups(granularity, text, words)))
