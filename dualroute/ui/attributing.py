"""What the workbench asks for: attributions by several methods, and how faithful they are. Generators, so that the
page shows what there is so far; `background.in_background` makes a cancel take effect. No framework, no state."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from dualroute.figures.workbench import (
    BASELINES,
    EXACT,
    GRANULARITIES,
    agreement_payload,
    controls_payload,
    track_payload,
)
from dualroute.figures.workbench_measures import faithfulness_payload, measures_payload
from dualroute.interpret.attribution import Attribution
from dualroute.interpret.granularity import WORD, groups
from dualroute.interpret.methods import METHODS, SCORE, Method, find_method
from dualroute.interpret.targets import parse_target
from dualroute.interpret.trace import Trace
from dualroute.ui import handlers
from dualroute.ui.model_store import get_router

MOST_TARGETS, LONGEST_TARGET, FEWEST_STEPS = 2, 300, 14
# One method may run so many tokens through the model, about a minute on two cores; a gradient counts as two passes.
MOST_TOKENS = 600_000
LIMITS = {"seed": 2**31 - 1, "text": 2_000, "tokens": MOST_TOKENS}

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """A browser's request, checked.

    targets  one or two;  methods  parameters by name, as sent: each is checked when its turn comes
    texts    x and h of the baseline `text`, else None
    """

    checkpoint: str
    trace: Trace
    targets: tuple[str, ...]
    methods: dict[str, dict]
    baseline: str = "pad"
    texts: tuple[str, str] | None = None
    granularity: str = "token"
    seed: int = 0

    @property
    def options(self) -> dict:
        """Those that all methods share."""
        texts = {"baseline_texts": self.texts} if self.texts else {}
        return {"baseline": self.baseline, "granularity": self.granularity, "seed": self.seed} | texts

    @property
    def units(self) -> int:
        """How many parts of both texts get a score of their own."""
        trace, kind = self.trace, self.trace.spec.context
        other = self.granularity if kind == "text" else "token"
        contexts = 0 if kind == "backward" else _count(other, trace.h, len(trace.context_tokens))
        return _count(self.granularity, trace.x, len(trace.tokens)) + contexts


def controls() -> dict:
    """What the workbench's controls are built from."""
    return controls_payload(LIMITS)


def estimate(request: dict) -> dict:
    """{method: [forward, backward] rows, or the message of a wrong parameter}. Nothing is loaded and nothing run.

    request: granularity, methods {name: parameters}, and sides [[text, its tokens, whether it is text], …]
    """
    granularity = _one_of(_object(request, "request").get("granularity"), "granularity", GRANULARITIES)
    units = sum(_side(side, granularity) for side in request.get("sides") or [])
    found = {}
    for name, params in _methods(request).items():
        try:
            method = find_method(name)
            found[name] = [int(rows) for rows in method.passes(units, method.check(params))]
        except ValueError as error:
            found[name] = str(error)
    return found


def attribute_each(request: dict) -> Iterator[dict]:
    """One payload before each method and one at the end, with all tracks so far; of a method that failed its message.

    request: as for `handlers.attribute`, and targets, methods {name: parameters}, baseline, texts [x, h],
    granularity, seed. Raises ValueError, in words for the visitor, for what holds for all methods.
    """
    asked = checked(request)
    found, told = [], {"tracks": [], "errors": {}, "agreement": []}
    for done, name in enumerate(asked.methods):
        yield told | _progress(asked, done, METHODS[name].title if name in METHODS else str(name))
        try:
            found += attributed(asked, name)
            told = told | _drawn(found)
        except (ValueError, OSError) as error:
            told = told | {"errors": told["errors"] | {name: str(error)}}
        except Exception:
            _LOG.exception("an attribution failed")
            told = told | {"errors": told["errors"] | {name: "something went wrong on the server"}}
    yield told | _progress(asked, len(asked.methods), "")


def measure_each(request: dict) -> Iterator[dict]:
    """As `attribute_each`, of how faithful each attribution is: all records so far, with the share of work done."""
    asked = checked(request)
    router = get_router(asked.checkpoint)
    probe = router.probe(asked.trace, asked.targets, baseline=asked.baseline, baseline_texts=asked.texts)
    records, told = [], {"records": [], "errors": {}, "measures": measures_payload()}
    for done, name in enumerate(asked.methods):
        title = METHODS[name].title if name in METHODS else str(name)
        yield told | _progress(asked, done, title)
        try:
            for attribution in attributed(asked, name):
                for found in router.measure(asked.trace, attribution, seed=asked.seed, probe=probe):
                    if hasattr(found, "done"):
                        yield told | _progress(asked, done + found.done / max(1, found.total), title)
                    else:
                        records.append(faithfulness_payload(found))
            told = told | {"records": list(records)}
        except (ValueError, OSError) as error:
            told = told | {"errors": told["errors"] | {name: str(error)}}
    yield told | _progress(asked, len(asked.methods), "")


def attributed(asked: Asked, name: str) -> list[Attribution]:
    """The attributions of a method to those targets that it serves. Raises ValueError where it serves none."""
    method = find_method(name)
    params = method.check(asked.methods[name])
    targets = [target for target in asked.targets if _kind(asked.trace, target) in method.targets]
    if not targets:
        raise ValueError(f"{method.title} explains {' and '.join(method.targets)}s only; choose such a target")
    params = _affordable(asked, method, params)
    router = get_router(asked.checkpoint)
    return list(router.attribute_many(asked.trace, tuple(targets), method=name, **asked.options, **params))


def checked(request: dict) -> Asked:
    """The request, its trace made. Raises ValueError naming what is wrong and the limit."""
    trace = handlers.asked_for(request)
    targets = request.get("targets")
    if not isinstance(targets, list) or not 1 <= len(targets) <= MOST_TARGETS:
        raise ValueError(f"targets must be a list of 1 to {MOST_TARGETS} names, not {targets!r:.80}")
    for target in targets:
        if not isinstance(target, str) or len(target) > LONGEST_TARGET:
            raise ValueError(f"a target is a text of at most {LONGEST_TARGET} characters, not {target!r:.80}")
        parse_target(trace, target)
    baseline = _one_of(request.get("baseline", "pad"), "baseline", BASELINES)
    return Asked(
        checkpoint=request["checkpoint"],
        trace=trace,
        targets=tuple(dict.fromkeys(targets)),
        methods=_methods(request),
        baseline=baseline,
        texts=_texts(request.get("texts")) if baseline == "text" else None,
        granularity=_one_of(request.get("granularity", "token"), "granularity", GRANULARITIES),
        seed=_whole(request.get("seed", 0), "seed", 0, LIMITS["seed"]),
    )


def _progress(asked: Asked, done: int, working: str) -> dict:
    return {"done": done, "total": len(asked.methods), "working": working, "passes": 0}


def _drawn(found: list) -> dict:
    exact = {one.target: one for one in found if one.method == EXACT}
    return {
        "tracks": [track_payload(one, exact.get(one.target)) for one in found],
        "agreement": agreement_payload(found),
    }


def _kind(trace: Trace, target: str) -> str:
    return "gate" if parse_target(trace, target).is_gate else SCORE


def _affordable(asked: Asked, method: Method, params: dict) -> dict:
    """The parameters, fewer steps at most where they adapt. Before it begins, what would take minutes is refused."""
    tokens, units = len(asked.trace.tokens) + len(asked.trace.context_tokens), asked.units
    if params.get("max_steps") and not params.get("n_steps"):
        params = params | {"max_steps": min(params["max_steps"], max(FEWEST_STEPS, MOST_TOKENS // (3 * tokens)))}
    forward, backward = method.passes(units, params)
    cost = int((forward + 2 * backward) * tokens)
    if cost > MOST_TOKENS and not params.get("max_steps") == FEWEST_STEPS:
        raise ValueError(
            f"{method.title} would run {cost:,} tokens through the model, for {units:,} units; at most "
            f"{MOST_TOKENS:,} are taken here. Take fewer samples, words or sentences as units, or a shorter text"
        )
    return params


def _count(granularity: str, text: str, tokens: int) -> int:
    """How many units a text of so many tokens has."""
    words = [word.span() for word in WORD.finditer(text)]
    return tokens if granularity == "token" else min(tokens, len(groups(granularity, text, words)))


def _side(side, granularity: str) -> int:
    text, tokens, is_text = side if isinstance(side, list) and len(side) == 3 else (None, 0, False)
    if not isinstance(text, str) or len(text) > handlers.MAX_CHARACTERS:
        raise ValueError(f"a side is a text of at most {handlers.MAX_CHARACTERS:,} characters and its number of tokens")
    return _count(granularity if is_text else "token", text, _whole(tokens, "tokens", 0, 100_000))


def _methods(request: dict) -> dict[str, dict]:
    methods = request.get("methods")
    if not isinstance(methods, dict) or not 1 <= len(methods) <= len(METHODS):
        raise ValueError(f"choose at least one method and at most {len(METHODS)}")
    for name, params in methods.items():
        _object(params, f"the parameters of {name!r:.40}")
    return methods


def _texts(texts) -> tuple[str, str]:
    if not isinstance(texts, list) or len(texts) != 2 or not all(isinstance(text, str) for text in texts):
        raise ValueError("a baseline of your own is two texts, one for each input")
    longest = max(map(len, texts))
    if longest > LIMITS["text"]:
        raise ValueError(f"a baseline text has at most {LIMITS['text']:,} characters, not {longest:,}")
    return texts[0], texts[1]


def _object(value, name: str) -> dict:
    if not isinstance(value, dict):
        raise ValueError(f"{name} must be an object, not {type(value).__name__}")
    return value


def _one_of(value, name: str, allowed) -> str:
    if value not in list(allowed):
        raise ValueError(f"unknown {name} {value!r:.40}; choose one of {', '.join(allowed)}")
    return value


def _whole(value, name: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low:,} to {high:,}, not {value!r:.40}")
    return value
