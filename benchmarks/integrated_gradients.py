"""How long the attribution of a prediction and of its gates takes, against Captum's Integrated Gradients run twice.

    python -m benchmarks.integrated_gradients [--json OUT] [--lengths 64,256] [--texts 6] [--repeats 5] [--threads 2]
                                              [--default-only]

Equal error: both sides must come within 1% (L2, over the words of x and h) of a Captum reference with 200 steps, for
both targets. Captum runs as it is called by default, 50 steps in one batch, on word embeddings. Ours is timed twice:

    fixed     the smallest number of Gauss-Legendre steps that meets the 1% (found with the reference, so nobody who
              has no reference can know it);  `ratio` compares this one. Captum's rule is the same, so it would need as
              many: `ratio_least` is default against Captum's time scaled to these steps
    default   `attribute_many` as it is called by default, which decides by itself how long to go on; `ratio_default`

Captum too runs on the model as it is loaded, whose linear maps oneDNN multiplies. `plain` is Captum on the same model
with torch's own matrix products, as Hugging Face's modules have them; `ratio_plain` is default against it.
`--default-only` leaves out the search for `fixed`.

The texts are cut or joined to so many tokens of x and h together. Quick: `--texts 1 --repeats 1 --lengths 64`.
A text on which Captum's 50 steps miss the 1% is reported and left out of the ratios, and so is one on which ours
misses it from the ratio of that run. All runs are interleaved, their order turns with every repeat, and a ratio is that
of the medians: of wall time, and of the process's CPU time (`…_cpu`), which with `--threads 1` is the one to trust on a
machine that others use too.
"""

import argparse
import json
import os
import platform
import statistics
import time

import numpy as np
import torch
from captum.attr import IntegratedGradients

import dualroute
from dualroute.attribute.engine import attribute_many
from dualroute.families.dual_route import linear_kernels
from dualroute.families.dual_route.tracing import encode_pair, model_inputs

ERROR = 0.01
REFERENCE_STEPS = 200
CAPTUM_STEPS = 50
STEP_COUNTS = range(24, 101, 4)
LENGTHS = {64: (20, 44), 256: (30, 226)}  # tokens of x and h
TEXTS = (
    (
        "Harbour city names striker Okafor captain after record season, as rivals warn that the title race will be "
        "decided by injuries and money rather than goals",
        "The club confirmed on Tuesday that the forward, who scored 31 goals in all competitions, will lead the side "
        "into the new campaign. Manager Elena Brandt said the decision came after long talks with the squad, and that "
        "the board had promised two defenders before the transfer window closes at the end of the month.",
    ),
    (
        "Central bank holds rates for a third month while grocers and carmakers cut their forecasts, citing weak "
        "demand and the rising price of freight",
        "Policymakers voted seven to two to leave the benchmark rate unchanged, saying inflation had eased but wages "
        "had not. Shares of two supermarket chains fell more than four percent after they lowered their profit "
        "outlook, and analysts expect carmakers to follow when quarterly results are published next week.",
    ),
    (
        "Probe sends back first pictures of frozen moon as engineers race to repair a faulty antenna before the "
        "craft slips behind the giant planet",
        "The images show ridges of ice and dark lines that may mark a hidden ocean, researchers said. The spacecraft "
        "has been transmitting at a tenth of its planned speed since a software update in March, and the team has "
        "until Friday to load a patch before contact is lost for about nine weeks.",
    ),
    (
        "Talks on border water treaty resume after floods displace thousands, with ministers from three countries "
        "meeting behind closed doors in the capital",
        "Delegations arrived on Sunday under heavy security, a day after aid agencies said that forty thousand "
        "people were sleeping in schools and mosques. The government rejected claims that dams upstream were opened "
        "without warning, and asked the United Nations to send observers to the valley before the next rains.",
    ),
    (
        "Chip maker to build second plant near river town after mayor promises cheap power, but farmers fear for "
        "their wells and vow to go to court",
        "The factory would make memory for phones and data centres and employ about two thousand people, the company "
        "said. Its first plant, opened four years ago, uses as much water as the town itself. A spokesman said nine "
        "tenths of it would be cleaned and used again, a figure that local growers called a fairy tale.",
    ),
    (
        "Veteran sprinter Adeyemi wins gold by a hundredth of a second in her last race, then waits an hour while "
        "judges study a photograph of the finish",
        "The 36-year-old had not won a major title since her knee operation, and said before the final that she would "
        "retire whatever the result. Her rival from Jamaica led until the last stride. Organisers apologised for the "
        "delay and blamed a camera on the inside lane that stopped working during the rain.",
    ),
)


def text_of(router, length: int, first: int = 0) -> tuple[str, str]:
    """x and h of about so many tokens together, of whole words: text `first`, and those behind it where it is short."""
    texts = TEXTS[first:] + TEXTS[:first]
    whole = (" ".join(text[side] for text in texts) for side in (0, 1))
    return tuple(_cut(router, text, tokens) for text, tokens in zip(whole, LENGTHS[length], strict=True))


def _cut(router, text: str, tokens: int) -> str:
    words = text.split()
    while len(router.model.backbone.tokenizer.tokenize(" ".join(words))) > tokens:
        words.pop()
    return " ".join(words)


class CaptumTwice:
    """Captum on word embeddings, once for the logit with its route held and once for the mean gate."""

    def __init__(self, model, trace):
        own, other = encode_pair(model, trace.x, trace.h)
        texts, inputs = (own, other.encoded), model_inputs(own, other)
        self.words = [torch.from_numpy(~text.special) for text in texts]
        self.embeds = tuple(model.backbone.embed(inputs.pop(name)) for name in ("input_ids", "context_input_ids"))
        pad = model.backbone.embed(torch.tensor(model.backbone.tokenizer.pad_token_id))
        self.baselines = tuple(torch.where(w[:, None], pad, e) for w, e in zip(self.words, self.embeds, strict=True))
        outcome = trace.replay()
        route = torch.tensor(outcome.flow_weights, dtype=torch.float32)[None]

        def run(own, context):
            masks = {name: mask.expand(len(own), -1) for name, mask in inputs.items()}
            return model(inputs_embeds=own, context_inputs_embeds=context, route=route, **masks)

        self.methods = (
            IntegratedGradients(lambda *embeds: run(*embeds).logits[:, outcome.label_index]),
            IntegratedGradients(lambda *embeds: run(*embeds).gates[..., 1:].sum(-1).mean(1)),
        )

    def attribute(self, **options) -> list[np.ndarray]:
        """Scores (T+S,) of the prediction and of the gate."""
        return [self._words(method.attribute(self.embeds, self.baselines, **options)) for method in self.methods]

    def _words(self, scores) -> np.ndarray:
        kept = [score.sum(-1)[0][words] for score, words in zip(scores, self.words, strict=True)]
        return torch.cat(kept).detach().numpy()


def scores(found) -> list[np.ndarray]:
    return [np.concatenate([one.scores, one.context_scores]) for one in found]


def errors(found: list[np.ndarray], reference: list[np.ndarray]) -> list[float]:
    """Relative L2 errors, one per target."""
    return [float(np.linalg.norm(a - b) / np.linalg.norm(b)) for a, b in zip(found, reference, strict=True)]


def with_torch_products(run):
    """`run` with torch's own matrix products instead of oneDNN's."""

    def plain():
        with linear_kernels.torch_products():
            return run()

    return plain


def prepare(router, x: str, h: str, default_only: bool = False) -> tuple[dict, dict]:
    """The runs to time for one text, and what is known of their errors."""
    trace = router.trace(x, h)
    captum = CaptumTwice(router.model, trace)
    reference = captum.attribute(n_steps=REFERENCE_STEPS, internal_batch_size=25)
    steps = None
    if not default_only:
        steps = _enough(router, trace, reference)
    found = captum.attribute()
    default = attribute_many(router, trace)
    known = {
        "x": x,
        "tokens": len(trace.tokens),
        "context_tokens": len(trace.context_tokens),
        "label": trace.replay().label,
        "captum_error": errors(found, reference),
        "steps": steps,
        "error": _fixed(router, trace, steps, reference) if steps else None,
        "default_steps": default[0].steps,
        "default_error": errors(scores(default), reference),
        "default_converged": [one.converged for one in default],
    }
    runs = {
        "captum": captum.attribute,
        "plain": with_torch_products(captum.attribute),
        "default": lambda: attribute_many(router, trace),
    }
    if not default_only:
        runs["fixed"] = lambda: attribute_many(router, trace, n_steps=steps or STEP_COUNTS[-1])
    return runs, known


def _enough(router, trace, reference) -> int | None:
    """The smallest number of Gauss-Legendre steps that meets the error."""
    meets = (n for n in STEP_COUNTS if max(_fixed(router, trace, n, reference)) <= ERROR)
    return next(meets, None)


def _fixed(router, trace, steps: int, reference) -> list[float]:
    return errors(scores(attribute_many(router, trace, n_steps=steps)), reference)


def measure(prepared, repeats: int) -> None:
    """Adds the median seconds of every run, and their ratios, to what is known of each text."""
    times = [{name: [] for name in runs} for runs, _ in prepared]
    for repeat in range(repeats):
        for (runs, _), taken in zip(prepared, times, strict=True):
            names = list(runs)
            for name in names[repeat % len(names) :] + names[: repeat % len(names)]:
                taken[name].append(_time(runs[name]))
    for (_, known), taken in zip(prepared, times, strict=True):
        for clock, key in enumerate(("", "_cpu")):
            p50 = {name: statistics.median(both[clock] for both in spent) for name, spent in taken.items()}
            known[f"p50_seconds{key}"] = p50
            if "fixed" in p50:
                known[f"ratio{key}"] = p50["fixed"] / p50["captum"]
            known[f"ratio_plain{key}"] = p50["default"] / p50["plain"]
            known[f"ratio_default{key}"] = p50["default"] / p50["captum"]
            needed = (known["steps"] or STEP_COUNTS[-1]) / CAPTUM_STEPS
            if "fixed" in p50:
                known[f"ratio_least{key}"] = known[f"ratio_default{key}"] / needed


def _time(run) -> tuple[float, float]:
    """Wall and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - wall, time.process_time() - cpu


def summarise(texts: list[dict]) -> dict:
    """Medians of the ratios over the texts where both sides meet the error; None where there is no such text."""
    comparable = [t for t in texts if max(t["captum_error"]) <= ERROR]
    met = {
        "ratio": [t for t in comparable if t["steps"]],
        "ratio_default": [t for t in comparable if max(t["default_error"]) <= ERROR],
    }
    met["ratio_plain"] = met["ratio_default"]
    met["ratio_least"] = [t for t in texts if max(t["default_error"]) <= ERROR]
    summary = {"texts": len(texts)} | {f"{name}_texts": len(chosen) for name, chosen in met.items()}
    for name, chosen in met.items():
        for key in (name, f"{name}_cpu"):
            values = [t[key] for t in chosen if key in t]
            summary[key] = statistics.median(values) if values else None
    return summary


def show(known: dict) -> None:
    print(f"\n{known['x'][:60]}…  {known['tokens']} + {known['context_tokens']} words, {known['label']}")
    rows = (
        ("captum", "captum ×2", CAPTUM_STEPS, known["captum_error"]),
        ("plain", "captum, plain", CAPTUM_STEPS, known["captum_error"]),
        *([("fixed", "ours, fixed", known["steps"], known["error"])] if known["error"] else []),
        ("default", "ours, default", known["default_steps"], known["default_error"]),
    )
    wall, cpu = known["p50_seconds"], known["p50_seconds_cpu"]
    for name, title, steps, error in rows:
        told = f"{title:14} {steps!s:>4} steps  error {error[0]:7.3%} {error[1]:7.3%}"
        ratios = f"ratio {wall[name] / wall['captum']:.2f} {cpu[name] / cpu['captum']:.2f}"
        met = "" if max(error) <= ERROR else "  misses 1%"
        print(f"  {told}  wall {wall[name]:6.2f} s  cpu {cpu[name]:6.2f} s  {ratios}{met}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", help="write the numbers to this file")
    parser.add_argument("--checkpoint", default="news")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--texts", type=int, default=len(TEXTS), help="how many of the texts to use")
    parser.add_argument("--lengths", default=",".join(map(str, LENGTHS)), help="tokens of x and h together")
    parser.add_argument("--default-only", action="store_true", help="leave out the search for fixed steps")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    router = dualroute.load(arguments.checkpoint)
    found = {}
    for length in map(int, arguments.lengths.split(",")):
        prepared = [
            prepare(router, *text_of(router, length, first), arguments.default_only) for first in range(arguments.texts)
        ]
        measure(prepared, arguments.repeats)
        texts = [known for _, known in prepared]
        found[length] = summarise(texts) | {"per_text": texts}
        tell(length, found[length])
    machine = {"cpus": os.cpu_count(), "load": os.getloadavg(), "processor": platform.processor()}
    machine |= {"threads": arguments.threads, "torch": torch.__version__, "repeats": arguments.repeats}
    print(f"load of the machine {machine['load'][0]:.1f}, {arguments.threads} threads")
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"checkpoint": router.revision, "machine": machine, "lengths": found}, file, indent=1)


def tell(length: int, summary: dict) -> None:
    for known in summary["per_text"]:
        show(known)
    print(f"\n{length} tokens")
    for name in ("ratio", "ratio_default", "ratio_plain", "ratio_least"):
        found = [summary[key] for key in (name, f"{name}_cpu")]
        told = "no text met the error" if None in found else f"{found[0]:.2f} wall, {found[1]:.2f} cpu"
        print(f"{name}: {told}; {summary[f'{name}_texts']} of {summary['texts']} texts", flush=True)


if __name__ == "__main__":
    main()
