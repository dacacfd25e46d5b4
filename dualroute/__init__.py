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
    "Attribution": "dualroute.trace.attribution",
    "Outcome": "dualroute.trace.replay",
    "replay": "dualroute.trace.replay",
    "View": "dualroute.compare.views",
    "Comparison": "dualroute.compare.views",
}
__all__ = [*_LAZY, "__version__"]


def __getattr__(name: str):
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)


def __dir__():
    return sorted([*globals(), *__all__])
