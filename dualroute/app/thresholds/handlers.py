"""Handlers of tab "Thresholds": rows of shipped checkpoints, their texts where they are at hand, a visitor's own rows.

What comes from a browser is checked here. Nothing of a visitor is kept.
"""

from collections.abc import Iterator
from functools import lru_cache

from dualroute.app.models import get_router, study_rows
from dualroute.app.thresholds import rows as row_texts
from dualroute.app.thresholds.rows import MOST_ROWS, check_answers, check_labels, read_own
from dualroute.checkpoints import VARIANT, Checkpoint, title_of
from dualroute.export.thresholds_payload import NO_ROWS, WRITTEN, curve_payload, rows_payload
from dualroute.paths import assets_dir, shipped
from dualroute.report.results import load_results
from dualroute.rows.corpus import without_context_tokens
from dualroute.rows.stored import RowStudy, read_rows
from dualroute.tasks import TASKS

MOST_IDS = 100
STEP = 4  # rows between two signs of life; a run ends only at one


def offered() -> dict:
    """What the component starts with: the checkpoints with rows or a stored curve, and how many own rows are taken."""
    names = [name for name in _in_order() if _rows_file(name).is_file() or _results_file(name).is_file()]
    return {"names": [[name, title_of(name)] for name in names], "most": MOST_ROWS}


def row_names() -> list[str]:
    """The checkpoints whose rows or curve can be shown, as the address calls them."""
    return [name for name, _ in offered()["names"]]


def load_rows(name: str) -> dict:
    """Payload of a checkpoint's rows. Raises ValueError for an unknown name, or rows of other weights than are here.

    Of a checkpoint that writes its answer, or has no rows, its stored curve and why there is no more.
    """
    _check_name(name)
    if _config(name).get("readout") == "generation":
        return curve_payload(load_results(_results_file(name)), name, WRITTEN)
    if not _rows_file(name).is_file():
        return curve_payload(load_results(_results_file(name)), name, NO_ROWS.format(name).replace("`", ""))
    study = _study(name)
    revision = Checkpoint.read(_folder(name)).revision()
    if study.results["revision"] != revision:
        raise ValueError(
            f"the rows in {_rows_file(name).name} are of revision {study.results['revision']}, the checkpoint is "
            f"{revision}; write them anew with `python -m dualroute rows {name} --data FILE`"
        )
    at_hand = row_texts.data_file(study.results) is not None
    return rows_payload(study, name, bool(_config(name).get("early")), {}, at_hand)


def texts_of(request: dict) -> dict:
    """{id: {x, h}} of rows whose texts are at hand; request: name, ids. Raises ValueError for more than `MOST_IDS`."""
    name, ids = _named(request), request.get("ids")
    if not isinstance(ids, list) or len(ids) > MOST_IDS or not all(isinstance(found, str) for found in ids):
        raise ValueError(f"the rows must be a list of at most {MOST_IDS} ids")
    results, known = _study(name).results, set(_study(name).ids)
    rows = [row_texts.find_row(results, found) for found in ids if found in known]
    return {row.id: {"x": row.x, "h": row.h} for row in rows}


def row_of(request: dict) -> dict:
    """{x, h, image} of one row, its picture as a `data:` URL; request: name, id. Raises ValueError without its text."""
    name, row_id = _named(request), request.get("id")
    study = _study(name)
    if not isinstance(row_id, str) or row_id not in study.ids:
        raise ValueError(f"{name} has no row {row_id!r}")
    row = row_texts.find_row(study.results, row_id)
    image = row_texts.picture_url(study.results, row) if row.image else ""
    return {"x": row.x, "h": row.h, "image": image}


def run_rows(request: dict) -> Iterator[dict]:
    """{done, total} while a visitor's rows are routed, then {rows: payload}; request: name, csv.

    Raises ValueError, in words for the visitor, for rows that cannot be run. Closing it stops the run.
    """
    name = _named(request)
    config, rows = _config(name), read_own(request.get("csv"))
    if config.get("readout") == "generation":
        raise ValueError("this checkpoint writes its answer: every θ is a run of its own, and there is no curve")
    if config.get("context") == "image":
        raise ValueError("the context of this checkpoint is a picture, and a table holds none")
    router, traces = get_router(name), []
    labels = tuple(router.model.config.label_names)
    check_answers(rows) if config.get("readout") == "span" else check_labels(rows, labels)
    for number, row in enumerate(rows):
        if number % STEP == 0:
            yield {"done": number, "total": len(rows)}
        traces.append(_traced(router, number, row))
    yield {"done": len(rows), "total": len(rows)}
    study = study_rows(traces, rows, TASKS[config["task"]].metric)
    texts = {row.id: {"x": row.x, "h": row.h} for row in rows}
    yield {"rows": rows_payload(study, name, bool(config.get("early")), texts)}


def _traced(router, number: int, row):
    try:
        return without_context_tokens(router.trace(row.x, row.h))
    except ValueError as error:
        raise ValueError(f"row {number + 1}: {error}") from error


def _named(request) -> str:
    """The checkpoint a request names."""
    if not isinstance(request, dict):
        raise ValueError(f"the request must be an object, not {type(request).__name__}")
    _check_name(request.get("name"))
    return request["name"]


def _check_name(name) -> None:
    if not isinstance(name, str) or name not in shipped():
        raise ValueError(f"unknown task {name!r}; there are {', '.join(shipped())}")


@lru_cache(maxsize=4)
def _study(name: str) -> RowStudy:
    return read_rows(_rows_file(name))


def _config(name: str) -> dict:
    return Checkpoint.read(_folder(name)).config


def _in_order() -> list[str]:
    """The shipped checkpoints, as the page has its tasks; of one task the plain name first."""
    tasks = list(TASKS)
    place = {name: tasks.index(base) if (base := name.split(VARIANT)[0]) in tasks else len(tasks) for name in shipped()}
    return sorted(place, key=lambda name: (place[name], name))


def _folder(name: str):
    return assets_dir() / "checkpoints" / name


def _rows_file(name: str):
    return assets_dir() / "rows" / f"{name}.npz"


def _results_file(name: str):
    return assets_dir() / "results" / f"{name}.json"
