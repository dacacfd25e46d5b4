"""The routing of any trace as a picture: for each layer, the weight of every route on every routed token."""

from dualroute.trace.record import Trace


def routing_figure(trace: Trace):
    """One heat map for each layer, routes by tokens, as a `plotly.graph_objects.Figure`."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    routing, places = trace.routing, list(range(len(trace.tokens)))
    titles = [f"weight of each route, layer {layer}" for layer in routing.layers]
    figure = make_subplots(rows=trace.n_layers, cols=1, shared_xaxes=True, subplot_titles=titles)
    for layer, weights in enumerate(routing.dense_weights):
        heat = go.Heatmap(z=weights.T, x=places, y=list(routing.routes), zmin=0, zmax=1, colorscale="Cividis")
        figure.add_trace(heat, row=layer + 1, col=1)
    figure.update_traces(showscale=False)
    figure.update_xaxes(
        tickmode="array", tickvals=places, ticktext=[token.replace("<", "&lt;") for token in trace.tokens]
    )
    return figure.update_layout(template="none", margin={"l": 90, "r": 10, "t": 40, "b": 60})
