"""z = w·transformer([f(x), v]) + b: one transformer layer over the tokens, then a linear map."""

from torch import nn

from dualroute.families.dual_route.routers.base import Router

HEADS = 4


class AttentionRouter(Router):
    """Decides every token with all tokens in view; it knows no positions."""

    def __init__(self, config):
        super().__init__(config)
        self.project_in = nn.Linear(self.features, config.router_size)
        self.layer = nn.TransformerEncoderLayer(
            config.router_size,
            HEADS,
            dim_feedforward=2 * config.router_size,
            dropout=config.dropout,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        self.project = nn.Linear(config.router_size, self.outputs)

    def decide(self, features, mask):
        return self.project(self.layer(self.project_in(features), src_key_padding_mask=mask == 0))
