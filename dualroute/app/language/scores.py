"""Attributions of an answer by Captum's methods, to the tokens of the passage and of the prompt.

A method runs once for each of the two texts, since the other one stays as it is; both runs vary the answer's own tokens
too, and those scores are of the run over the passage.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dualroute.app.attribute.pace import PACES
from dualroute.app.contracts import read_request
from dualroute.app.language.handlers import language_model, trace_of
from dualroute.app.language.models import check_model, explain, load
from dualroute.app.language.requests import ScoresRequest
from dualroute.attribute.methods import METHODS, SCORE, Method, find_method
from dualroute.export.language_payload import language_key, page_places
from dualroute.trace.attribution import Attribution
from dualroute.trace.context import TextContext
from dualroute.trace.granularity import WORD, groups
from dualroute.trace.record import Trace
from dualroute.trace.targets import Target, parse_target

if TYPE_CHECKING:
    from dualroute.families.context_lm.family import ContextLM

SEGMENTS = (1, 0)  # the passage, the prompt
MIN_STEPS = 8
# One method may run so many tokens through the model, some minutes on two cores; a gradient counts as two passes.
MAX_TOKENS = 150_000
GUESS = 300  # tokens a second of a small language model on two cores
BASELINES = ("pad", "mean", "zero")

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class ScoresJob:
    """A request with its model, its trace and its targets."""

    request: ScoresRequest
    model: "ContextLM"
    trace: Trace
    targets: tuple[Target, ...]

    def over(self, segment: int) -> Trace:
        """The trace whose context is the passage (1) or the prompt (0)."""
        return replace(self.trace, context=TextContext(segment))

    def tokens(self) -> int:
        """How many tokens one pass takes through the model: both flows."""
        prompt, passage, answer = (len(part.tokens) for part in self.trace.inputs)
        return 2 * (prompt + answer) + passage

    def units(self, segment: int) -> int:
        """How many parts of the answer and of an input get a score of their own."""
        parts = self.trace.inputs[2], self.trace.inputs[segment]
        return sum(len(groups(self.request.granularity, one.text, one.offsets)) or len(one.tokens) for one in parts)


def scores_each(data: dict) -> Iterator[dict]:
    """A `ScoresPayload` before each method and one at the end, with all tracks so far; data: a `ScoresRequest`.

    A method that fails has its message in `errors`. Raises ValueError for what is wrong for all methods.
    """
    request = read_request(ScoresRequest, data)
    if request.baseline not in BASELINES:
        raise ValueError(f"a language model has the baselines {', '.join(BASELINES)}, not {request.baseline!r:.40}")
    total = len(request.methods)
    state: dict[str, Any] = {"loading": None, "answerKey": "", "inputs": [], "tracks": [], "errors": {}}
    state |= {"at": 0, "total": total, "working": "", "done": False}
    for report in load(request.model, request.gate):
        yield state | {"loading": report}
    model = language_model(request)
    trace = trace_of(model, request)
    targets = tuple(parse_target(trace, name) for name in dict.fromkeys(request.targets))
    job = ScoresJob(request, model, trace, targets)
    state |= {"answerKey": language_key(trace), "inputs": [_input(trace, segment) for segment in SEGMENTS]}
    tracks, errors = [], {}
    for at, name in enumerate(request.methods):
        yield state | {"at": at, "working": METHODS[name].title if name in METHODS else name}
        try:
            tracks = [*tracks, *(_track(trace, pair) for pair in scores_by(job, name))]
        except (ValueError, OSError) as error:
            errors = errors | {name: str(error)}
        except Exception:
            _LOG.exception("an attribution of a language model failed")
            errors = errors | {name: "something went wrong on the server"}
        state |= {"tracks": tracks, "errors": errors}
    yield state | {"at": total, "done": True}


def scores_by(job: ScoresJob, name: str) -> list[tuple[Attribution, Attribution]]:
    """The attributions of one method, to the passage and to the prompt, for each target it serves."""
    method = find_method(name)
    targets = [target for target in job.targets if ("gate" if target.is_gate else SCORE) in method.targets]
    if not method.runs_model:
        raise ValueError(f"{method.title} needs a score that is a sum; the words of a language model have none")
    if not targets:
        raise ValueError(f"{method.title} explains {' and '.join(method.targets)}s only; choose such a target")
    request, found = job.request, []
    for segment in SEGMENTS:
        parameters = affordable(method, method.check(request.methods[name]), job.units(segment), job.tokens())
        options = {"baseline": request.baseline, "granularity": request.granularity, "seed": request.seed}
        found.append(explain(job.model, job.over(segment), targets, name, **parameters, **options))
        forward, backward = found[-1][0].passes
        PACES.note(check_model(request.model), name, (forward + 2 * backward) * job.tokens(), found[-1][0].seconds)
    return list(zip(*found, strict=True))


def affordable(method: Method, parameters: dict, units: int, tokens: int) -> dict:
    """The parameters, with fewer steps where those adapt. Raises ValueError for a run that would take too long."""
    if parameters.get("max_steps") and not parameters.get("n_steps"):
        most = max(MIN_STEPS, MAX_TOKENS // (3 * tokens))
        parameters = parameters | {"max_steps": min(parameters["max_steps"], most)}
    forward, backward = method.passes(units, parameters)
    cost = int((forward + 2 * backward) * tokens)
    if cost > MAX_TOKENS and parameters.get("max_steps") != MIN_STEPS:
        raise ValueError(
            f"{method.title} would run {cost:,} tokens through the language model; at most {MAX_TOKENS:,} are taken "
            "here. Take sentences or words as units, fewer samples, or a shorter passage"
        )
    return parameters


def scores_cost(data: dict) -> dict:
    """{method: [passes, seconds], or why it would be refused}; data: model, granularity, texts [[text, tokens], …] of
    prompt, passage and answer, and methods with their parameters. Runs nothing.
    """
    texts = [(str(text), max(1, int(tokens))) for text, tokens in data["texts"]][:3]
    (_, prompt), (_, passage), (_, answer) = texts
    tokens = 2 * (prompt + answer) + passage
    counted = [
        count if data["granularity"] == "token" else min(count, _count(str(data["granularity"]), text))
        for text, count in texts
    ]
    costs: dict[str, Any] = {}
    for name, parameters in data["methods"].items():
        try:
            method = find_method(name)
            rows = [0, 0]
            for units in (counted[1] + counted[2], counted[0] + counted[2]):
                allowed = affordable(method, method.check(parameters), units, tokens)
                rows = [a + int(b) for a, b in zip(rows, method.passes(units, allowed), strict=True)]
            pace = PACES.of(str(data["model"]), name) or GUESS
            costs[name] = [sum(rows), (rows[0] + 2 * rows[1]) * tokens / pace]
        except ValueError as error:
            costs[name] = str(error)
    return costs


def _count(granularity: str, text: str) -> int:
    return len(groups(granularity, text, [word.span() for word in WORD.finditer(text)]))


def _input(trace: Trace, segment: int) -> dict:
    part = trace.inputs[segment]
    return {"name": part.name, "text": part.text, "offsets": page_places(part.text, part.offsets)}


def _track(trace: Trace, pair: tuple[Attribution, Attribution]) -> dict:
    """A `ScoresTrack`: the scores of both runs, and what they say of themselves."""
    over_passage, over_prompt = pair
    deltas = [one.convergence_delta for one in pair]
    return {
        "method": over_passage.method,
        "title": METHODS[over_passage.method].title,
        "target": over_passage.target,
        "label": over_passage.label,
        "signed": METHODS[over_passage.method].signed,
        "passage": over_passage.context_scores.astype(float).tolist(),
        "prompt": over_prompt.context_scores.astype(float).tolist(),
        "answer": over_passage.scores.astype(float).tolist(),
        "passageGroups": _groups(over_passage.context_groups, len(trace.inputs[1].tokens)),
        "promptGroups": _groups(over_prompt.context_groups, len(trace.inputs[0].tokens)),
        "answerGroups": _groups(over_passage.groups, len(trace.inputs[2].tokens)),
        "value": float(over_passage.value),
        "withoutPassage": float(over_passage.baseline_value),
        "withoutPrompt": float(over_prompt.baseline_value),
        "deltas": [None if delta is None or delta != delta else float(delta) for delta in deltas],
        "converged": all(one.converged for one in pair),
        "passes": sum(sum(one.passes) for one in pair),
        "seconds": sum(one.seconds for one in pair),
    }


def _groups(found, tokens: int) -> list[list[int]]:
    """The tokens [start, end) of each unit; without groups each token is one."""
    return [list(map(int, one)) for one in found] or [[t, t + 1] for t in range(tokens)]
