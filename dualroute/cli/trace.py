"""A trace as a person reads it in a terminal.

`trace`: one input, token by token.
"""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from dualroute.cli.base import app, without_loading_bars
from dualroute.trace.answers import Written
from dualroute.trace.decision import Decision
from dualroute.trace.outcome import Outcome, RoutesTaken
from dualroute.trace.record import Trace
from dualroute.trace.replay import replay, routes_taken

PARTS = ("itself", "read")


def print_trace(trace: Trace, console: Console | None = None) -> None:
    """What was decided, what else would have come out, and one line per token. Texts are printed as they are."""
    console = console or Console()
    if isinstance(trace.answer, Written):
        console.print(_texts(trace))
        console.print(_steps(trace))
    else:
        outcome = replay(trace)
        console.print(_outcomes(trace, outcome))
        console.print(_tokens(trace, outcome))
        console.print(Text(_sentence(trace, outcome)))
    for note in trace.notes:
        console.print(Text(f"Note: {note}"))


def _outcomes(trace: Trace, outcome: Outcome) -> Table:
    shown = ("probability",) if outcome.span else trace.labels
    table = Table("decision", "prediction", *(Column(Text(name), justify="right") for name in shown))
    others = {
        "direct alone": replay(trace, Decision("direct", overrides={})),
        "merged always": replay(trace, Decision("merged", overrides={})),
    }
    for name, result in {_decided(outcome): outcome, **others}.items():
        probs = (result.probability,) if result.span else result.probs
        table.add_row(name, Text(result.label), *(f"{100 * p:.1f} %" for p in probs))
    return table


def _decided(taken: RoutesTaken) -> str:
    return f"routed ({taken.policy}" + (f", θ = {taken.threshold:g})" if "threshold" in taken.policy else ")")


def _texts(trace: Trace) -> Table:
    """What was written, and what each flow alone writes."""
    table, taken = Table("decision", "tokens merged", "text"), routes_taken(trace)
    table.add_row(_decided(taken), f"{100 * taken.rho.mean():.0f} %", Text(trace.answer.text))
    for name, text in trace.answer.alternatives.items():
        table.add_row(name, {"direct": "0 %", "merged": "100 %"}.get(name, ""), Text(text))
    return table


def _steps(trace: Trace) -> Table:
    """One line per piece that was written, with the token of x that it looked at most."""
    table = Table("", "piece", "probability", "copied", "looked at", "its gate", "its flow")
    written, flows = trace.answer, routes_taken(trace).flows_taken
    for i, piece in enumerate(written.tokens):
        seen = int(written.attention[i].argmax())
        sure = (f"{written.probs[i]:.3f}", f"{100 * written.copied[i]:.0f} %")
        table.add_row(str(i), Text(piece), *sure, Text(trace.tokens[seen]), f"{trace.gates[seen]:.3f}", flows[seen])
    return table


def _tokens(trace: Trace, outcome: Outcome) -> Table:
    """What each token adds to the predicted class, or to its own scores to start and to end the answer."""
    outputs = {outcome.label_index: outcome.label} if outcome.span is None else dict(enumerate(trace.labels))
    parts = (Column(Text(f"{part} → {name}"), justify="right") for name in outputs.values() for part in PARTS)
    table = Table("", "token", "gate", "flow", *parts)
    added = outcome.kappa[:, None] * trace.direct_contributions, outcome.rho[:, None] * trace.read_contributions
    first, last = outcome.span or (0, -1)
    for i, token in enumerate(trace.tokens):
        cells = (f"{part[i, output]:+.3f}" for output in outputs for part in added)
        style = "bold" if first <= i <= last else ""
        table.add_row(str(i), Text(token), f"{trace.gates[i]:.3f}", outcome.flows_taken[i], *cells, style=style)
    return table


def _sentence(trace: Trace, outcome: Outcome) -> str:
    reading = sum(rho > 0 for rho in outcome.rho)
    without = replay(trace, Decision("direct", overrides={})).label
    name = trace.spec.h_name
    if not trace.context_tokens:
        return f"There is no {name} to read: the prediction is {outcome.label}."
    same = "the same" if without == outcome.label else without
    return f"{reading} of {len(trace.tokens)} tokens read the {name}; without it the model would say {same}."


@app.command()
def trace(
    checkpoint: Annotated[str, typer.Argument(metavar="TASK_OR_CHECKPOINT")],
    x: Annotated[str, typer.Option("--x", help="The main input.")],
    h: Annotated[str, typer.Option("--h", help="Its context.")] = "",
    image: Annotated[Path | None, typer.Option(help="Its context, for a task whose context is a picture.")] = None,
    policy: Annotated[str | None, typer.Option(help="The checkpoint's own if not given.")] = None,
    threshold: Annotated[float | None, typer.Option(help="θ, from 0 to 1.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the whole trace here; - for stdout.")] = None,
    html_out: Annotated[
        Path | None, typer.Option("--html", help="Write a page in one file here; it works without a server.")
    ] = None,
    flow_picture: Annotated[bool, typer.Option(help="Bring the flow picture along: 2 MB of the file.")] = True,
):
    """Route one input and show, token by token, what happened."""
    import dualroute

    without_loading_bars()
    router = dualroute.load(checkpoint)
    made = router.trace(x, h, policy=policy, threshold=threshold, image=image)
    if html_out:
        html_out.write_text(made.to_html(router.attribute_many(made), flow_picture), encoding="utf-8")
    if json_out is None:
        print_trace(made)
    elif str(json_out) == "-":
        typer.echo(made.to_json())
    else:
        json_out.write_text(made.to_json(), encoding="utf-8")
