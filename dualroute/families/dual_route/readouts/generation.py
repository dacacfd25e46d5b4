"""The decoder: two recurrent layers with attention over the routed states, and a switch between writing and copying."""

from dataclasses import dataclass, fields

import torch
from torch import nn
from torch.nn.functional import logsigmoid

from dualroute.families.dual_route.readers import masked_softmax
from dualroute.families.dual_route.readouts.copying import NOTHING, mixed, source_slots, target_slots

LEAST = 1e-9  # keeps the logarithm of a copy that no token of x offers finite


@dataclass(frozen=True, eq=False)
class Memory:
    """What a text is written from.

    states  (B,T,D) routed states y_t = κ_t u_t + ρ_t O v_t;  mask (B,T)
    source  (B,T) token ids of x;  slots (B,T) their places in the extended vocabulary
    words   (V,D_e) embeddings of the vocabulary
    """

    states: torch.Tensor
    mask: torch.Tensor
    source: torch.Tensor
    slots: torch.Tensor
    words: torch.Tensor

    def take(self, rows: torch.Tensor) -> "Memory":
        """The rows of these indices, which may repeat."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return Memory(**{name: value if name == "words" else value[rows] for name, value in values.items()})


@dataclass(frozen=True, eq=False)
class Steps:
    """What N steps say, before any choice. B batch, T tokens of x, V words.

    words      (B,N,V) logits of the vocabulary;  attention (B,N,T) where each step would copy
    copying    (B,N) logit of the switch: copy rather than write
    state      of both layers behind the last step, (1,B,D) each
    """

    words: torch.Tensor
    attention: torch.Tensor
    copying: torch.Tensor
    state: tuple[torch.Tensor, torch.Tensor]

    def probs(self, slots: torch.Tensor) -> torch.Tensor:
        """(B,N,V+T) probability of every slot, for the slots (B,T) of x."""
        return mixed(self.words.softmax(-1), self.attention, self.copying.sigmoid(), slots)

    def log_parts(self, target: torch.Tensor, slots: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Log-probabilities (B,N) that the pieces of slots `target` (B,N) are written, and that they are copied."""
        size = self.words.shape[-1]
        word = self.words.gather(-1, target.clamp(max=size - 1)[..., None])[..., 0] - self.words.logsumexp(-1)
        word = word.masked_fill(target >= size, -1e4)
        offered = (self.attention * (slots[:, None] == target[..., None])).sum(-1)  # (B,N)
        return logsigmoid(-self.copying) + word, logsigmoid(self.copying) + (offered + LEAST).log()


class GenerationReadout(nn.Module):
    """Writes a text piece by piece while it looks at the routed states, and at nothing else but x's token ids.

    The words it knows are the frozen backbone's embeddings, for reading and, through a projection, for writing: the
    checkpoint holds only which V of them there are. There is no logit per token to add up, so that another route
    means another pass of the decoder.
    """

    additive = False

    def __init__(self, config):
        super().__init__()
        size = config.hidden_size
        self.num_heads = config.num_heads
        self.merge = nn.Linear(size, size, bias=False)  # O
        self.enter = nn.Linear(config.encoder_size, size)
        self.begin = nn.Linear(size, 2 * size)
        self.first = nn.GRU(size, size, batch_first=True)
        self.look = nn.Linear(size, size)
        self.second = nn.GRU(2 * size, size, batch_first=True)
        self.pick = nn.Linear(size, size)
        self.combine = nn.Linear(2 * size, size)
        self.copy = nn.Linear(2 * size, 1)
        self.write = nn.Linear(size, config.encoder_size)
        self.word_bias = nn.Parameter(torch.zeros(config.vocabulary_size))
        self.dropout = nn.Dropout(config.dropout)
        self.register_buffer("vocabulary", torch.arange(config.vocabulary_size))
        self.register_buffer("marks", torch.zeros(3, dtype=torch.long))

    def set_vocabulary(self, ids, start: int, end: int, unknown: int) -> None:
        """The token ids that can be written, and those that begin and end a text and stand for unknown words."""
        known = sorted({*ids, end, unknown})
        if len(known) != len(self.vocabulary):
            raise ValueError(f"{len(known)} words do not fit a vocabulary of {len(self.vocabulary)}")
        self.vocabulary.copy_(torch.tensor(known))
        self.marks.copy_(torch.tensor([start, end, unknown]))

    @property
    def start(self) -> int:
        """Token id before the first piece."""
        return int(self.marks[0])

    @property
    def end(self) -> int:
        """Token id behind the last piece."""
        return int(self.marks[1])

    @property
    def unknown(self) -> int:
        """Token id of what cannot be written."""
        return int(self.marks[2])

    def memory(self, embed, output, source, kappa=1.0, rho=1.0) -> Memory:
        """What is written from, for weights (B,T), or numbers, of the direct and the context part.

        embed   token ids to embeddings, of the backbone;  source (B,T) token ids of the words of x
        output  a `DualRouteOutput` with direct_states u and read_states O v
        """
        kappa, rho = (w[..., None] if isinstance(w, torch.Tensor) else w for w in (kappa, rho))
        states = kappa * output.direct_states + rho * output.read_states
        return Memory(states, output.mask, source, source_slots(source, self.vocabulary), embed(self.vocabulary))

    def steps(self, embed, memory: Memory, previous: torch.Tensor, state=None) -> Steps:
        """N steps at once after the pieces `previous` (B,N), ids; `state` of the steps before them, if any."""
        state = self._begin(memory) if state is None else state
        entered = self.dropout(self.enter(embed(previous)))  # (B,N,D)
        thought, first = self.first(entered, state[0])
        seen = self._look(thought, memory)  # (B,N,D)
        thought, second = self.second(torch.cat([thought, seen], dim=-1), state[1])
        scores = self.pick(thought) @ memory.states.transpose(1, 2) / thought.shape[-1] ** 0.5
        attention = masked_softmax(scores, memory.mask[:, None])  # (B,N,T)
        told = self.combine(torch.cat([thought, attention @ memory.states], dim=-1)).tanh()
        copying = self.copy(torch.cat([told, entered], dim=-1)).squeeze(-1)
        words = self.write(self.dropout(told)) @ memory.words.T + self.word_bias
        return Steps(words, attention, copying, (first, second))

    def told(self, embed, memory: Memory, target: torch.Tensor) -> tuple[Steps, torch.Tensor]:
        """The steps that write `target` (B,N), ids with NOTHING behind the end, and its slots (B,N)."""
        pieces = target.masked_fill(target == NOTHING, self.end)
        before = torch.cat([torch.full_like(pieces[:, :1], self.start), pieces[:, :-1]], dim=1)
        return self.steps(embed, memory, before), target_slots(pieces, memory.source, self.vocabulary, self.unknown)

    def log_probs(self, embed, memory: Memory, target: torch.Tensor) -> torch.Tensor:
        """(B,N) log-probability of every piece of `target` given those before it; 0 behind its end."""
        steps, slots = self.told(embed, memory, target)
        written, copied = steps.log_parts(slots, memory.slots)
        return torch.logaddexp(written, copied).masked_fill(target == NOTHING, 0.0)

    def _begin(self, memory: Memory) -> tuple[torch.Tensor, torch.Tensor]:
        weights = memory.mask / memory.mask.sum(1, keepdim=True).clamp(min=1)
        mean = (memory.states * weights[..., None]).sum(1)  # (B,D)
        return tuple(part.contiguous() for part in self.begin(mean).tanh()[None].chunk(2, dim=-1))

    def _look(self, thought: torch.Tensor, memory: Memory) -> torch.Tensor:
        """What each step sees of the routed states, head by head: (B,N,D)."""
        query = self.look(thought).unflatten(-1, (self.num_heads, -1))
        states = memory.states.unflatten(-1, (self.num_heads, -1))
        scores = torch.einsum("bnhd,bthd->bhnt", query, states) / query.shape[-1] ** 0.5
        weights = masked_softmax(scores, memory.mask[:, None, None])
        return torch.einsum("bhnt,bthd->bnhd", weights, states).flatten(2)
