"""What tab "Results" shows, as plain JSON: headings, texts, tables and plotly figures in the order of reading."""

import json

from dualroute.checkpoints import title_of
from dualroute.report.results import EVALUATION, kind
from dualroute.report.tables import Table, in_order, overview_table, recovery_table, result_table

OVERVIEW = "overview"
AIM = 0.98  # of the gate's AUROC on the planted task
OVERVIEW_TEXT = (
    "Every checkpoint as it is shipped, on rows it was not trained on. What a router has to beat is not only each flow "
    "alone, but gates dealt out at random that merge just as many tokens."
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
    """(title, name) of what can be looked at, the overview first. stored: as `results.load_all` gives it."""
    evaluations = [(title_of(name), name) for name in _evaluations(stored)]
    others = [(_other_title(name, found), name) for name, found in stored.items() if kind(found) in OTHERS]
    return [("Overview", OVERVIEW), *evaluations, *others]


def blocks(name: str, stored: dict[str, dict]) -> list[dict]:
    """The blocks of one choice. Raises KeyError for a name that is none."""
    if name == OVERVIEW:
        return _overview([stored[found] for found in _evaluations(stored)])
    results = stored[name]
    return {EVALUATION: _evaluation, **OTHERS}[kind(results)](results)


def _evaluations(stored: dict[str, dict]) -> list[str]:
    """Names, as the page has its tasks; of one task the plain name first."""
    named = [found | {"file": name} for name, found in stored.items() if kind(found) == EVALUATION]
    return [found["file"] for found in in_order(named)]


def _overview(many: list[dict]) -> list[dict]:
    from dualroute.report.dots import gains_figure

    label = "For each checkpoint the gain of routing over random gates, merging always and direct alone."
    return [
        _text(OVERVIEW_TEXT),
        _table(overview_table(many)),
        _heading("What routing gains, with 95 % intervals"),
        _figure(gains_figure(many), label),
    ]


def _evaluation(results: dict) -> list[dict]:
    from dualroute.report.curves import curve_figure
    from dualroute.report.dots import groups_figure
    from dualroute.report.reading import reading

    read = reading(results)
    shown = [_text(read, "reading"), _heading("Quality against the share of tokens merged")]
    shown.append(_figure(curve_figure(results), f"One point per θ, with 95 % bands. {read}"))
    if results.get("groups"):
        shown.append(_heading("The same in parts of the rows"))
        shown.append(_figure(groups_figure(results), "Each decision over all rows and over each part of them."))
    return [*shown, _heading("All numbers"), _table(result_table(results))]


def _recovery(results: dict) -> list[dict]:
    from dualroute.report.dots import recovery_figure

    reached = [entry for entry in results["routers"] if entry["auroc_mean"] >= AIM]
    missed = [_router(entry) for entry in results["routers"] if entry["auroc_mean"] < AIM]
    told = f"{len(reached)} of {len(results['routers'])} routers reach a mean AUROC of {AIM} against the truth"
    told += f"; {', '.join(missed)} do not." if missed else "."
    figure = _figure(recovery_figure(results), f"AUROC of every router's gate, one dot per seed. {told}")
    return [_text(told, "reading"), _text(RECOVERY_TEXT), figure, _table(recovery_table(results))]


def _router(entry: dict) -> str:
    return entry["router"] + (" (early)" if entry["early"] else "")


def _search(results: dict) -> list[dict]:
    from dualroute.report.search import search_figure, search_table

    table = search_table(results)
    label = "What every trial reaches against the share of tokens it merges."
    return [_heading("Every trial by the tokens it merges"), _figure(search_figure(results), label), _table(table)]


def _plausibility(results: dict) -> list[dict]:
    from dualroute.report import plausibility

    tables, shown = plausibility.plausibility_tables(results), [_text(PLAUSIBILITY_TEXT)]
    for question in results["questions"]:
        told = plausibility.reading(question)
        figure = _figure(plausibility.plausibility_figure(question), f"One dot per ranking, with its interval. {told}")
        shown += [_heading(question["title"]), _text(told, "reading"), figure, _table(tables[question["name"]])]
    return shown


def _faithfulness(results: dict) -> list[dict]:
    from dualroute.report import faithfulness
    from dualroute.report import faithfulness as faithfulness_reading

    readings = [faithfulness_reading.reading(results, target) for target in results["targets"]]
    label = f"Comprehensiveness of every method with its interval, and of random orders. {' '.join(readings)}"
    shown = [_text(text, "reading") for text in readings]
    shown += [_text(FAITHFULNESS_TEXT), _figure(faithfulness.faithfulness_figure(results), label)]
    flipped = faithfulness_reading.flips_reading(results)
    shown += [_heading("Flipping the tokens that read the context"), _text(flipped)] if flipped else []
    return [*shown, _heading("All numbers"), _table(faithfulness.faithfulness_table(results))]


OTHERS = {"faithfulness": _faithfulness, "gate_recovery": _recovery, "search": _search, "plausibility": _plausibility}


def _other_title(name: str, results: dict) -> str:
    if kind(results) == "gate_recovery":
        return "Does a gate find the truth?"
    if kind(results) == "faithfulness":
        return f"Which attribution to trust? {title_of(results['checkpoint'])}"
    if kind(results) == "plausibility":
        return f"Do people agree? {title_of(results['checkpoint'])}"
    return f"Search: {title_of(results.get('task', name))}"


def _heading(text: str) -> dict:
    return {"kind": "heading", "text": text}


def _text(text: str, role: str = "note") -> dict:
    return {"kind": "text", "text": text, "role": role}


def _table(table: Table) -> dict:
    """Cells without Markdown's marks; `strong` names the rows that had them."""
    strong = [i for i, row in enumerate(table.rows) if row and row[0].startswith("**")]
    rows = [[_unmarked(cell) for cell in row] for row in table.rows]
    note = _unmarked(table.note)
    return {"kind": "table", "columns": list(table.columns), "rows": rows, "strong": strong, "note": note}


def _unmarked(text: str) -> str:
    return text.replace("*", "").replace("`", "")


def _figure(figure, label: str) -> dict:
    """label  the figure in words, for those who do not see it."""
    return {"kind": "figure", "figure": json.loads(figure.to_json()), "label": label}
