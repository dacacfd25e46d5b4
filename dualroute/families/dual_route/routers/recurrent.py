"""z_t = W·[forward_t, backward_t] + b: a bidirectional GRU over the whole sequence, one decision for each token."""

from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from dualroute.families.dual_route.routers.base import Router


class RecurrentRouter(Router):
    """Decides every token with all tokens before and after it in view."""

    def __init__(self, config):
        super().__init__(config)
        self.recurrent = nn.GRU(self.features, config.router_size // 2, batch_first=True, bidirectional=True)
        self.project = nn.Linear(2 * (config.router_size // 2), self.outputs)

    def decide(self, features, mask):
        lengths = mask.sum(1).clamp(min=1).cpu()
        packed = pack_padded_sequence(features, lengths, batch_first=True, enforce_sorted=False)
        hidden, _ = pad_packed_sequence(self.recurrent(packed)[0], batch_first=True, total_length=features.shape[1])
        return self.project(hidden)
