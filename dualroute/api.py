"""The library's front door: load a checkpoint, trace inputs, attribute."""

import hashlib
from pathlib import Path

from dualroute import require
from dualroute.families.dual_route.backbone import file_sha256
from dualroute.families.dual_route.loading import read_checkpoint
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.families.dual_route.tracing import make_trace
from dualroute.paths import assets_dir, shipped
from dualroute.trace.decision import Decision
from dualroute.trace.record import Trace, TraceSpec


class DualRouter:
    """A trained dual-route model with its tokenizer: text in, records out."""

    def __init__(self, model: DualRouteModel, checkpoint: str = "unsaved", revision: str | None = None):
        self.model = model.eval().requires_grad_(False)
        self.checkpoint = checkpoint
        self.revision = revision or _digest(model)

    def trace(
        self,
        x: str,
        h: str | list[str] | None = "",
        policy: str | None = None,
        threshold: float | None = None,
        overrides=None,
        image=None,
        decision: Decision | None = None,
    ) -> Trace:
        """One forward pass over `x` with context `h`, kept whole.

        h         a text; for a context of items one item per line, or a list of the lines
        image     a picture (PIL), its file or its bytes, for a task whose context is one
        decision  what it leaves open is the checkpoint's own; or its parts: policy, threshold (θ) and overrides, which
                  map token indices to flows
        Raises ValueError for an empty x, an unknown policy or flow, or a θ outside [0, 1].
        """
        decision = decision or Decision(policy or None, threshold, overrides)
        return make_trace(self.model, x, h, self._spec(decision), image)

    def attribute(self, trace: Trace, target="prediction", method="integrated_gradients", **options):
        """An `Attribution` of `trace`'s target to the tokens of x and h.

        target   a logit, margin, effect, part of an answer or gate, by its name: see `interpret.targets`
        method   one of `interpret.methods.METHODS`, which says what each costs, takes and promises
        options  baseline, granularity, seed and the method's parameters: see `interpret.attributions.attribute_many`
        Raises ValueError when the trace is of another checkpoint, for an unknown target or method, and for parameters
        outside their limits, which it names.
        """
        require("captum")
        from dualroute.attribute.engine import attribute

        self._check_own(trace)
        return attribute(self.model, trace, target=target, method=method, **options)

    def attribute_many(self, trace: Trace, targets=("prediction", "gate"), **options):
        """One `Attribution` for each target by one method, which shares what passes it can; see `attribute`."""
        require("captum")
        from dualroute.attribute.engine import attribute_many

        self._check_own(trace)
        return attribute_many(self.model, trace, targets=targets, **options)

    def probe(self, trace: Trace, targets=("prediction", "gate"), **options):
        """A `Probe` of `trace`: attributions that are measured with it share their random orders."""
        require("captum")
        from dualroute.faithful.measure import Probe

        self._check_own(trace)
        return Probe(self.model, trace, targets, **options)

    def measure(self, trace: Trace, attribution, **options):
        """Yields progress and at last how faithful an attribution of `trace` is; see `faithfulness.measure`."""
        require("captum")
        from dualroute.faithful.measure import measure

        self._check_own(trace)
        return measure(self.model, trace, attribution, **options)

    def _check_own(self, trace: Trace) -> None:
        if trace.spec.revision != self.revision:
            raise ValueError(f"the trace is of revision {trace.spec.revision}, this model is {self.revision}")

    def _spec(self, decision: Decision) -> TraceSpec:
        config = self.model.config
        own = Decision(config.policy, float(config.threshold), {})
        return TraceSpec(
            checkpoint=self.checkpoint,
            revision=self.revision,
            task=config.task,
            backbone=config.backbone,
            router=config.router,
            granularity=config.granularity,
            decision=decision.over(own),
            context=config.context,
            h_name=config.h_name,
        )


def load(name: str | Path) -> DualRouter:
    """The router called `name`: a shipped checkpoint, a folder, or an id on the hub.

    Raises FileNotFoundError for a name that is none of these or a file that is missing, ValueError when a file is
    damaged, naming it and what helps, or when the backbone's weights differ from those the checkpoint was trained on.
    """
    folder = _find(name)
    model = read_checkpoint(folder)
    model.backbone  # noqa: B018  a wrong or missing backbone is told at loading, not at the first trace
    weights = Path(folder) / "model.safetensors"
    return DualRouter(model, str(name), file_sha256(weights)[:12] if weights.exists() else None)


def _find(name: str | Path) -> str:
    if str(name) in shipped():
        return str(assets_dir() / "checkpoints" / name)
    if Path(name).is_dir():
        return str(name)
    if str(name).count("/") == 1 and not Path(name).is_absolute():
        return str(name)  # an id on the hub
    raise FileNotFoundError(f"no checkpoint {str(name)!r}: shipped are {', '.join(shipped()) or 'none'}")


def _digest(model: DualRouteModel) -> str:
    digest = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(key.encode() + tensor.cpu().numpy().tobytes())
    return digest.hexdigest()[:12]
