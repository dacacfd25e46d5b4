"""DualRoute Explorer: see which way every token went, why, and what would have happened otherwise.

>>> import dualroute
>>> router = dualroute.load("news")
>>> trace = router.trace("A title", "Its description", policy="threshold", threshold=0.5)
>>> trace.replay(threshold=0.2, overrides={3: "direct"}).label
"""

from importlib import import_module

__version__ = "0.4.0"

# Loaded on first use: reading a stored trace must not cost an import of torch.
_LAZY = {
    "load": "dualroute.api",
    "shipped": "dualroute.paths",
    "DualRouter": "dualroute.api",
    "DualRouteConfig": "dualroute.families.dual_route.config",
    "DualRouteModel": "dualroute.families.dual_route.model",
    "Trace": "dualroute.trace.record",
    "TraceSpec": "dualroute.trace.record",
    "Decision": "dualroute.trace.decision",
    "Attribution": "dualroute.trace.attribution",
    "Outcome": "dualroute.trace.outcome",
    "replay": "dualroute.trace.replay",
    "breakpoints": "dualroute.trace.breakpoints",
    "View": "dualroute.compare.views",
    "Comparison": "dualroute.compare.views",
    "random_flips": "dualroute.compare.interventions",
    "random_unread": "dualroute.compare.interventions",
    "smallest_change": "dualroute.compare.interventions",
    "read_rows": "dualroute.rows.stored",
    "ThresholdIndex": "dualroute.rows.threshold_index",
    "flow_figure": "dualroute.report.flow",
}
# Who draws a record as a page: {record: (module, function)}. This is the one place where a record meets its drawing.
_RENDERERS = {
    "Trace": ("dualroute.export.saved_views", "trace_html"),
    "Comparison": ("dualroute.export.saved_views", "comparison_html"),
    "RowStudy": ("dualroute.export.saved_rows", "study_html"),
}
__all__ = [*_LAZY, "__version__"]


def __getattr__(name: str):
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)


def __dir__():
    return sorted([*globals(), *__all__])


def _register_renderers() -> None:
    from dualroute.trace.json_record import HtmlRecord

    for name, (module, function) in _RENDERERS.items():
        HtmlRecord.renderers[name] = lambda module=module, function=function: getattr(import_module(module), function)


_register_renderers()
