"""z_t = w·gelu(A [f(x)_t, v_t] + a) + b."""

from torch import nn

from dualroute.families.dual_route.routers.base import Router


class MlpRouter(Router):
    """One hidden layer; decides every token by itself."""

    def __init__(self, config):
        super().__init__(config)
        self.layers = nn.Sequential(
            nn.Linear(self.features, config.router_size),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.router_size, self.outputs),
        )

    def decide(self, features, mask):
        return self.layers(features)
