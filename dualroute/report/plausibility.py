"""Report on the agreement of rankings with human rationales: a table, a figure and sentences for each question."""

from dualroute import report as palette
from dualroute.numerals import percent
from dualroute.report.reading import outcome
from dualroute.report.results import gain, in_percent, interval
from dualroute.report.tables import Table

WORDS = {
    "auprc": "AUPRC",
    "f1": "word F1",
    "iou": "word IOU",
    "iou_f1": "IOU F1",
    "character_f1": "character F1",
}
BASELINES = {"frequency": "a word's log-odds in training", "random": "a random order"}
KINDS = {
    "attribution": ("attribution", palette.DIRECT, "circle"),
    "model": ("the model's own weights", palette.MERGED, "square"),
    "control": ("control", palette.QUIET, "x"),
}


def plausibility_tables(results: dict) -> dict[str, Table]:
    """Return a table per question: one row per ranking, the best first, and one for a single person."""
    return {question["name"]: _table(results, question) for question in results["questions"]}


def plausibility_summary(results: dict) -> Table:
    """Return one table of all questions: each ranking's first measure, in the order of the first question."""
    questions = results["questions"]
    named = [{entry["name"]: entry for entry in question["methods"]} for question in questions]
    columns = ("ranking", *(f"{question['title']}: {WORDS[question['metric']]} [95%]" for question in questions))
    rows = [
        (
            entry["title"],
            *(_number(by_name[entry["name"]][q["metric"]]) for by_name, q in zip(named, questions, strict=True)),
        )
        for entry in in_order(questions[0])
    ]
    people = [(question["people"] or {}).get(question["metric"]) for question in questions]
    if any(people):
        rows.append(("**a single person**", *(_number(entry) if entry else "" for entry in people)))
    return Table(columns, tuple(rows), _rows_note(results))


def plausibility_figure(question: dict):
    """Return a plotly figure of each ranking's agreement with its 95% interval; a line marks a single person."""
    import plotly.graph_objects as go

    from dualroute.report.curves import error_bar
    from dualroute.report.dots import dots, lines

    metric, figure = question["metric"], go.Figure()
    ranked = in_order(question)
    for kind, (name, color, symbol) in KINDS.items():
        entries = [entry for entry in ranked if entry["kind"] == kind]
        if entries:
            hover = [f"<b>{entry['title']}</b><br>{WORDS[metric]} {_number(entry[metric])}" for entry in entries]
            values = [in_percent(entry[metric]["value"]) for entry in entries]
            bars = error_bar([entry[metric] for entry in entries], "value")
            dots(figure, values, [entry["title"] for entry in entries], name, color, symbol, hover, bars)
    people = (question["people"] or {}).get(metric)
    if people:
        figure.add_vline(in_percent(people["value"]), line={"color": palette.AGAINST, "dash": "dot", "width": 2})
    legend = "; dotted: a single person" if people else ""
    figure = lines(figure, [entry["title"] for entry in ranked], f"{WORDS[metric]} ×100{legend}")
    return figure.update_layout(scattermode="overlay")  # every line has one ranking


def reading(question: dict) -> str:
    """Return sentences that say which attribution agrees best with people, and how well a single person does."""
    metric, ranked = question["metric"], in_order(question)
    best = next((entry for entry in ranked if entry["kind"] == "attribution"), None)
    if best is None:
        return "No method of attribution was measured."
    compared = " and ".join(_against(best[f"minus_{name}"][metric], words) for name, words in BASELINES.items())
    agreement = f"{WORDS[metric]} ×100: {_number(best[metric])}"
    text = f"Of the attributions {best['title']} agrees best with people ({agreement}): {compared}."
    people = (question["people"] or {}).get(metric)
    if people:
        text += f" A single person reaches {_number(people)} against the marks of all."
    return text


def in_order(question: dict) -> list[dict]:
    """Return the rankings, ordered by the question's first measure, the best first."""
    return sorted(question["methods"], key=lambda entry: -entry[question["metric"]]["value"])


def _table(results: dict, question: dict) -> Table:
    first = question["metric"]
    measures = [first, *(name for name in WORDS if name != first)]
    columns = ["ranking", *(f"{WORDS[name]} [95%]" if name == first else WORDS[name] for name in measures)]
    columns += [f"gain over {short} [95%]" for short in ("word's log-odds", "random")] + ["chosen words"]
    rows = [_row(entry, measures) for entry in in_order(question)]
    if question["people"]:
        rows.append(_people_row(question["people"], measures))
    return Table(tuple(columns), tuple(rows), _note(results, question))


def _row(entry: dict, measures: list[str]) -> tuple[str, ...]:
    first, *others = measures
    gains = ("" if entry["name"] == name else gain(entry[f"minus_{name}"][first]) for name in BASELINES)
    numbers = (f"{in_percent(entry[name]['value']):.1f}" for name in others)
    return entry["title"], _number(entry[first]), *numbers, *gains, _chosen(entry["choice"])


def _people_row(people: dict, measures: list[str]) -> tuple[str, ...]:
    first, *others = measures
    numbers = (f"{in_percent(people[name]['value']):.1f}" if name in people else "" for name in others)
    return "**a single person**", _number(people[first]) if first in people else "", *numbers, "", "", ""


def _chosen(choice: dict) -> str:
    part = percent(choice["value"], None)
    return f"highest {part}" if choice["kind"] == "share" else f"from {part} of the highest"


def _note(results: dict, question: dict) -> str:
    sign = "a word has to speak for the label" if question["signed"] else "the size of a score counts"
    return (
        f"{_rows_note(results)} People marked {percent(question['marked_share'])} of the words; target "
        f"{question['target'].format(label='LABEL')}, {sign}. Gains are paired."
    )


def _rows_note(results: dict) -> str:
    return (
        f"All ×100. {results['rows']:,} test rows with {results['words']:,} words; the label is predicted in "
        f"{percent(results['accuracy'])} of them. Which words count as chosen was settled for each ranking on "
        f"{results['validation_rows']:,} validation rows, by word F1. Brackets: bootstrap over the rows."
    )


def _number(entry: dict) -> str:
    return f"{in_percent(entry['value']):.1f} {interval(entry['ci'])}"


def _against(difference: dict, name: str) -> str:
    size, bounds = abs(100 * difference["difference"]), interval(difference["ci"], "+")
    words = {1: f"{size:.1f} points better than {name}", -1: f"{size:.1f} points worse than {name}"}
    return f"{words.get(outcome(difference), f'no different from {name}')} {bounds}"
