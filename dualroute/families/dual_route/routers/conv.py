"""z = w·gelu(conv(conv([f(x), v]))): the decision about a token sees its neighbours."""

from torch import nn

from dualroute.families.dual_route.routers.base import Router

WIDTH = 3


class ConvRouter(Router):
    """Two 1-D convolutions over the tokens: five tokens in view. Padding is zero, as beyond the ends of the text."""

    def __init__(self, config):
        super().__init__(config)
        self.first = nn.Conv1d(self.features, config.router_size, WIDTH, padding="same")
        self.second = nn.Conv1d(config.router_size, config.router_size, WIDTH, padding="same")
        self.activate = nn.Sequential(nn.GELU(), nn.Dropout(config.dropout))
        self.project = nn.Linear(config.router_size, self.outputs)

    def decide(self, features, mask):
        present = mask[:, None].to(features.dtype)  # (B,1,T)
        hidden = self.activate(self.first(features.transpose(1, 2) * present))
        hidden = self.activate(self.second(hidden * present))
        return self.project(hidden.transpose(1, 2))
