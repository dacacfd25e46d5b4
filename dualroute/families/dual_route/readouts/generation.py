"""The decoder: two recurrent layers with attention over the routed states, and a switch between writing and copying."""

from collections.abc import Callable
from dataclasses import dataclass, fields

import torch
from torch import nn
from torch.nn.functional import logsigmoid

from dualroute.families.dual_route.outputs import DualRouteOutput
from dualroute.families.dual_route.readers import masked_softmax
from dualroute.families.dual_route.readouts.copying import NOTHING, mixed, source_slots, target_slots

LEAST = 1e-9  # keeps the logarithm finite where no token of x can be copied


@dataclass(frozen=True, eq=False)
class Memory:
    """What the decoder attends to and copies from.

    states  (B,T,D) routed states y_t = κ_t u_t + ρ_t O v_t
    mask    (B,T)
    source  (B,T) token ids of x
    slots   (B,T) their slots in the extended vocabulary
    words   (V,D_e) embeddings of the vocabulary
    """

    states: torch.Tensor
    mask: torch.Tensor
    source: torch.Tensor
    slots: torch.Tensor
    words: torch.Tensor

    def take(self, rows: torch.Tensor) -> "Memory":
        """Return the rows of these indices, which may repeat."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return Memory(**{name: value if name == "words" else value[rows] for name, value in values.items()})


@dataclass(frozen=True, eq=False)
class Steps:
    """Outputs of N steps of the decoder. B batch, T tokens of x, V words.

    words      (B,N,V) logits of the vocabulary
    attention  (B,N,T) probability of each token of x if the step copies
    copying    (B,N) logit of the switch: copy rather than write
    state      of both layers after the last step, (1,B,D) each
    """

    words: torch.Tensor
    attention: torch.Tensor
    copying: torch.Tensor
    state: tuple[torch.Tensor, torch.Tensor]

    def probs(self, slots: torch.Tensor) -> torch.Tensor:
        """Return the probability (B,N,V+T) of every slot, for the slots (B,T) of x."""
        return mixed(self.words.softmax(-1), self.attention, self.copying.sigmoid(), slots)

    def log_parts(self, target: torch.Tensor, slots: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return log-probabilities (B,N) of writing, and of copying, the pieces with slots `target` (B,N)."""
        size = self.words.shape[-1]
        word = self.words.gather(-1, target.clamp(max=size - 1)[..., None])[..., 0] - self.words.logsumexp(-1)
        word = word.masked_fill(target >= size, -1e4)
        copyable = (self.attention * (slots[:, None] == target[..., None])).sum(-1)  # (B,N)
        return logsigmoid(-self.copying) + word, logsigmoid(self.copying) + (copyable + LEAST).log()


class GenerationReadout(nn.Module):
    """Writes a text piece by piece from the routed states and the token ids of x.

    Its words are embeddings of the frozen backbone, as inputs and, after a projection, as outputs; the checkpoint holds
    only the ids of these V words. No logit is a sum over tokens, so another route needs another pass of the decoder.
    """

    additive = False
    vocabulary: torch.Tensor  # (V,) token ids in ascending order
    marks: torch.Tensor  # (3,) token ids of start, end and unknown

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
        """Set the ids of the words, and those of the marks that start and end a text and replace unknown words.

        Raises ValueError unless `ids`, `end` and `unknown` together are V ids.
        """
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
        """Token id after the last piece."""
        return int(self.marks[1])

    @property
    def unknown(self) -> int:
        """Token id of a piece that cannot be written."""
        return int(self.marks[2])

    def memory(
        self,
        embed: Callable[[torch.Tensor], torch.Tensor],
        output: DualRouteOutput,
        source: torch.Tensor,
        kappa: torch.Tensor | float = 1.0,
        rho: torch.Tensor | float = 1.0,
    ) -> Memory:
        """Return the memory for weights κ and ρ, (B,T) or numbers, of the direct and the read states.

        embed   the backbone's map from token ids to embeddings
        output  a `DualRouteOutput` with direct_states u and read_states O v
        source  (B,T) token ids of the words of x
        """
        kappa, rho = (w[..., None] if isinstance(w, torch.Tensor) else w for w in (kappa, rho))
        direct, read = output.states
        states = kappa * direct + rho * read
        return Memory(states, output.mask, source, source_slots(source, self.vocabulary), embed(self.vocabulary))

    def steps(self, embed, memory: Memory, previous: torch.Tensor, state=None) -> Steps:
        """Return N steps at once after the pieces `previous` (B,N), ids; `state` is that of earlier steps, if any."""
        state = self._begin(memory) if state is None else state
        entered = self.dropout(self.enter(embed(previous)))  # (B,N,D)
        hidden, first = self.first(entered, state[0])
        attended = self._look(hidden, memory)  # (B,N,D)
        hidden, second = self.second(torch.cat([hidden, attended], dim=-1), state[1])
        scores = self.pick(hidden) @ memory.states.transpose(1, 2) / hidden.shape[-1] ** 0.5
        attention = masked_softmax(scores, memory.mask[:, None])  # (B,N,T)
        combined = self.combine(torch.cat([hidden, attention @ memory.states], dim=-1)).tanh()
        copying = self.copy(torch.cat([combined, entered], dim=-1)).squeeze(-1)
        words = self.write(self.dropout(combined)) @ memory.words.T + self.word_bias
        return Steps(words, attention, copying, (first, second))

    def teacher_forced(self, embed, memory: Memory, target: torch.Tensor) -> tuple[Steps, torch.Tensor]:
        """Return the steps that write `target` (B,N), ids with NOTHING after the end, and its slots (B,N)."""
        pieces = target.masked_fill(target == NOTHING, self.end)
        before = torch.cat([torch.full_like(pieces[:, :1], self.start), pieces[:, :-1]], dim=1)
        return self.steps(embed, memory, before), target_slots(pieces, memory.source, self.vocabulary, self.unknown)

    def log_probs(self, embed, memory: Memory, target: torch.Tensor) -> torch.Tensor:
        """Return the log-probability (B,N) of every piece of `target` given those before it; 0 after its end."""
        steps, slots = self.teacher_forced(embed, memory, target)
        written, copied = steps.log_parts(slots, memory.slots)
        return torch.logaddexp(written, copied).masked_fill(target == NOTHING, 0.0)

    def _begin(self, memory: Memory) -> tuple[torch.Tensor, torch.Tensor]:
        weights = memory.mask / memory.mask.sum(1, keepdim=True).clamp(min=1)
        mean = (memory.states * weights[..., None]).sum(1)  # (B,D)
        first, second = self.begin(mean).tanh()[None].chunk(2, dim=-1)
        return first.contiguous(), second.contiguous()

    def _look(self, hidden: torch.Tensor, memory: Memory) -> torch.Tensor:
        """What each step reads from the routed states, head by head: (B,N,D)."""
        query = self.look(hidden).unflatten(-1, (self.num_heads, -1))
        states = memory.states.unflatten(-1, (self.num_heads, -1))
        scores = torch.einsum("bnhd,bthd->bhnt", query, states) / query.shape[-1] ** 0.5
        weights = masked_softmax(scores, memory.mask[:, None, None])
        return torch.einsum("bhnt,bthd->bnhd", weights, states).flatten(2)
