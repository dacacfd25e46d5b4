"""Tab "Language model": which words of an answer came from a passage, and which the model knew."""

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from dualroute.app.components import (
    ATTRIBUTION_QUEUE,
    REQUEST,
    answer_request,
    answer_stream,
    html_component,
    in_background,
)
from dualroute.app.language.handlers import first_change, given, sources_of, write
from dualroute.app.language.scores import scores_cost, scores_each
from dualroute.app.language.start import start
from dualroute.export.saved_views import parts_of, saved_language
from dualroute.export.scripts import language_template

EVENTS = (
    *("write_text", "read_answer", "cancel_text", "find_change", "shell"),
    *("find_sources", "cancel_sources", "find_scores", "cancel_scores"),
)
# Each visitor's text has caches of its own, so two may be written at once; more would make all of them slow.
LANGUAGE_QUEUE = {"concurrency_id": "language", "concurrency_limit": 2}


def language_tab() -> None:
    """The tab, with stored answers on it. No language model is loaded before a visitor asks for one."""
    properties: dict[str, Any] = dict.fromkeys(("written", "changed", "sources", "scores", "shell"))
    properties["server_functions"] = [scores_cost]
    template = language_template(os.environ.get("SPACE_ID", ""))
    language = html_component("language", start(), template, EVENTS, **properties)

    def find_change(event: gr.EventData):
        return gr.HTML(changed=json.dumps(answer_request(first_change, event._data or {})))

    def on_shell(event: gr.EventData):
        return gr.HTML(shell=json.dumps(answer_request(lambda _: {"parts": parts_of(saved_language())}, event._data)))

    queue, slow = REQUEST | LANGUAGE_QUEUE, REQUEST | ATTRIBUTION_QUEUE
    writing = language.write_text(_parts(write, "written"), None, language, api_name="write_text", **queue)
    reading = language.read_answer(_parts(given, "written"), None, language, api_name="read_answer", **queue)
    searching = language.find_sources(_parts(sources_of, "sources"), None, language, api_name="find_sources", **slow)
    explaining = language.find_scores(_parts(scores_each, "scores"), None, language, api_name="find_scores", **slow)
    language.find_change(find_change, None, language, api_name="find_change", **queue)
    language.shell(on_shell, None, language, api_name="language_shell", **REQUEST)
    for stop, stopped in (
        (language.cancel_text, [writing, reading]),
        (language.cancel_sources, [searching]),
        (language.cancel_scores, [explaining]),
    ):
        stop(None, None, None, cancels=stopped, api_visibility="private")


def _parts(handler: Callable[[dict], Iterator[dict]], name: str) -> Callable:
    """An event's function that answers part by part, in the property `name`.

    Payloads travel as JSON text: the framework copies all values of a component at every token, part by part.
    """

    def run(event: gr.EventData):
        for payload in answer_stream(lambda request: in_background(handler(request)), event._data):
            properties: dict[str, Any] = {name: json.dumps(payload)}
            yield gr.HTML(**properties)

    return run
