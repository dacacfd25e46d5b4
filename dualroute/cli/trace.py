"""`trace`: route one input and print it token by token."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from dualroute.cli.base import app, make_room, without_loading_bars
from dualroute.numerals import percent, signed
from dualroute.trace.answers import Written
from dualroute.trace.decision import Decision
from dualroute.trace.outcome import Outcome, RoutesTaken
from dualroute.trace.policies import WITH_THRESHOLD
from dualroute.trace.record import Trace
from dualroute.trace.replay import replay, routes_taken

PARTS = ("itself", "read")  # of what a token adds to an output: its own part, and what it read


@app.command()
def trace(
    checkpoint: Annotated[str, typer.Argument(metavar="CHECKPOINT", help="Such as news or news__early, or a folder.")],
    x: Annotated[str, typer.Option("--x", help="The main input.")],
    h: Annotated[str, typer.Option("--h", help="The context.")] = "",
    image: Annotated[Path | None, typer.Option(help="The context, for a task whose context is a picture.")] = None,
    policy: Annotated[str | None, typer.Option(help="Default: the checkpoint's own.")] = None,
    threshold: Annotated[float | None, typer.Option(help="θ, from 0 to 1. Default: the checkpoint's own.")] = None,
    json_out: Annotated[
        Path | None, typer.Option("--json", help="File to write the whole trace to; - for standard output.")
    ] = None,
    html_out: Annotated[
        Path | None, typer.Option("--html", help="Write the view as one HTML file that needs no server.")
    ] = None,
):
    """Route one input and show what every token did."""
    from dualroute.api import load_dual_router

    without_loading_bars()
    make_room(html_out, None if str(json_out) == "-" else json_out)
    router = load_dual_router(checkpoint)
    record = router.trace(x, h, policy=policy, threshold=threshold, image=image)
    if html_out:
        html_out.write_text(record.to_html(router.attribute_many(record)), encoding="utf-8")
    if json_out is None:
        print_trace(record)
    elif str(json_out) == "-":
        typer.echo(record.to_json().encode())  # UTF-8 on every console
    else:
        json_out.write_text(record.to_json(), encoding="utf-8")


def print_trace(trace: Trace, console: Console | None = None) -> None:
    """Print the outcome, the outcomes of each flow alone, and one line per token (per piece of a generated text).

    Texts are printed literally: square brackets in them are not rich markup.
    """
    console = console or Console()
    if isinstance(trace.answer, Written):
        console.print(_text_table(trace, trace.answer))
        console.print(_piece_table(trace, trace.answer))
    else:
        outcome = replay(trace)
        console.print(_outcome_table(trace, outcome))
        console.print(_token_table(trace, outcome))
        console.print(Text(_summary(trace, outcome)))
    for note in trace.notes:
        console.print(Text(f"Note: {note}"))


def _outcome_table(trace: Trace, outcome: Outcome) -> Table:
    """One line per decision: the trace's own, and each flow alone."""
    names = ("probability",) if outcome.span else trace.labels
    table = Table("decision", "prediction", *(Column(Text(name), justify="right") for name in names))
    others = {
        "without context": replay(trace, Decision("direct", overrides={})),
        "with full context": replay(trace, Decision("merged", overrides={})),
    }
    for name, result in {_decision(outcome): outcome, **others}.items():
        probs = (result.probability,) if result.span else result.probs
        table.add_row(name, Text(result.label), *(percent(p) for p in probs))
    return table


def _decision(chosen: RoutesTaken) -> str:
    return f"routed ({chosen.policy}" + (f", θ = {chosen.threshold:g})" if chosen.policy in WITH_THRESHOLD else ")")


def _text_table(trace: Trace, written: Written) -> Table:
    """The generated text, and the texts that each flow alone generates."""
    table, chosen = Table("decision", "tokens merged", "text"), routes_taken(trace)
    table.add_row(_decision(chosen), percent(chosen.rho.mean(), 0), Text(written.text))
    for name, text in written.alternatives.items():
        table.add_row(name, {"direct": "0%", "merged": "100%"}.get(name, ""), Text(text))
    return table


def _piece_table(trace: Trace, written: Written) -> Table:
    """One line per generated piece, with the token of x that it attended to most."""
    table = Table("", "piece", "probability", "copied", "looked at", "its gate", "its flow")
    flows = routes_taken(trace).flows_taken
    for i, piece in enumerate(written.tokens):
        top = int(written.attention[i].argmax())
        numbers = (f"{written.probs[i]:.3f}", percent(written.copied[i], 0))
        table.add_row(str(i), Text(piece), *numbers, Text(trace.tokens[top]), f"{trace.gates[top]:.3f}", flows[top])
    return table


def _token_table(trace: Trace, outcome: Outcome) -> Table:
    """One line per token: what it adds to the predicted class, or to its scores as start and end of the answer."""
    outputs = {outcome.label_index: outcome.label} if outcome.span is None else dict(enumerate(trace.labels))
    parts = (Column(Text(f"{part} → {name}"), justify="right") for name in outputs.values() for part in PARTS)
    table = Table("", "token", "gate", "flow", *parts)
    added = outcome.kappa[:, None] * trace.direct_contributions, outcome.rho[:, None] * trace.read_contributions
    first, last = outcome.span or (0, -1)
    for i, token in enumerate(trace.tokens):
        cells = (signed(float(part[i, output]), 3) for output in outputs for part in added)
        style = "bold" if first <= i <= last else ""
        table.add_row(str(i), Text(token), f"{trace.gates[i]:.3f}", outcome.flows_taken[i], *cells, style=style)
    return table


def _summary(trace: Trace, outcome: Outcome) -> str:
    reading = sum(rho > 0 for rho in outcome.rho)
    without = replay(trace, Decision("direct", overrides={})).label
    name = trace.spec.h_name
    if not trace.context_tokens:
        return f"There is no {name} to read; the prediction is {outcome.label}."
    other = "the same" if without == outcome.label else without
    return f"{reading} of {len(trace.tokens)} tokens read the {name}; without it the prediction would be {other}."
