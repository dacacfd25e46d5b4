"""What the workbench asks for: attributions by several methods, and how faithful they are. Generators, so that the
page shows what there is so far; `background.in_background` makes a cancel take effect. No framework, no state."""

import logging
from collections.abc import Iterator

from dualroute.app.attribute.request import LIMITS, Asked, checked
from dualroute.app.attribute.shared import attributions_of
from dualroute.app.models import get_router
from dualroute.attribute.methods import METHODS, SCORE, Method, find_method
from dualroute.export.attribute_payload import controls_payload, faithfulness_payload, measures_payload, run_payload
from dualroute.measures.faithfulness import Faithfulness
from dualroute.trace.attribution import Attribution
from dualroute.trace.record import Trace
from dualroute.trace.targets import parse_target

FEWEST_STEPS = 14
# One method may run so many tokens through the model, about a minute on two cores; a gradient counts as two passes.
MOST_TOKENS = 600_000

_LOG = logging.getLogger(__name__)


def controls() -> dict:
    """What the workbench's controls are built from."""
    return controls_payload(LIMITS)


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
            told = told | run_payload(found)
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
            attributions = attributed(asked, name)
            for place, attribution in enumerate(attributions):
                for found in router.measure(asked.trace, attribution, seed=asked.seed, probe=probe):
                    if isinstance(found, Faithfulness):
                        records.append(faithfulness_payload(found))
                    else:
                        share = (place + found.done / max(1, found.total)) / len(attributions)
                        yield told | _progress(asked, done + share, title)
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
    return attributions_of(asked.trace, targets, name, **_affordable(asked, method, params), **asked.options)


def _progress(asked: Asked, done: float, working: str) -> dict:
    return {"done": done, "total": len(asked.methods), "working": working, "passes": 0}


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
