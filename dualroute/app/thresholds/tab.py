"""Tab "Thresholds": which θ, and what is lost. A θ is answered in the browser; the server only hands out rows.

Nothing of a visitor is kept.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path

import gradio as gr

from dualroute.app.components import MODEL_QUEUE, REQUEST, answer, answer_stream, html_component
from dualroute.app.contracts import MAX_ROWS, read_request, require_checkpoint
from dualroute.app.requests import RowRequest, RunRowsRequest, TextsRequest
from dualroute.app.thresholds.rows import data_file, find_row, own_rows, picture_url, task_of, trace_rows
from dualroute.checkpoints import (
    VARIANT,
    Checkpoint,
    CheckpointFiles,
    files_of,
    served_gates,
    served_routers,
    title_of,
)
from dualroute.export.saved_rows import rows_file_parts
from dualroute.export.scripts import asset
from dualroute.export.thresholds_payload import (
    NO_ROWS,
    WRITTEN,
    curve_payload,
    gate_payload,
    gate_title,
    nothing_measured_payload,
    rows_payload,
)
from dualroute.report.results import load_results
from dualroute.rows.gate_study import GateStudy, read_gate_study
from dualroute.rows.stored import RowStudy, read_rows
from dualroute.tasks import TASKS

EVENTS = ("run_rows", "stop_rows")
NOTHING_MEASURED = (
    "No rows were measured with this checkpoint yet. Run rows of your own below, or write its evaluation rows with "
    "“python -m dualroute rows {} --data FILE” and open the page again."
)
STEP = 4  # rows between two answers of a run; a run ends only at one


def thresholds_tab() -> None:
    """The view, empty: it asks for its rows when it is seen."""

    def load_rows(name: str) -> dict:
        return answer(rows_of, name)

    def texts_of(request: dict) -> dict:
        return answer(row_texts, request)

    def row_of(request: dict) -> dict:
        return answer(row_input, request)

    def file_parts(_: str) -> dict:
        return {"parts": rows_file_parts()}

    functions = [load_rows, texts_of, row_of, file_parts]
    properties = {"server_functions": functions, "own": None}
    view = html_component("thresholds", start(), asset("thresholds.html"), EVENTS, **properties)

    def on_run_rows(event: gr.EventData):
        for payload in answer_stream(run_rows, event._data):
            yield gr.HTML(own=payload)

    running = view.run_rows(on_run_rows, None, view, api_name="run_rows", **REQUEST, **MODEL_QUEUE)
    view.stop_rows(None, None, None, cancels=[running], api_visibility="private")


def start() -> dict:
    """What the component starts with: the checkpoints with rows or a stored curve, and how many own rows are taken.

    At last come the gates of language models that have rows.
    """
    names = [name for name, files in _in_order() if not files.is_shipped or has_measurement(files)]
    titles = {name: title_of(name) for name in names} | {name: gate_title(name) for name in measured_gates()}
    return {"names": [[name, title] for name, title in titles.items()], "most": MAX_ROWS}


def measured_gates() -> dict[str, CheckpointFiles]:
    """{name: files} of the gates of language models whose rows are stored."""
    return {name: files for name, files in served_gates().items() if files.rows.is_file()}


def row_names() -> list[str]:
    """The checkpoints whose rows or curve can be shown, as the address calls them."""
    return [name for name, _ in start()["names"]]


def rows_of(name: str) -> dict:
    """The `RowsPayload` of a checkpoint; a `CurvePayload` for one that writes its answer or has no rows.

    A checkpoint that nothing was measured with has a curve payload without a figure. Of a gate of a language model it
    is a `GateRowsPayload`.
    Raises ValueError for an unknown name, or rows of other weights than the checkpoint's.
    """
    if isinstance(name, str) and name in measured_gates():
        return gate_payload(stored_gate_study(name), name)
    files = files_of(require_checkpoint(name))
    checkpoint, argument = Checkpoint.read(files.folder), name if files.is_shipped else "FOLDER"
    if not has_measurement(files):
        return nothing_measured_payload(name, NOTHING_MEASURED.format(argument))
    if checkpoint.writes_text:
        return curve_payload(load_results(files.results), name, WRITTEN)
    if not files.rows.is_file():
        return curve_payload(load_results(files.results), name, NO_ROWS.format(argument).replace("`", ""))
    study = stored_study(name)
    revision = checkpoint.revision()
    if study.results["revision"] != revision:
        raise ValueError(
            f"the rows in {files.rows.name} are of revision {study.results['revision']}, the checkpoint is "
            f"{revision}; write them anew with `python -m dualroute rows {argument} --data FILE`"
        )
    return rows_payload(study, name, bool(checkpoint.config.get("early")), {}, data_file(study.results) is not None)


def row_texts(data: dict) -> dict:
    """{id: {x, h}} of rows whose texts the server has; data: a `TextsRequest`. Unknown ids are left out."""
    request = read_request(TextsRequest, data)
    study = stored_study(request.name)
    rows = [find_row(study.results, row_id) for row_id in request.ids if row_id in set(study.ids)]
    return {row.id: {"x": row.x, "h": row.h} for row in rows}


def row_input(data: dict) -> dict:
    """The `RowInput` of one row; data: a `RowRequest`. Raises ValueError where the server does not have its text."""
    request = read_request(RowRequest, data)
    study = stored_study(request.name)
    if request.id not in study.ids:
        raise ValueError(f"{request.name} has no row {request.id!r:.80}")
    row = find_row(study.results, request.id)
    image = picture_url(study.results, row) if row.image else ""
    return {"x": row.x, "h": row.h, "image": image}


def run_rows(data: dict) -> Iterator[dict]:
    """{done, total} while a visitor's rows are routed, then {rows: payload, notes}; data: a `RunRowsRequest`.

    Raises ValueError, in words for the visitor, for rows that cannot be run. Closing it stops the run.
    """
    request = read_request(RunRowsRequest, data)
    rows, notes = own_rows(request.content, request.file_name)
    coming, traces = trace_rows(request.name, rows), []
    while len(traces) < len(rows):
        yield {"done": len(traces), "total": len(rows)}
        traces += islice(coming, STEP)
    yield {"done": len(rows), "total": len(rows)}
    from dualroute.evaluation.row_study import study_traces

    study = study_traces(traces, rows, task_of(request.name).metric)
    texts = {row.id: {"x": row.x, "h": row.h} for row in rows}
    early = bool(Checkpoint.read(files_of(request.name).folder).config.get("early"))
    yield {"rows": rows_payload(study, request.name, early, texts), "notes": list(notes)}


def has_measurement(files: CheckpointFiles) -> bool:
    """Whether the rows or the results of a checkpoint are stored."""
    return files.rows.is_file() or files.results.is_file()


def stored_study(name: str) -> RowStudy:
    """The evaluation rows of a checkpoint. Raises as `read_rows`."""
    path = files_of(name).rows
    return _read_rows(path, path.stat().st_mtime_ns if path.is_file() else 0)


def stored_gate_study(name: str) -> GateStudy:
    """The rows of a language model's gate. Raises ValueError for rows of other weights, and as `read_gate_study`."""
    files = measured_gates()[name]
    study = _read_gate_rows(files.rows, files.rows.stat().st_mtime_ns)
    revision = Checkpoint.read(files.folder).revision()
    if study.results["revision"] != revision:
        raise ValueError(
            f"the rows in {files.rows.name} are of revision {study.results['revision']}, the gate is {revision}; "
            "write them anew with `python -m dualroute evaluate-gate FOLDER --data FILE --rows FILE`"
        )
    return study


@lru_cache(maxsize=4)
def _read_gate_rows(path: Path, changed: int) -> GateStudy:
    return read_gate_study(path)


@lru_cache(maxsize=4)
def _read_rows(path: Path, changed: int) -> RowStudy:
    """The rows of a file. changed: when it was written, since rows of an own checkpoint may be measured anew."""
    return read_rows(path)


def _in_order() -> list[tuple[str, CheckpointFiles]]:
    """Own checkpoints, then the shipped ones in the order of the page's tasks, of one task the plain name first."""
    tasks = list(TASKS)

    def place(item: tuple[str, CheckpointFiles]) -> tuple[int, str]:
        name, files = item
        base = name.split(VARIANT)[0]
        return (-1 if not files.is_shipped else tasks.index(base) if base in tasks else len(tasks)), name

    return sorted(served_routers().items(), key=place)
