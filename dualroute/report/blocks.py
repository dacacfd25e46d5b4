"""Content of the Results tab as plain JSON: headings, texts, tables and plotly figures, in reading order."""

import json
import re
from collections.abc import Callable

from dualroute.checkpoints import title_of
from dualroute.report.results import EVALUATION, RECOVERY_AIM, kind
from dualroute.report.tables import Table, in_order, overview_table, recovery_table, result_table

OVERVIEW = "overview"
OVERVIEW_TEXT = (
    "Every shipped checkpoint on rows it was not trained on. A router has to beat three rivals: the same model without "
    "context, the same model with full context, and random reading, which lets the same share of tokens read."
)
PLAUSIBILITY_TEXT = (
    "People marked words in these texts. A ranking of words agrees with them as far as it puts the marked ones first. "
    "Agreement says that an explanation convinces, not that it is true of the model."
)
FAITHFULNESS_TEXT = (
    "An attribution is faithful where the words it names matter to the model. They are erased in its order and in "
    "random orders, x and h together, and the model is asked what is left of the probability, or of the gate."
)
RECOVERY_TEXT = (
    "On a planted task it is known which tokens need the context. Labels and a cost of reading teach the gate; the "
    "truth is only used to measure it."
)


def choices(stored: dict[str, dict]) -> list[tuple[str, str]]:
    """Return (title, name) of every report, the overview first; `stored` is the return value of `results.load_all`."""
    evaluations = [(title_of(name), name) for name in _evaluations(stored)]
    others = [(_other_title(name, results), name) for name, results in stored.items() if kind(results) in OTHERS]
    return [("Overview", OVERVIEW), *evaluations, *others]


def blocks(name: str, stored: dict[str, dict]) -> list[dict]:
    """Return the blocks of the report called `name`. Raises KeyError for an unknown name."""
    if name == OVERVIEW:
        return _overview([stored[evaluation] for evaluation in _evaluations(stored)])
    results = stored[name]
    return {EVALUATION: _evaluation, **OTHERS}[kind(results)](results)


def _evaluations(stored: dict[str, dict]) -> list[str]:
    """Return the names of all evaluations in the page's order of tasks; within a task the plain name comes first."""
    named = [results | {"file": name} for name, results in stored.items() if kind(results) == EVALUATION]
    return [results["file"] for results in in_order(named)]


def _overview(many: list[dict]) -> list[dict]:
    from dualroute.report.dots import gains_figure

    label = "For each checkpoint the gain of routing over random reading, full context and no context."
    return [
        _text(OVERVIEW_TEXT),
        _table(overview_table(many, titled=True), best=_best_flow),
        _heading("What routing gains, with 95% intervals"),
        _figure(gains_figure(many), label),
    ]


def _evaluation(results: dict) -> list[dict]:
    from dualroute.report.curves import curve_figure
    from dualroute.report.dots import groups_figure
    from dualroute.report.reading import reading

    summary = reading(results)
    content = [_text(summary, "reading"), _heading("Quality by the share of tokens that read")]
    content.append(_figure(curve_figure(results), f"One point per θ, with 95% bands. {summary}"))
    if results.get("groups"):
        content.append(_heading("The same in parts of the rows"))
        content.append(_figure(groups_figure(results), "Each decision over all rows and over each part of them."))
    content += _gate_use(results) if "gate_use" in results else []
    return [*content, _heading("All numbers"), _table(result_table(results), best=_best_decision)]


def _gate_use(results: dict) -> list[dict]:
    from dualroute.report.gate_use import gate_use_reading, gate_use_table

    table = _table(gate_use_table(results))
    return [_heading("Do gates open where reading matters?"), _text(gate_use_reading(results)), table]


def _recovery(results: dict) -> list[dict]:
    from dualroute.report.dots import recovery_figure

    reached = [entry for entry in results["routers"] if entry["auroc_mean"] >= RECOVERY_AIM]
    missed = [_router(entry) for entry in results["routers"] if entry["auroc_mean"] < RECOVERY_AIM]
    summary = (
        f"{len(reached)} of {len(results['routers'])} routers reach a mean AUROC of {RECOVERY_AIM} against the truth"
    )
    summary += f"; {', '.join(missed)} do not." if missed else "."
    figure = _figure(recovery_figure(results), f"AUROC of every router's gate, one dot per seed. {summary}")
    return [_text(summary, "reading"), _text(RECOVERY_TEXT), figure, _table(recovery_table(results))]


def _router(entry: dict) -> str:
    return entry["router"] + (" (early)" if entry["early"] else "")


def _search(results: dict) -> list[dict]:
    from dualroute.report.search import search_figure, search_table

    table = search_table(results)
    label = "What every trial reaches by the share of tokens that read."
    return [
        _heading("Every trial by the share of tokens that read"),
        _figure(search_figure(results), label),
        _table(table),
    ]


def _plausibility(results: dict) -> list[dict]:
    from dualroute.report import plausibility

    tables, content = plausibility.plausibility_tables(results), [_text(PLAUSIBILITY_TEXT)]
    for question in results["questions"]:
        summary, drawing = plausibility.reading(question), plausibility.plausibility_figure(question)
        figure = _figure(drawing, f"One dot per ranking, with its interval. {summary}")
        content += [_heading(question["title"]), _text(summary, "reading"), figure, _table(tables[question["name"]])]
    return content


def _faithfulness(results: dict) -> list[dict]:
    from dualroute.report import faithfulness, paired

    readings = [faithfulness.reading(results, target) for target in results["targets"]]
    label = f"Comprehensiveness of every method with its interval, and of random orders. {' '.join(readings)}"
    content = [_text(text, "reading") for text in readings]
    content += [_text(FAITHFULNESS_TEXT), _figure(faithfulness.faithfulness_figure(results), label)]
    content += [_text(text) for text in paired.refusals(results)]
    if tests := paired.paired_table(results):
        content += [_heading("Which method is more faithful than which?")]
        content += [_text(text) for target in results["targets"] for text in paired.verdicts(results, target)]
        content += [_table(tests)]
    flips = faithfulness.flips_reading(results)
    content += [_heading("Flipping the tokens that read the context"), _text(flips)] if flips else []
    return [*content, _heading("All numbers"), _table(faithfulness.faithfulness_table(results))]


def _word_truth(results: dict) -> list[dict]:
    from dualroute.report.word_truth import word_truth_reading, word_truth_table

    return [_text(word_truth_reading(results), "reading"), _table(word_truth_table(results))]


def _passage_gate(results: dict) -> list[dict]:
    from dualroute.report.passage_gate import (
        groups_table,
        passage_gate_reading,
        shares_table,
        written_reading,
        written_table,
    )

    content = [_text(passage_gate_reading(results), "reading"), _table(groups_table(results))]
    if "written" in results:
        content.append(_heading("Answers that the model writes"))
        content += [_text(written_reading(results), "reading"), _table(written_table(results))]
    return [*content, _heading("Right passages, by the share of tokens that read"), _table(shares_table(results))]


OTHERS = {
    "passage_gate": _passage_gate,
    "faithfulness": _faithfulness,
    "word_truth": _word_truth,
    "gate_recovery": _recovery,
    "search": _search,
    "plausibility": _plausibility,
}


def _other_title(name: str, results: dict) -> str:
    if kind(results) == "gate_recovery":
        return "Does a gate find the truth?"
    if kind(results) == "passage_gate":
        return f"Which tokens need the passage? {results['checkpoint']}"
    if kind(results) == "faithfulness":
        return f"Which attribution to trust? {title_of(results['checkpoint'])}"
    if kind(results) == "word_truth":
        return f"Do answers depend on the words that explain them? {title_of(results['checkpoint'])}"
    if kind(results) == "plausibility":
        return f"Do people agree? {title_of(results['checkpoint'])}"
    return f"Search: {title_of(results.get('task', name))}"


def _heading(text: str) -> dict:
    return {"kind": "heading", "text": text}


def _text(text: str, role: str = "note") -> dict:
    return {"kind": "text", "text": text, "role": role}


Places = list[list[int]]  # row and column of cells of a table


def _table(table: Table, best: Callable[[list[list[str]]], Places] = lambda rows: []) -> dict:
    """Return the table without Markdown marks.

    best  finds the cells that stand out among their like
    `strong` lists the indices of the rows that were marked as bold.
    """
    strong = [i for i, row in enumerate(table.rows) if row and row[0].startswith("**")]
    rows = [[_without_marks(cell) for cell in row] for row in table.rows]
    note, columns = _without_marks(table.note), list(table.columns)
    return {"kind": "table", "columns": columns, "rows": rows, "strong": strong, "best": best(rows), "note": note}


def _best_flow(rows: list[list[str]]) -> Places:
    """The best of no context, full context and routed in each row of the overview."""
    return [place for i, row in enumerate(rows) for place in _highest({(i, j): row[j] for j in (2, 3, 4)})]


def _best_decision(rows: list[list[str]]) -> Places:
    """The best main score over all rows of the decisions that can be taken: the oracle knows the answers."""
    return _highest({(i, 2): row[2] for i, row in enumerate(rows) if "rows):" not in row[0] and "oracle" not in row[0]})


def _highest(cells: dict[tuple[int, int], str]) -> Places:
    values = {place: float(text.split()[0].rstrip("%")) for place, text in cells.items() if text}
    return [list(place) for place, value in values.items() if value == max(values.values())]


def _without_marks(text: str) -> str:
    """The text without Markdown marks, with true minus signs."""
    return re.sub(r"(?<![\w.])-(?=\d)", "−", text.replace("*", "").replace("`", ""))


def _figure(figure, label: str) -> dict:
    """Return the figure with `label`, its description in words for readers who do not see it."""
    return {"kind": "figure", "figure": json.loads(figure.to_json()), "label": label}
