"""A text, piece by piece."""

from collections import Counter

import torch
from torch.nn.utils.rnn import pad_sequence

from dualroute.data.inputs.backward import word_ids
from dualroute.data.objectives.base import Objective
from dualroute.families.dual_route.readouts.copying import NOTHING
from dualroute.inputs import joined


class GenerationObjective(Objective):
    """Log-probabilities (B,N) of the pieces of the texts to write.

    labels  `source` (B,T) token ids of the words of x, which may be copied, and `target` (B,N) ids of the pieces with
            the mark of the end; NOTHING behind both
    """

    one_flow_per_row = True  # a pass of the decoder per flow would triple the cost of training

    def targets(self, rows, config, tokenizer, name):
        """{source, target} of each row."""
        own = [joined(row.x, row.h) if config.context == "backward" else row.x for row in rows]
        sources = word_ids(tokenizer, own, config.max_length)
        pieces = tokenizer([row.label for row in rows], add_special_tokens=False)["input_ids"]
        end = [tokenizer.sep_token_id]
        return [
            {"source": torch.tensor(source), "target": torch.tensor((written + end)[: config.max_new_tokens])}
            for source, written in zip(sources, pieces, strict=True)
        ]

    def prepare(self, model, targets, tokenizer):
        """The vocabulary: the most frequent pieces of the texts to write; rarer ones can still be copied."""
        counts = Counter(int(piece) for row in targets for piece in row["target"])
        special = {tokenizer.sep_token_id, tokenizer.unk_token_id}
        others = sorted(set(range(len(tokenizer))) - special, key=lambda piece: (-counts[piece], piece))
        kept = others[: model.config.vocabulary_size - len(special)]
        model.readout.set_vocabulary(kept, tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.unk_token_id)

    def predict(self, model, output, labels, kappa, rho):
        embed = model.backbone.embed
        source = labels["source"].clamp(min=0)
        memory = model.readout.memory(embed, output, source, kappa, rho)
        return model.readout.log_probs(embed, memory, labels["target"])

    def loss(self, prediction, labels):
        return -prediction.sum() / (labels["target"] != NOTHING).sum().clamp(min=1)

    def score(self, prediction, labels):
        """(B,) mean log-probability of a row's pieces."""
        return prediction.sum(1) / (labels["target"] != NOTHING).sum(1).clamp(min=1)

    def collate(self, labels):
        return {
            name: pad_sequence([row[name] for row in labels], batch_first=True, padding_value=NOTHING)
            for name in ("source", "target")
        }
