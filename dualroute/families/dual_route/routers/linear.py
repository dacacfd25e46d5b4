"""z_t = w·[f(x)_t, v_t] + b."""

from torch import nn

from dualroute.families.dual_route.routers.base import Router


class LinearRouter(Router):
    """The plainest decision layer: one direction in the space of states."""

    def __init__(self, config):
        super().__init__(config)
        self.project = nn.Linear(self.features, self.outputs)

    def decide(self, features, mask):
        return self.project(features)
