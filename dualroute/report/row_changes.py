"""Report on the same rows before and after a training: a table without texts."""

from dualroute.report.tables import Table

RIGHT, WRONG = "✓", "✗"


def row_changes_table(results: dict) -> Table:
    """Return one row for each row of the data: its label, both answers, and how many of its tokens read."""
    spans = not any(row["after"]["label"] for row in results["rows"])
    columns = ("row", *(() if spans else ("label",)), "before", "reads", "after", "reads")
    return Table(columns, tuple(_cells(row, spans) for row in results["rows"]), _note(results, spans))


def _cells(row: dict, spans: bool) -> tuple[str, ...]:
    before, after = row["before"], row["after"]
    labels = () if spans else (_label(before["label"], after["label"]),)
    return f"`{row['id']}`", *labels, _answer(before, spans), _read(before), _answer(after, spans), _read(after)


def _label(before: str, after: str) -> str:
    return after if before == after else f"{after} (before: {before})"


def _answer(part: dict, spans: bool) -> str:
    return f"{part['answer']}, F1 {part['score']:.2f}" if spans else f"{part['answer']} {_mark(part)}"


def _mark(part: dict) -> str:
    return RIGHT if part["right"] else WRONG


def _read(part: dict) -> str:
    return f"{part['read']} of {part['tokens']}"


def _note(results: dict, spans: bool) -> str:
    before, after = (results["checkpoints"][name] for name in ("before", "after"))
    count, right = results["n"], results["right"]
    text = (
        f"The {len(results['rows'])} rows of `{results['data']}` whose ids have the smallest SHA-256, each at its "
        f"checkpoint's own θ: before `{before['checkpoint']}` {before['revision']} at {before['default_threshold']:g}, "
        f"after `{after['checkpoint']}` {after['revision']} at {after['default_threshold']:g}. Reads: tokens of x that "
        "read."
    )
    if any(row["before"]["label"] != row["after"]["label"] for row in results["rows"]):
        text += " What is labelled has changed, so each answer is compared with its own label."
    exactly = "exactly right" if spans else "right"
    return f"{text} Of all {count:,} common rows {right['before']:,} were {exactly} before, {right['after']:,} after."
