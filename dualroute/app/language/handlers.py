"""Handlers of the tab "Language model": an answer is given or written, each of its tokens by its route.

They are generators, so that the page shows what there is so far; `components.in_background` stops them on a cancel.
Everything that belongs to one visitor's text, such as its caches, lives in the generator.
"""

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dualroute.app.contracts import read_request
from dualroute.app.language.models import check_gate, check_model, get_language_model, load, sources
from dualroute.app.language.requests import AnswerRequest, ChangeRequest, LanguageRequest, SourcesRequest, WriteRequest
from dualroute.export.language_payload import language_key, language_payload, page_places
from dualroute.export.trace_payload import pack
from dualroute.trace.decision import Decision
from dualroute.trace.record import Trace

if TYPE_CHECKING:
    from dualroute.families.context_lm.family import ContextLM
    from dualroute.families.context_lm.writing import Writing

MOST_BEFORE = 1_500  # tokens of prompt and passages that this page reads: some ten seconds on two cores
MOST_PARTS = 40  # that are left out in turn
ALONE = ("direct", "merged")  # flows whose texts stand beside the routed one
STRANGE = 0.9  # tokens a character from which on a model hardly knows a script


def language_model(request: LanguageRequest) -> "ContextLM":
    """The language model that a request names, loaded if need be; the texts are checked before anything runs."""
    model = get_language_model(request.model, request.gate)
    check_texts(model, request)
    return model


def check_texts(model: "ContextLM", request: LanguageRequest) -> None:
    """Raise ValueError for an empty prompt or passage, and for more than this page reads."""
    if not request.passage.strip():
        raise ValueError("the passage is empty: paste a text that the answer may read")
    before = len(model.read(request.prompt, request.passage).merged)
    if before > MOST_BEFORE:
        raise ValueError(
            f"the prompt and the passage have {before:,} tokens; this page reads at most {MOST_BEFORE:,}: shorten them"
        )


def trace_of(model: "ContextLM", request: AnswerRequest) -> Trace:
    """The trace of the answer in a request, a text or ids. Raises ValueError for an empty one."""
    check_ids(model, request.ids or [])
    if request.ids:
        return model.trace_written(request.prompt, request.passage, request.ids, request.decision)
    return model.trace(request.prompt, request.passage, request.answer, decision=request.decision)


def check_ids(model: "ContextLM", ids: list[int]) -> None:
    """Raise ValueError for a number that is no token of the model."""
    most = len(model.tokenizer)
    if wrong := [number for number in ids if number >= most]:
        raise ValueError(f"{wrong[0]} is no token of this model, which has {most:,}")


def payload_of(model: "ContextLM", trace: Trace, request: LanguageRequest) -> dict:
    """The `LanguagePayload` of a trace."""
    payload = language_payload(trace, model.gate.full, model.gate.threshold, model.limits)
    names = {"model": check_model(request.model), "gate": check_gate(request.gate)}
    return payload | names | {"notes": payload["notes"] + strange_notes(trace)}


def strange_notes(trace: Trace) -> list[str]:
    """Sentences about texts in a script that the model hardly knows: it reads them byte by byte."""
    return [
        f"The model hardly knows the script of the {part.name}: it reads it byte by byte, so expect nonsense."
        for part in trace.inputs
        if len(part.tokens) > 8 and len(part.tokens) > STRANGE * sum(not one.isspace() for one in part.text)
    ]


def given(data: dict) -> Iterator[dict]:
    """A `WrittenPayload` of an answer that the visitor gives, or of ids written before; data: an `AnswerRequest`."""
    request, state = read_request(AnswerRequest, data), _nothing()
    yield from _loading(request, state)
    model = language_model(request)
    state["payload"] = payload_of(model, trace_of(model, request), request)
    yield state | {"phase": "done"}


def write(data: dict) -> Iterator[dict]:
    """A `WrittenPayload` after every token: the routed answer, then what each flow alone writes; a `WriteRequest`."""
    request, state = read_request(WriteRequest, data), _nothing()
    yield from _loading(request, state)
    model = language_model(request)
    check_ids(model, request.begin)
    state["settings"] = {"seed": request.seed, "topP": request.top_p, "maxTokens": request.max_tokens}
    for flow in ("routed", *(ALONE if request.beside else ())):
        if flow == "routed":
            writing = begin(model, request, request.decision, request.begin)
        else:
            writing = begin(model, request, Decision(flow, temperature=request.temperature), ())
        start = time.perf_counter()
        state[flow] = writing_payload(writing, 0.0)
        yield state | {"phase": flow}
        for _ in writing:
            state[flow] = writing_payload(writing, time.perf_counter() - start)
            yield state | {"phase": flow}
        state[flow] = writing_payload(writing, time.perf_counter() - start)
        if flow == "routed":
            trace = model.trace_written(request.prompt, request.passage, writing.ids, request.decision)
            state["payload"] = payload_of(model, trace, request)
    yield state | {"phase": "done"}


def begin(model: "ContextLM", request: WriteRequest, decision: Decision, ids: Sequence[int]) -> "Writing":
    """A text that is written as a request asks, from the tokens `ids` on."""
    return model.write(
        request.prompt,
        request.passage,
        decision,
        seed=request.seed,
        top_p=request.top_p,
        max_tokens=request.max_tokens,
        begin=ids,
    )


def first_change(data: dict) -> dict:
    """A `ChangePayload`: the first token of a written text that the decision changes; data: a `ChangeRequest`.

    The random numbers at each position are those the text was written with.
    """
    request = read_request(ChangeRequest, data)
    model = language_model(request)
    check_ids(model, request.ids)
    if not request.ids:
        raise ValueError("the text has no tokens yet")
    writing = model.write(
        request.prompt, request.passage, request.decision, request.seed, request.top_p, begin=request.ids
    )
    return {"position": model.first_change(writing, request.decision)}


def sources_of(data: dict) -> Iterator[dict]:
    """A `SourcesPayload`: what the answer loses without each sentence, or each passage; data: a `SourcesRequest`."""
    request, start = read_request(SourcesRequest, data), time.perf_counter()
    empty = dict.fromkeys(("routed", "effect", "gate"), "")
    state: dict[str, Any] = {"loading": None, "answerKey": "", "by": request.by, "parts": [], **empty}
    state |= {"done": False, "seconds": 0.0}
    for report in load(request.model, request.gate):
        yield state | {"loading": report}
    yield state
    model = language_model(request)
    trace = trace_of(model, request)
    found = sources(model, trace, request.by, MOST_PARTS)
    yield sources_payload(trace, found, request.by) | {"seconds": time.perf_counter() - start}


def sources_payload(trace: Trace, found, by: str) -> dict:
    """The `SourcesPayload` of a `LeftOut`."""
    parts = []
    for part in found.parts:
        text = trace.inputs[part.segment].text
        (start, end), *_ = page_places(text, [(part.start, part.end)])
        parts.append({"input": trace.inputs[part.segment].name, "start": start, "end": end, "text": part.text})
    numbers = {name: pack(getattr(found, name)) for name in ("routed", "effect", "gate")}
    return {"loading": None, "answerKey": language_key(trace), "by": by, "parts": parts, **numbers, "done": True}


def writing_payload(writing: "Writing", seconds: float) -> dict:
    """The `WritingPayload` of a text so far."""
    costs = writing.costs
    return {
        "text": writing.text,
        "tokens": [token.text for token in writing.tokens],
        "ids": list(writing.ids),
        "rho": [token.rho for token in writing.tokens],
        "stop": writing.stop_reason,
        "stopWords": writing.stop_words,
        "costs": {
            "direct": costs.direct,
            "merged": costs.merged,
            "mergedAlone": costs.merged_alone,
            "bothFlows": costs.both_flows,
            "seconds": seconds,
        },
    }


def _nothing() -> dict[str, Any]:
    return {"phase": "loading"} | dict.fromkeys(("loading", "payload", "settings", "routed", "direct", "merged"))


def _loading(request: LanguageRequest, state: dict) -> Iterator[dict]:
    """Payloads while the language model is loaded. Raises ValueError for names that are not offered."""
    check_model(request.model)
    check_gate(request.gate)
    yield state
    for report in load(request.model, request.gate):
        yield state | {"loading": report}
