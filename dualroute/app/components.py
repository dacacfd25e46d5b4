"""What the components of all tabs share: how they are made, how they answer, and their queues."""

import inspect
import logging
import queue
import threading
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import gradio as gr

from dualroute.app.memory import give_back
from dualroute.export.scripts import SCRIPT, STYLE, bundle_digest, plotly_js
from dualroute.paths import assets_dir
from dualroute.progress import Cancelled, progress_reported_to

SERVER_ERROR = "something went wrong on the server"
BEAT = 0.3  # seconds between two answers of a long run; the framework can end a handler only where it yields
# Another request of the same kind waits for the one under way, instead of being dropped.
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": "always_last"}
# "always_last" would send the first request's data once more; the page itself sends one request at a time.
REQUEST: dict[str, Any] = QUIET | {"trigger_mode": "multiple"}
MODEL_QUEUE = {"concurrency_id": "model", "concurrency_limit": 2}
# One visitor's long attribution must not make the others wait; with more at once all would be slow.
ATTRIBUTION_QUEUE = {"concurrency_id": "attribute", "concurrency_limit": 3}

_LOG = logging.getLogger(__name__)


def html_component(
    folder: str, value, template: str, events: tuple[str, ...] = (), elem_id: str = "", **properties
) -> gr.HTML:
    """A component with a static template. Text that people typed reaches it through `textContent` only.

    folder    what `frontend/src/main.ts` calls it
    template  its HTML, where PLOTLY_URL stands for plotly's address; the framework evaluates `${…}` in it
    events    what it may ask the server; the component has a listener of each name
    elem_id   its id on the page; empty: `folder`
    """
    return gr.HTML(
        value,
        html_template=with_plotly(template),
        css_template="",
        js_on_load=mount_script(folder, events),
        head=bundle_head(),
        apply_default_css=False,
        elem_id=elem_id or folder,
        **properties,
    )


def mount_script(folder: str, events: tuple[str, ...]) -> str:
    """The lines that hand a component's element to the page's script.

    The framework makes a listener of every name that stands quoted in them, so a comment quotes the events. Raises
    ValueError for one that is a parameter of `gr.HTML`, whose value would become a listener.
    """
    taken = {folder, *events} & set(inspect.signature(gr.HTML).parameters)
    if taken:
        raise ValueError(f"an event cannot be called {', '.join(sorted(taken))}: gr.HTML has a parameter of that name")
    quoted = " ".join(f"'{event}'" for event in events)
    host = "element, props, trigger, watch, server: typeof server === typeof void 0 ? void 0 : server"
    return f"DualRoute.mount('{folder}', {{ {host} }}); /* events: {quoted} */"


def bundle_head() -> str:
    """The tags of the page's script and style sheet, which the page serves from now on.

    The framework loads each address once, and the script before a component's lines run.
    """
    script, style = (static_url(name) for name in (SCRIPT, STYLE))
    return f'<link rel="stylesheet" href="{style}"><script src="{script}"></script>'


def static_url(name: str) -> str:
    """The address of a built file; another content has another address, so browsers may keep it."""
    path = assets_dir() / name
    gr.set_static_paths([str(path)])
    return f"/gradio_api/file={path}?v={bundle_digest(name)}"


def with_plotly(template: str) -> str:
    """The template with plotly's address in the place of PLOTLY_URL."""
    return template.replace("PLOTLY_URL", plotly_url()) if "PLOTLY_URL" in template else template


def plotly_url() -> str:
    """The address of plotly's bundle, a file of its Python package, which the page serves from now on."""
    bundle = plotly_js()
    gr.set_static_paths([str(bundle)])
    return f"/gradio_api/file={bundle}"


def as_message(handler: Callable) -> Callable:
    """Show a ValueError or OSError of the handler as a message on the page, without a traceback in the log.

    Markup is escaped: the page draws messages as HTML, and a message may quote what was sent.
    """
    return _with_words(handler, lambda text: text.replace("&", "&amp;").replace("<", "&lt;"))


def as_plain_message(handler: Callable) -> Callable:
    """The same for programs, which read a message as it is."""
    return _with_words(handler, str)


def _with_words(handler: Callable, written: Callable[[str], str]) -> Callable:
    @wraps(handler)
    def wrapped(*args, **kwargs):
        try:
            return handler(*args, **kwargs)
        except (ValueError, OSError) as error:
            raise gr.Error(written(_sentence(str(error))), print_exception=False) from error

    return wrapped


def answer(handler: Callable[..., dict], data) -> dict:
    """The handler's payload or {error}: the page waits for an answer and must get one."""
    try:
        return handler(data)
    except Exception as error:
        return {"error": _words(error)}


def answer_request(handler: Callable[[dict], dict], data) -> dict:
    """The same with the request's id, and with its key unless the payload has its own."""
    known = {name: data.get(name) for name in ("id", "key")} if isinstance(data, dict) else {}
    return known | answer(handler, data) | {"id": known.get("id")}


def answer_stream(handler: Callable[[dict], Iterator[dict]], data) -> Iterator[dict]:
    """All payloads of a handler that takes long, or {error} at the end, each with the request's id."""
    known = {"id": data.get("id")} if isinstance(data, dict) else {}
    try:
        for payload in handler(data):
            yield known | payload
    except Exception as error:
        yield known | {"error": _words(error)}


def in_background(work: Iterator[dict], beat: float = BEAT) -> Iterator[dict]:
    """What `work` yields, as it comes; in between, every `beat` seconds, the last payload with `passes` so far.

    Closing this generator (a visitor cancels or leaves) stops `work` at its next pass through the model. An exception
    of `work` is raised here.
    """
    results: queue.SimpleQueue = queue.SimpleQueue()
    stop, passes = threading.Event(), [0.0]
    thread = threading.Thread(target=_work, args=(work, results, stop, passes), daemon=True, name="attributing")
    thread.start()
    last: dict = {}
    try:
        while True:
            try:
                result = results.get(timeout=beat)
            except queue.Empty:
                result = last
            if result is None:
                return
            if isinstance(result, BaseException):
                raise result
            last = result
            yield last | {"passes": round(passes[0])}
    finally:
        stop.set()


def _work(work: Iterator[dict], results: queue.SimpleQueue, stop: threading.Event, passes: list[float]) -> None:
    def count(rows: float) -> None:
        if stop.is_set():
            raise Cancelled
        passes[0] += rows

    try:
        with progress_reported_to(count):
            for result in work:
                if stop.is_set():
                    break
                results.put(result)
    except Cancelled:
        pass
    except Exception as error:
        results.put(error)
    finally:
        results.put(None)
        give_back()


def _words(error: Exception) -> str:
    """What a visitor reads: the message of an error that is meant for visitors, else a word that hides the rest."""
    if isinstance(error, ValueError | OSError):
        return str(error)
    _LOG.error("a request of the page failed", exc_info=error)
    return SERVER_ERROR


def _sentence(text: str) -> str:
    """The text with a capital letter and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
