"""The library's front door: load a checkpoint, trace inputs, attribute."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dualroute import require
from dualroute.checkpoints import served
from dualroute.families import family_named, find_family, model_type_of
from dualroute.families.base import RoutingModel
from dualroute.families.dual_route.family import DualRoute
from dualroute.families.model_folders import check_name, find_folder
from dualroute.paths import shipped_gates
from dualroute.tasks.base import Demo
from dualroute.trace.attribution import Attribution, StoredExample
from dualroute.trace.decision import Decision
from dualroute.trace.record import Trace
from dualroute.trace.targets import Target
from dualroute.values import nearest, shown

if TYPE_CHECKING:
    from dualroute.faithful.measure import Probe, Progress
    from dualroute.measures.faithfulness import Faithfulness


class Router(RoutingModel):
    """A routing model of any family that also attributes its decisions."""

    def attribute(
        self, trace: Trace, target: str | Target = "prediction", method: str = "integrated_gradients", **options: Any
    ) -> Attribution:
        """Return the `Attribution` of a target of `trace` to the tokens of x and h.

        target   a logit, margin, effect, part of an answer or gate, by its name: see `trace.targets`
        method   one of `attribute.methods.METHODS`, which states its cost, parameters and guarantees
        options  baseline, granularity, seed and the method's parameters: see `attribute.engine.attribute_many`
        Raises ValueError for a trace of another checkpoint, an unknown target or method, and for parameters outside
        their limits, which it names.
        """
        require("captum")
        from dualroute.attribute.engine import attribute

        self._check_own(trace)
        return attribute(self, trace, target=target, method=method, **options)

    def attribute_many(
        self, trace: Trace, targets: Sequence[str | Target] = ("prediction", "gate"), **options: Any
    ) -> tuple[Attribution, ...]:
        """Return one `Attribution` for each target by one method; targets share passes if they can. See `attribute`."""
        require("captum")
        from dualroute.attribute.engine import attribute_many

        self._check_own(trace)
        return attribute_many(self, trace, targets=targets, **options)

    def probe(self, trace: Trace, targets: Sequence[str | Target] = ("prediction", "gate"), **options: Any) -> "Probe":
        """Return a `Probe` of `trace`: attributions measured with it share their random orders."""
        require("captum")
        from dualroute.faithful.measure import Probe

        self._check_own(trace)
        return Probe(self, trace, targets, **options)

    def measure(self, trace: Trace, attribution: Attribution, **options: Any) -> "Iterator[Progress | Faithfulness]":
        """Yield progress and finally the faithfulness of an attribution of `trace`; see `faithful.measure.measure`."""
        require("captum")
        from dualroute.faithful.measure import measure

        self._check_own(trace)
        return measure(self, trace, attribution, **options)

    def _check_own(self, trace: Trace) -> None:
        if not isinstance(trace, Trace):
            raise ValueError(f"a trace of this model is expected, not {shown(trace)}")
        if trace.spec.revision != self.revision:
            raise ValueError(f"the trace is of revision {trace.spec.revision}, this model is {self.revision}")


class DualRouter(Router, DualRoute):
    """A trained dual-route model with its tokenizer: it turns texts into traces."""

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
        """Return the trace of one forward pass over `x` with context `h`.

        h      a text; for a context of items one item per line, or a list of the lines
        image  a picture (PIL), its file or its bytes, for a task whose context is a picture
        policy, threshold  default to the checkpoint's; `overrides` maps token indices to flows
        decision  the same in one object; policy, threshold and overrides, where not None, replace its own
        Raises ValueError for an empty x, an unknown policy or flow, or a θ outside [0, 1].
        """
        own = Decision(policy, threshold, overrides)
        return super().trace(x, h, image, own if decision is None else own.over(decision))


def load(name: str | Path, family: str | None = None) -> Router:
    """Return the model called `name`: a shipped checkpoint, a folder, or an id on the hub.

    The `model_type` of the checkpoint decides its family, see `dualroute.families`; a dual-route model is a
    `DualRouter`. A model from elsewhere, which names no family, is loaded by the name of one: `family="context_lm"`
    runs any causal language model of transformers. Raises TypeError for what is no name, FileNotFoundError for an
    unknown name or a missing file, another OSError where the hub was not reached, ValueError for a damaged file, with
    its name and what helps, for an unknown `model_type` or family, and when the backbone's weights differ from those in
    training.
    """
    if family is not None:
        chosen = family_named(family)
        return _router_class(chosen).load(chosen.find(name), str(name))
    checkpoint = _locate(name)
    return _router_class(_family_of(checkpoint)).load(checkpoint, str(name))


def load_dual_router(name: str | Path) -> DualRouter:
    """Return the dual-route model called `name`, see `load`; raise ValueError for a model of another family."""
    checkpoint = _locate(name)
    family = _family_of(checkpoint)
    if family is not DualRoute:
        raise ValueError(f"{name} holds a model of the family {family.family!r}, not a dual-route one")
    return DualRouter.load(checkpoint, str(name))


def _locate(name: str | Path) -> str:
    """The folder of a checkpoint."""
    check_name(name, "checkpoint")
    known = {other: files.folder for other, files in served().items()} | shipped_gates()
    if str(name) in known:
        return str(known[str(name)])
    choices = f"{nearest(str(name), known)}there are {', '.join(known) or 'none'}"
    return str(find_folder(name, "checkpoint", choices))


def _family_of(checkpoint: str) -> type[RoutingModel]:
    try:
        model_type = model_type_of(checkpoint)
    except (OSError, ValueError):
        return DualRoute  # its loading says which file is missing or damaged, and what helps
    return find_family(model_type)


@lru_cache
def _router_class(family: type[RoutingModel]) -> type[Router]:
    """The model class of a family with the methods of `Router`."""
    return DualRouter if family is DualRoute else type(f"{family.__name__}Router", (Router, family), {})


def make_examples(router: Router, demos: Iterable[Demo]) -> list[StoredExample]:
    """Trace every input under the router's own decision, and attribute its prediction and its gates."""
    examples: list[StoredExample] = []
    for x, h, right in demos:
        trace = router.trace(x, h)
        prediction, gate = router.attribute_many(trace, ("prediction", "gate"))
        examples.append(StoredExample(trace, prediction.label, prediction, gate, right))
    return examples
