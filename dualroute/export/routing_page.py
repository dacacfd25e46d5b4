"""Any trace as a static HTML page: its tokens and the weights of their routes, layer by layer.

The page of the app draws traces of flows (`saved_views`). This one draws the rest: experts, and families of one's own.
No script runs in it.
"""

from html import escape

import numpy as np

from dualroute.trace.outcome import Outcome
from dualroute.trace.record import Trace
from dualroute.trace.replay import replay

STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse; margin: .5rem 0 1.5rem } caption { text-align: left; font-weight: 600 }
th { font-weight: 400; text-align: left; padding: 0 .4rem } .scroll { overflow-x: auto }
td { text-align: right; padding: .1rem .4rem; border: 1px solid #8884; font-variant-numeric: tabular-nums }
"""


def routing_page(trace: Trace) -> str:
    """The page as text: one table for each layer, a row for each route, a column for each routed token."""
    spec = trace.spec
    title = f"{spec.checkpoint} ({spec.revision})"
    texts = "".join(f"<p><b>{escape(part.name)}</b>: {escape(part.text)}</p>" for part in trace.inputs)
    answer = _answer(replay(trace)) if trace.replayable else ""
    tables = "".join(_table(trace, layer) for layer in range(trace.n_layers))
    notes = "".join(f"<p>{escape(note)}</p>" for note in trace.notes)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style><h1>{escape(title)}</h1>{texts}{answer}{tables}{notes}</html>"
    )


def _answer(outcome: Outcome) -> str:
    return f"<p><b>{escape(outcome.label)}</b>, probability {outcome.probability:.3f}</p>"


def _table(trace: Trace, layer: int) -> str:
    weights = trace.routing.dense_weights[layer]  # (T,R)
    head = "".join(f"<th>{escape(token)}</th>" for token in trace.tokens)
    rows = "".join(
        f"<tr><th>{escape(route)}</th>{''.join(_cell(weight) for weight in column)}</tr>"
        for route, column in zip(trace.routing.routes, weights.T, strict=True)
    )
    caption = f"Weight of each route, layer {escape(trace.routing.layers[layer])}"
    return f'<div class="scroll"><table><caption>{caption}</caption><tr><th></th>{head}</tr>{rows}</table></div>'


def _cell(weight: np.floating) -> str:
    return f'<td style="background: rgb(230 159 0 / {float(weight):.3f})">{float(weight):.2f}</td>'
