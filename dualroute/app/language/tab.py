"""Tab "Language model": which words of an answer came from a passage, and which the model knew."""

from typing import Any

import gradio as gr

from dualroute.app.components import REQUEST, answer_request, answer_stream, html_component, in_background
from dualroute.app.language.handlers import first_change, given, sources_of, write
from dualroute.app.language.scores import scores_cost, scores_each
from dualroute.app.language.start import start
from dualroute.export.scripts import asset

EVENTS = ("write_text", "read_answer", "cancel_text", "find_change", "find_sources", "cancel_sources")
EVENTS += ("find_scores", "cancel_scores")
# Each visitor's text has caches of its own, so two may be written at once; more would make all of them slow.
LANGUAGE_QUEUE = {"concurrency_id": "language", "concurrency_limit": 2}


def language_tab() -> None:
    """The tab, with stored answers on it. No language model is loaded before a visitor asks for one."""
    properties: dict[str, Any] = {"written": None, "changed": None, "sources": None, "scores": None}
    properties["server_functions"] = [scores_cost]
    language = html_component("language", start(), asset("language.html"), EVENTS, **properties)

    def write_text(event: gr.EventData):
        for payload in answer_stream(lambda request: in_background(write(request)), event._data):
            yield gr.HTML(written=payload)

    def read_answer(event: gr.EventData):
        for payload in answer_stream(lambda request: in_background(given(request)), event._data):
            yield gr.HTML(written=payload)

    def find_change(event: gr.EventData):
        return gr.HTML(changed=answer_request(first_change, event._data or {}))

    def find_sources(event: gr.EventData):
        for payload in answer_stream(lambda request: in_background(sources_of(request)), event._data):
            yield gr.HTML(sources=payload)

    def find_scores(event: gr.EventData):
        for payload in answer_stream(lambda request: in_background(scores_each(request)), event._data):
            yield gr.HTML(scores=payload)

    queue = REQUEST | LANGUAGE_QUEUE
    writing = language.write_text(write_text, None, language, api_name="write_text", **queue)
    reading = language.read_answer(read_answer, None, language, api_name="read_answer", **queue)
    searching = language.find_sources(find_sources, None, language, api_name="find_sources", **queue)
    explaining = language.find_scores(find_scores, None, language, api_name="find_scores", **queue)
    language.find_change(find_change, None, language, api_name="find_change", **queue)
    language.cancel_text(None, None, None, cancels=[writing, reading], api_visibility="private")
    language.cancel_sources(None, None, None, cancels=[searching], api_visibility="private")
    language.cancel_scores(None, None, None, cancels=[explaining], api_visibility="private")
