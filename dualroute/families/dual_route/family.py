"""The family of dual-route models: a token of x takes a direct flow or one that reads a context h."""

import hashlib
from pathlib import Path
from typing import Any, Self

from dualroute.families.attribution_function import Units
from dualroute.families.base import RoutingModel
from dualroute.families.dual_route.encoding import encode_text
from dualroute.families.dual_route.interpolation import InterpolationPath, make_interpolation_path
from dualroute.families.dual_route.linear_kernels import freeze_linear
from dualroute.families.dual_route.loading import read_checkpoint
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.families.dual_route.tracing import make_trace
from dualroute.families.model_folders import file_sha256
from dualroute.trace.decision import Decision
from dualroute.trace.granularity import Groups, check_granularity, groups
from dualroute.trace.record import Trace
from dualroute.trace.routing import TraceSpec


class DualRoute(RoutingModel):
    """A dual-route model with its tokenizer: it turns inputs into traces.

    revision  the first digits of the sha256 of its weight file; by default those of its weights in memory
    """

    family = "dual_route"

    def __init__(self, model: DualRouteModel, checkpoint: str = "unsaved", revision: str | None = None):
        self.model = freeze_linear(model.eval().requires_grad_(False))
        self.checkpoint = checkpoint
        self.revision = revision or _digest(model)

    @classmethod
    def load(cls, folder: str | Path, name: str) -> Self:
        """Return the checkpoint in `folder`.

        Raises FileNotFoundError for a missing file; ValueError for a damaged one, or when the backbone's weights differ
        from those in training.
        """
        model = read_checkpoint(str(folder))
        most = model.backbone.positions  # a wrong or missing backbone is an error now, not at the first trace
        for length in ("max_length", "context_max_length") if most else ():
            if length == "max_length" or model.config.h_is_text:
                setattr(model.config, length, min(getattr(model.config, length), most))
        return cls(model, name, file_sha256(Path(folder) / "model.safetensors")[:12])

    def trace(
        self, x: str, h: str | list[str] | None = "", image: Any = None, decision: Decision | None = None
    ) -> Trace:
        """Return the trace of one forward pass over `x` with context `h`; see `DualRouter.trace`.

        Raises ValueError for an empty x, an unreadable context, and a decision that does not fit the model.
        """
        return make_trace(self.model, x, h, self._spec(decision or Decision()), image)

    def rerun(self, trace: Trace, decision: Decision) -> Trace:
        """Return the trace of the same inputs under `decision`; its fields that are None are those of `trace`."""
        spec = self._spec(decision.over(trace.spec.decision))
        return make_trace(self.model, trace.x, trace.h, spec, trace.image or None)

    def attribution_function(
        self, trace: Trace, targets, baseline: str = "pad", baseline_texts: tuple[str, str] | None = None
    ) -> InterpolationPath:
        """Return the targets along the straight path from the baseline: `pad`, `mask`, `zero`, `mean` or `text`.

        Raises ValueError for a baseline or texts that do not fit, a trace of other tokens than this model's, and a
        model in training mode.
        """
        if self.model.training:
            raise ValueError(
                "the model is in training mode, where dropout makes attributions random; call model.eval()"
            )
        return make_interpolation_path(self.model, trace, targets, baseline, baseline_texts)

    def units(self, trace: Trace, granularity: str) -> Units:
        """Return the units of x, and of h; each item and each patch is one unit at every granularity.

        Raises ValueError for an unknown granularity.
        """
        check_granularity(granularity)
        config = self.model.config
        own, other = (), ()
        if granularity != "token":
            own = self._groups(granularity, trace.x, config.max_length, trace.tokens)
            if config.h_is_text:
                other = self._groups(granularity, trace.h, config.context_max_length, trace.context_tokens)
        counts = [len(trace.tokens)]
        if trace.context_tokens and not self.model.encoder.context_in_x:
            counts.append(len(trace.context_tokens))
        return Units.of(counts, (own, other))

    def _groups(self, granularity: str, text: str, max_length: int, tokens: tuple[str, ...]) -> Groups:
        encoded = encode_text(self.model.backbone.tokenizer, text, max_length, "text")
        return groups(granularity, text, encoded.offsets[: len(tokens)].tolist())

    def reads_context_of(self, trace: Trace) -> bool:
        """Return whether the context of `trace` is of the kind that this model reads."""
        return self.model.config.has_context(trace.spec.context)

    @property
    def limits(self) -> tuple[str, ...]:
        """The limits of this model's traces, one sentence each."""
        if self.model.readout.additive:
            return ()
        return ("A written text is no sum of stored contributions: another route is another run of the model.",)

    def _spec(self, decision: Decision) -> TraceSpec:
        """The spec of a decision; raise ValueError if it is about experts, unread context tokens or a second layer."""
        config = self.model.config
        overrides = decision.overrides or {}
        if decision.top_k or decision.temperature or decision.ignored or len(decision.flips) < len(overrides):
            raise ValueError(
                "a dual-route model has one layer of flows: a trace takes a policy, θ, and overrides that name a flow"
            )
        own = Decision(config.policy, float(config.threshold), {})
        return TraceSpec(
            checkpoint=self.checkpoint,
            revision=self.revision,
            task=config.task,
            backbone=Path(config.backbone).name if Path(config.backbone).is_absolute() else config.backbone,
            router=config.router,
            granularity=config.granularity,
            decision=decision.over(own),
            context=config.context,
            h_name=config.h_name,
        )


def _digest(model: DualRouteModel) -> str:
    digest = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(key.encode() + tensor.cpu().numpy().tobytes())
    return digest.hexdigest()[:12]
