"""What two flows cost: a given text beside its plain forwards, and writing beside `generate` with one flow.

python -m benchmarks.language_model [--model NAME] [--tokens 48] [--repeats 3] [--threads 1] [--json OUT]

Ratios are of the medians of one run, in which the measured functions take turns. The given text has a context of about
64 tokens and an answer of 200. Writing reads both flows at every token; beside it stand early gates, with the tokens
that went through the model. The texts are this script's own.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch

from dualroute.families.context_lm.embedded import EMBEDDED
from dualroute.families.context_lm.family import ContextLM
from dualroute.families.context_lm.loading import find_model
from dualroute.trace.decision import Decision

PROMPT = "When was the lighthouse built, and by whom?"
PASSAGE = (
    "The old lighthouse on Gull Point was built in 1874 by Agnes Farrow, an engineer from Leeds. It was closed in 1962."
)
ANSWER = "The lighthouse was built by an engineer, and it has stood on the point for more than a hundred years. "
ANSWER_TOKENS = 200


def seconds(runs: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Median seconds of every function; they take turns, after one round that does not count."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(repeats + 1):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            if turn:
                taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in taken.items()}


def given_text(lm: ContextLM, repeats: int) -> dict[str, float]:
    """A trace of a given answer beside the two forwards of transformers that it contains."""
    ids = lm.tokenizer(ANSWER * 20, add_special_tokens=False)["input_ids"][:ANSWER_TOKENS]
    answer, inputs = lm.tokenizer.decode(ids), lm.read(PROMPT, PASSAGE)
    rows = [torch.tensor([[*before.ids, *ids]]) for before in (inputs.direct, inputs.merged)]

    @torch.inference_mode()
    def plain() -> None:
        for row in rows:
            lm.model(row, use_cache=False)

    found = seconds({"plain forwards": plain, "trace": lambda: lm.trace(PROMPT, PASSAGE, answer)}, repeats)
    return found | {"ratio": found["trace"] / found["plain forwards"]}


def writing(lm: ContextLM, tokens: int, repeats: int) -> dict[str, float]:
    """Writing by both flows beside `generate` by the merged one, over the same number of tokens."""
    before = torch.tensor([lm.read(PROMPT, PASSAGE).merged.ids])
    lm.ends = ()  # all texts are equally long

    def generate() -> None:
        lm.model.generate(before, min_new_tokens=tokens, max_new_tokens=tokens, do_sample=False)

    def both() -> None:
        lm.write(PROMPT, PASSAGE, Decision("soft"), max_tokens=tokens).run()

    found = seconds({"generate": generate, "both flows": both}, repeats)
    return found | {"ratio": found["both flows"] / found["generate"]}


def early_gate(lm: ContextLM, tokens: int) -> dict[str, dict[str, float]]:
    """Tokens through the model when an early gate decides, beside merged alone and both flows."""
    early = ContextLM(lm.model, lm.tokenizer, "entropy", checkpoint=lm.checkpoint, revision=lm.revision)
    found = {}
    for theta in (0.2, 0.5, 0.8):
        written = early.write(PROMPT, PASSAGE, Decision("threshold", theta), max_tokens=tokens).run()
        reading = sum(token.rho > 0 for token in written.tokens) / len(written.tokens)
        costs = written.costs
        found[f"θ = {theta:g}"] = {
            "share": reading,
            "tokens": costs.total,
            "merged alone": costs.merged_alone,
            "both flows": costs.both_flows,
        }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", default=EMBEDDED)
    parser.add_argument("--tokens", type=int, default=48)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    lm = ContextLM.load(find_model(options.model), options.model)
    results = {
        "model": options.model,
        "early gate": early_gate(lm, options.tokens),
        "given text": given_text(lm, options.repeats),
        "writing": writing(lm, options.tokens, options.repeats),
    }
    print(json.dumps(results, indent=1, ensure_ascii=False))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
