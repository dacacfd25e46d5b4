"""Endpoints of the language models for programs, which are also tools of MCP."""

import gradio as gr

from dualroute.app.components import ATTRIBUTION_QUEUE, as_plain_message
from dualroute.app.contracts import read_request
from dualroute.app.endpoints import JsonList, JsonObject, parse_json, to_json
from dualroute.app.language.handlers import begin, check_ids, language_model, trace_of
from dualroute.app.language.models import sources
from dualroute.app.language.requests import AnswerRequest, SourcesRequest, WriteRequest
from dualroute.app.language.tab import LANGUAGE_QUEUE

MOST_PARTS = 40


@as_plain_message
def trace_answer(
    prompt: str,
    passage: str,
    answer: str,
    model: str = "",
    gate: str = "",
    policy: str = "",
    threshold: float | None = None,
    overrides: JsonObject = "",
    temperature: float | None = None,
) -> str:
    """Send a given answer through both flows of a language model and return the trace as JSON text (`Trace.from_json`).

    Args:
        prompt: the question or instruction
        passage: the text that each token may read; several, with an empty line between two
        answer: the answer whose tokens are routed
        model: a language model; empty: the embedded one
        gate: divergence, entropy, confidence or the name of a trained gate; empty: the page's default
        policy: threshold, weighted_threshold, soft, direct or merged; empty: threshold
        threshold: θ, from 0 to 1; null: the gate's own
        overrides: JSON object of flipped tokens, for instance {"3": "direct"}; may be empty
        temperature: of both flows, from 0.05 to 5; null: 1
    """
    data = _texts(prompt, passage, model, gate, policy, threshold, overrides, temperature) | {"answer": answer}
    request = read_request(AnswerRequest, data)
    return trace_of(language_model(request), request).to_json()


@as_plain_message
def write_answer(
    prompt: str,
    passage: str,
    model: str = "",
    gate: str = "",
    policy: str = "",
    threshold: float | None = None,
    overrides: JsonObject = "",
    temperature: float | None = None,
    seed: int | None = None,
    top_p: float = 1.0,
    max_tokens: int = 64,
    begin_ids: JsonList = "[]",
) -> str:
    """Let a language model write an answer, each token by its route; JSON text with the tokens and why it stopped.

    Args:
        prompt: the question or instruction
        passage: the text that each token may read; several, with an empty line between two
        model: a language model; empty: the embedded one
        gate: divergence, entropy, confidence or the name of a trained gate; empty: the page's default
        policy: threshold, weighted_threshold, soft, direct or merged; empty: threshold
        threshold: θ, from 0 to 1; null: the gate's own
        overrides: JSON object of flipped tokens, for instance {"3": "direct"}; may be empty
        temperature: of both flows, from 0.05 to 5; null: 1
        seed: of random draws, one number for each position; null: the likeliest word each time
        top_p: draw among the likeliest words that together reach this probability
        max_tokens: the most tokens that are written, up to 256
        begin_ids: JSON list of token ids that the answer begins with; may be empty
    """
    data = _texts(prompt, passage, model, gate, policy, threshold, overrides, temperature)
    data |= {"seed": seed, "top_p": top_p, "max_tokens": max_tokens, "begin": parse_json(begin_ids, list, "begin_ids")}
    request = read_request(WriteRequest, data)
    language = language_model(request)
    check_ids(language, request.begin)
    writing = begin(language, request, request.decision, request.begin).run()
    tokens = [
        {
            "text": one.text,
            "id": one.id,
            "flow": one.flow,
            "rho": one.rho,
            "gate": one.gate,
            "probability": one.probability,
        }
        for one in writing.tokens
    ]
    costs = {name: getattr(writing.costs, name) for name in ("direct", "merged", "merged_alone", "both_flows")}
    stop = {"stop": writing.stop_reason, "stop_words": writing.stop_words}
    return to_json({"text": writing.text, "ids": writing.ids, "tokens": tokens, **stop, "costs": costs})


@as_plain_message
def answer_sources(
    prompt: str,
    passage: str,
    answer: str,
    by: str = "sentence",
    model: str = "",
    gate: str = "",
    policy: str = "",
    threshold: float | None = None,
    temperature: float | None = None,
) -> str:
    """Say which sentence, or which passage, made each token of an answer likely: each is left out in turn; JSON text.

    Args:
        prompt: the question or instruction
        passage: the text that each token may read; several, with an empty line between two
        answer: the answer whose tokens are explained
        by: sentence or passage
        model: a language model; empty: the embedded one
        gate: divergence, entropy, confidence or the name of a trained gate; empty: the page's default
        policy: threshold, weighted_threshold, soft, direct or merged; empty: threshold
        threshold: θ, from 0 to 1; null: the gate's own
        temperature: of both flows, from 0.05 to 5; null: 1
    """
    data = _texts(prompt, passage, model, gate, policy, threshold, "", temperature) | {"answer": answer, "by": by}
    request = read_request(SourcesRequest, data)
    language = language_model(request)
    trace = trace_of(language, request)
    found = sources(language, trace, request.by, MOST_PARTS)
    parts = [
        {
            "input": trace.inputs[part.segment].name,
            "text": part.text,
            "log_probability": found.routed[place],
            "route_effect": found.effect[place],
            "gate": found.gate[place],
        }
        for place, part in enumerate(found.parts)
    ]
    return to_json({"tokens": list(trace.tokens), "parts": parts})


def add_language_api() -> None:
    """Add the endpoints, in the queues of language models and attributions."""
    gr.api(trace_answer, api_name="trace_answer", **LANGUAGE_QUEUE)
    gr.api(write_answer, api_name="write_answer", **LANGUAGE_QUEUE)
    gr.api(answer_sources, api_name="answer_sources", **ATTRIBUTION_QUEUE)


def _texts(prompt, passage, model, gate, policy, threshold, overrides, temperature) -> dict:
    """The arguments that the endpoints share, as a `LanguageRequest` has them."""
    decision = {"policy": policy, "threshold": threshold, "overrides": parse_json(overrides, dict, "overrides")}
    texts = {"prompt": prompt, "passage": passage, "model": model, "gate": gate, "temperature": temperature}
    return texts | decision
