"""The library's front door: load a checkpoint, trace inputs, attribute."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dualroute import require
from dualroute.families.dual_route.family import DualRoute
from dualroute.paths import assets_dir, shipped
from dualroute.trace.attribution import Attribution
from dualroute.trace.decision import Decision
from dualroute.trace.record import Trace

if TYPE_CHECKING:
    from dualroute.faithful.measure import Probe, Progress
    from dualroute.measures.faithfulness import Faithfulness


class DualRouter(DualRoute):
    """A trained dual-route model with its tokenizer: text in, records out."""

    def trace(
        self,
        x: str,
        h: str | list[str] | None = "",
        policy: str | None = None,
        threshold: float | None = None,
        overrides: Any = None,
        image: Any = None,
        decision: Decision | None = None,
    ) -> Trace:
        """One forward pass over `x` with context `h`, kept whole.

        h      a text; for a context of items one item per line, or a list of the lines
        image  a picture (PIL), its file or its bytes, for a task whose context is one
        policy, threshold  default to the checkpoint's; `overrides` maps token indices to flows
        decision  the same in one object; policy, threshold and overrides, where given, replace its own
        Raises ValueError for an empty x, an unknown policy or flow, or a θ outside [0, 1].
        """
        chosen = Decision(policy, threshold, overrides)
        return super().trace(x, h, image, chosen if decision is None else chosen.over(decision))

    def attribute(
        self, trace: Trace, target="prediction", method: str = "integrated_gradients", **options: Any
    ) -> Attribution:
        """An `Attribution` of `trace`'s target to the tokens of x and h.

        target   a logit, margin, effect, part of an answer or gate, by its name: see `trace.targets`
        method   one of `attribute.methods.METHODS`, where its cost, parameters and promises stand
        options  baseline, granularity, seed and the method's parameters: see `attribute.engine.attribute_many`
        Raises ValueError when the trace is of another checkpoint, for an unknown target or method, and for parameters
        outside their limits, which it names.
        """
        require("captum")
        from dualroute.attribute.engine import attribute

        self._check_own(trace)
        return attribute(self, trace, target=target, method=method, **options)

    def attribute_many(self, trace: Trace, targets=("prediction", "gate"), **options: Any) -> tuple[Attribution, ...]:
        """One `Attribution` for each target by one method; the targets share what passes they can. See `attribute`."""
        require("captum")
        from dualroute.attribute.engine import attribute_many

        self._check_own(trace)
        return attribute_many(self, trace, targets=targets, **options)

    def probe(self, trace: Trace, targets=("prediction", "gate"), **options: Any) -> "Probe":
        """A `Probe` of `trace`: attributions that are measured with it share their random orders."""
        require("captum")
        from dualroute.faithful.measure import Probe

        self._check_own(trace)
        return Probe(self, trace, targets, **options)

    def measure(self, trace: Trace, attribution: Attribution, **options: Any) -> "Iterator[Progress | Faithfulness]":
        """Yield progress and at last how faithful an attribution of `trace` is; see `faithful.measure.measure`."""
        require("captum")
        from dualroute.faithful.measure import measure

        self._check_own(trace)
        return measure(self, trace, attribution, **options)

    def _check_own(self, trace: Trace) -> None:
        if trace.spec.revision != self.revision:
            raise ValueError(f"the trace is of revision {trace.spec.revision}, this model is {self.revision}")


def load(name: str | Path) -> DualRouter:
    """The router called `name`: a shipped checkpoint, a folder, or an id on the hub.

    Raises FileNotFoundError for a name that is none of these or a file that is missing, ValueError when a file is
    damaged, naming it and what helps, or when the backbone's weights differ from those the checkpoint was trained on.
    """
    return DualRouter.load(_find(name), str(name))


def _find(name: str | Path) -> str:
    if str(name) in shipped():
        return str(assets_dir() / "checkpoints" / name)
    if Path(name).is_dir():
        return str(name)
    if str(name).count("/") == 1 and not Path(name).is_absolute():
        return str(name)  # an id on the hub
    raise FileNotFoundError(f"no checkpoint {str(name)!r}: shipped are {', '.join(shipped()) or 'none'}")
