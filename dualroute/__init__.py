"""DualRoute Explorer: see which way every token went, why, and what would have happened otherwise.

>>> import dualroute
>>> router = dualroute.load("news")
>>> trace = router.trace("A title", "Its description", policy="threshold", threshold=0.5)
>>> trace.replay(threshold=0.2, overrides={3: "direct"}).label
"""

from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dualroute.api import DualRouter, load
    from dualroute.compare.interventions import random_flips, random_unread, smallest_change
    from dualroute.compare.views import Comparison, View
    from dualroute.compare.word_flips import word_flips
    from dualroute.families.dual_route.config import DualRouteConfig
    from dualroute.families.dual_route.model import DualRouteModel
    from dualroute.paths import shipped
    from dualroute.report.flow import flow_figure, routing_figure
    from dualroute.rows.stored import read_rows
    from dualroute.rows.threshold_index import ThresholdIndex
    from dualroute.trace.attribution import Attribution
    from dualroute.trace.breakpoints import breakpoints
    from dualroute.trace.decision import Decision
    from dualroute.trace.outcome import Outcome
    from dualroute.trace.record import Trace
    from dualroute.trace.replay import replay
    from dualroute.trace.routing import TraceSpec

__version__ = "0.5.0"

__all__ = [
    "Attribution",
    "Comparison",
    "Decision",
    "DualRouteConfig",
    "DualRouteModel",
    "DualRouter",
    "Outcome",
    "ThresholdIndex",
    "Trace",
    "TraceSpec",
    "View",
    "__version__",
    "breakpoints",
    "flow_figure",
    "load",
    "random_flips",
    "random_unread",
    "read_rows",
    "replay",
    "routing_figure",
    "shipped",
    "smallest_change",
    "word_flips",
]

# Names are imported on first use: reading a stored trace must not cost an import of torch.
_HOMES = {
    "Attribution": "dualroute.trace.attribution",
    "Comparison": "dualroute.compare.views",
    "Decision": "dualroute.trace.decision",
    "DualRouteConfig": "dualroute.families.dual_route.config",
    "DualRouteModel": "dualroute.families.dual_route.model",
    "DualRouter": "dualroute.api",
    "Outcome": "dualroute.trace.outcome",
    "ThresholdIndex": "dualroute.rows.threshold_index",
    "Trace": "dualroute.trace.record",
    "TraceSpec": "dualroute.trace.routing",
    "View": "dualroute.compare.views",
    "breakpoints": "dualroute.trace.breakpoints",
    "flow_figure": "dualroute.report.flow",
    "load": "dualroute.api",
    "random_flips": "dualroute.compare.interventions",
    "random_unread": "dualroute.compare.interventions",
    "read_rows": "dualroute.rows.stored",
    "replay": "dualroute.trace.replay",
    "routing_figure": "dualroute.report.flow",
    "shipped": "dualroute.paths",
    "smallest_change": "dualroute.compare.interventions",
    "word_flips": "dualroute.compare.word_flips",
}

# Who draws a record as a page, {record: (module, function)}: the one place where a record meets its renderer.
_RENDERERS = {
    "Trace": ("dualroute.export.saved_views", "trace_html"),
    "Comparison": ("dualroute.export.saved_views", "comparison_html"),
    "RowStudy": ("dualroute.export.saved_rows", "study_html"),
    "GateStudy": ("dualroute.export.saved_rows", "study_html"),
}

# The modules that each extra of the package installs, beyond those of the extras before it.
EXTRAS = {
    "models": (
        *("PIL", "huggingface_hub", "pandas", "peft", "plotly", "pyarrow", "rich", "safetensors", "scipy", "sklearn"),
        *("torch", "tqdm", "transformers", "typer"),
    ),
    "attribute": ("captum",),
    "train": ("accelerate", "optuna", "rouge_score"),
    "app": ("gradio", "pydantic"),
}


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _load(_HOMES[name], name)


def _load(module: str, name: str):
    """A name of a module; an import that fails names the extra to install."""
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        raise name_extra(error) from error


def _load_renderer(module: str, function: str):
    require("plotly", "scipy", "sklearn")  # a page brings plotly's script; measures beside it need the others
    return _load(module, function)


def __dir__():
    return sorted([*globals(), *__all__])


def _register_renderers() -> None:
    from dualroute.trace.json_record import HtmlRecord

    for name, (module, function) in _RENDERERS.items():
        HtmlRecord.renderers[name] = partial(_load_renderer, module, function)


_register_renderers()


def require(*modules: str) -> None:
    """Raise ModuleNotFoundError, naming the extra to install, if one of `modules` is not installed."""
    for module in modules:
        if find_spec(module) is None:
            raise name_extra(ModuleNotFoundError(f"No module named {module!r}", name=module))


def name_extra(error: ModuleNotFoundError) -> ModuleNotFoundError:
    """Return the error with the `pip install` that brings its module, or as it is if no extra does."""
    module = (error.name or "").split(".")[0]
    for extra, modules in EXTRAS.items():
        if module in modules:
            message = f'{module} is not installed: pip install "dualroute[{extra}]"'
            return ModuleNotFoundError(message, name=error.name)
    return error
