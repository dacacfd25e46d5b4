"""z_t = w·[f(x)_t, v_t] + b."""

from torch import nn

from dualroute.families.dual_route.routers.base import Router


class LinearRouter(Router):
    """One linear map of the state of each token."""

    def __init__(self, config):
        super().__init__(config)
        self.project = nn.Linear(self.features, self.outputs)

    def decide(self, features, mask):
        return self.project(features)
