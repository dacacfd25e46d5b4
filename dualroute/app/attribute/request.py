"""What a browser asks the workbench for, checked; and what it would cost. Nothing here runs a model but to trace."""

from dataclasses import dataclass

from dualroute.app.inspect import handlers
from dualroute.attribute.methods import METHODS, find_method
from dualroute.export.attribute_payload import BASELINES, GRANULARITIES
from dualroute.trace.granularity import WORD, groups
from dualroute.trace.record import Trace
from dualroute.trace.targets import parse_target

MOST_TARGETS, LONGEST_TARGET = 2, 300
LIMITS = {"seed": 2**31 - 1, "text": 2_000}


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
    if not any(text.strip() for text in texts):
        raise ValueError("a baseline of your own has words in one of its texts at least; without any, choose padding")
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
