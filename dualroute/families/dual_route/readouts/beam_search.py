"""Beam search over the extended vocabulary."""

from dataclasses import dataclass

import torch

from dualroute.families.dual_route.readouts.copying import NOTHING, slot_ids
from dualroute.families.dual_route.readouts.generation import GenerationReadout, Memory

LENGTH_POWER = 0.8  # a score is a log-probability divided by length ** LENGTH_POWER; 1 would favour long texts
NEVER = -1e9


@dataclass(frozen=True, eq=False)
class Written:
    """The best text of each row.

    ids     (B,N) token ids without the mark of the end, NOTHING after the last piece
    scores  (B,) log-probability, including that of the end, divided by length ** LENGTH_POWER
    """

    ids: torch.Tensor
    scores: torch.Tensor


def write(readout: GenerationReadout, embed, memory: Memory, num_beams: int, max_new_tokens: int) -> Written:
    """Return the best text of each row: that of a beam search, or the greedy one where it scores higher.

    No text repeats three pieces in a row, contains the mark of unknown words, or is empty.
    """
    greedy = search(readout, embed, memory, 1, max_new_tokens)
    if num_beams == 1:
        return greedy
    beam = search(readout, embed, memory, num_beams, max_new_tokens)
    better = beam.scores > greedy.scores
    return Written(torch.where(better[:, None], beam.ids, greedy.ids), torch.maximum(beam.scores, greedy.scores))


def search(readout: GenerationReadout, embed, memory: Memory, beams: int, most: int) -> Written:
    """Return the best of texts with at most `most` pieces, from `beams` unfinished texts at a time; 1 is greedy.

    A row is finished when `beams` of its texts have ended.
    """
    rows, device = len(memory.mask), memory.mask.device
    end, unknown = torch.searchsorted(readout.vocabulary, readout.marks[1:]).tolist()
    wide = memory.take(torch.arange(rows, device=device).repeat_interleave(beams))
    origin = torch.arange(rows, device=device)[:, None] * beams  # (B,1) the first beam of each row
    texts = torch.zeros(rows * beams, 0, dtype=torch.long, device=device)  # slots
    scores = torch.full((rows, beams), NEVER, device=device)
    scores[:, 0] = 0
    best = Written(torch.full((rows, most), NOTHING, device=device), torch.full((rows,), NEVER, device=device))
    ended = torch.zeros(rows, dtype=torch.long, device=device)
    previous, state = torch.full((rows * beams, 1), readout.start, device=device), None
    for step in range(most):
        steps = readout.steps(embed, wide, previous, state)
        log_probs = steps.probs(wide.slots)[:, 0].clamp(min=1e-30).log()  # (B·K,V+T)
        log_probs[:, [unknown, end] if step == 0 else [unknown]] = NEVER
        bar_repeats(log_probs, texts)
        top, place = (scores.view(-1, 1) + log_probs).view(rows, -1).topk(2 * beams, dim=1)  # at least K do not end
        beam, slot = origin + place // log_probs.shape[1], place % log_probs.shape[1]  # (B,2K)
        ends = slot == end
        counted = (ends & (torch.arange(2 * beams, device=device) < beams)) & (ended < beams)[:, None]
        best = _keep(best, texts[beam], (top / (step + 1) ** LENGTH_POWER).masked_fill(~counted, NEVER))
        ended += counted.sum(1)
        scores, unfinished = top.masked_fill(ends, 2 * NEVER).topk(beams, dim=1)  # (B,K)
        beam, slot = beam.gather(1, unfinished).flatten(), slot.gather(1, unfinished).flatten()
        texts = torch.cat([texts[beam], slot[:, None]], dim=1)
        state = tuple(part[:, beam] for part in steps.state)
        previous = slot_ids(slot[:, None], wide.source, readout.vocabulary)
        if (ended >= beams).all():
            break
    last = (scores / most**LENGTH_POWER).masked_fill((ended >= beams)[:, None], NEVER)
    best = _keep(best, texts.view(rows, beams, -1), last)
    ids = slot_ids(best.ids.clamp(min=0), memory.source, readout.vocabulary)
    return Written(ids.masked_fill(best.ids == NOTHING, NOTHING), best.scores)


def bar_repeats(scores: torch.Tensor, texts: torch.Tensor) -> None:
    """Set to NEVER, in scores (M,slots), every piece that would repeat three pieces of texts (M,n), slots."""
    if texts.shape[1] < 3:
        return
    pairs = texts.unfold(1, 2, 1)[:, :-1]  # (M,n-2,2)
    repeated = (pairs == texts[:, None, -2:]).all(-1)  # (M,n-2)
    followers = texts[:, 2:]
    rows, places = repeated.nonzero(as_tuple=True)
    scores[rows, followers[rows, places]] = NEVER


def _keep(best: Written, texts: torch.Tensor, scores: torch.Tensor) -> Written:
    """The better of `best` and of texts (B,K,n) with scores (B,K)."""
    score, which = scores.max(1)
    text = texts[torch.arange(len(texts), device=texts.device), which]  # (B,n)
    text = torch.nn.functional.pad(text, (0, best.ids.shape[1] - text.shape[1]), value=NOTHING)
    better = score > best.scores
    return Written(torch.where(better[:, None], text, best.ids), torch.maximum(score, best.scores))
