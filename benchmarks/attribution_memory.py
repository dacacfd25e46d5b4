"""How much memory attributions of a prediction and its gates take for 512 + 512 tokens: each method in a fresh process.

    python -m benchmarks.attribution_memory [--json OUT] [--methods saliency,lime] [--granularity sentence] [--limit 4]

Peak resident memory of the whole process, the model and its libraries with it. The weights are those of a shipped
checkpoint, its limits of length raised to what the backbone takes. Methods that leave units out are asked about
sentences by default, for what is held at a time does not grow with the number of units; `--granularity token` waits
for all of them. Ends with 1 when a method needs more GB than the limit.
"""

import argparse
import json
import resource
import subprocess
import sys
import time

from benchmarks.integrated_gradients import TEXTS
from dualroute.attribute.methods import METHODS

WITHOUT_MODEL = ("exact",)
FEW = {"n_samples": 8}


def long_texts() -> tuple[str, str]:
    """More than 512 tokens each."""
    return tuple(" ".join(text[side] for text in TEXTS * 4) for side in (0, 1))


def one(checkpoint: str, method: str, granularity: str) -> dict:
    """The peak of this process after one attribution."""
    import torch

    import dualroute
    from dualroute.attribute.engine import attribute_many

    torch.set_num_threads(1)
    router = dualroute.load(checkpoint)
    router.model.config.max_length = router.model.config.context_max_length = 512
    trace = router.trace(*long_texts())
    before = _peak()
    parameters = FEW if "n_samples" in {p.name for p in METHODS[method].parameters} else {}
    began = time.perf_counter()
    try:
        found = attribute_many(router, trace, method=method, granularity=granularity, **parameters)
    except ValueError as error:
        return {"method": method, "refused": str(error)}
    told = {"method": method, "tokens": len(trace.tokens), "context_tokens": len(trace.context_tokens)}
    told |= {"passes": found[0].passes, "seconds": time.perf_counter() - began}
    return told | {"before_gb": before, "peak_gb": _peak()}


def _peak() -> float:
    """GB, 10^9 bytes; the kernel counts in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", help="write the numbers to this file")
    parser.add_argument("--checkpoint", default="news")
    parser.add_argument("--methods", default=",".join(name for name in METHODS if name not in WITHOUT_MODEL))
    parser.add_argument("--granularity", default="sentence")
    parser.add_argument("--limit", type=float, default=4.0)
    parser.add_argument("--one", help="measure this method in this process, and print a line of JSON")
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(one(arguments.checkpoint, arguments.one, arguments.granularity)))
        return
    found = []
    for method in arguments.methods.split(","):
        options = ["--one", method, "--checkpoint", arguments.checkpoint, "--granularity", arguments.granularity]
        run = subprocess.run(
            [sys.executable, "-m", "benchmarks.attribution_memory", *options],
            check=True,
            capture_output=True,
            text=True,
        )
        found.append(json.loads(run.stdout.splitlines()[-1]))
        show(found[-1])
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"granularity": arguments.granularity, "runs": found}, file, indent=1)
    sys.exit(int(any(told.get("peak_gb", 0) > arguments.limit for told in found)))


def show(told: dict) -> None:
    if "refused" in told:
        print(f"{told['method']:21} {told['refused']}", flush=True)
        return
    words = f"{told['tokens']} + {told['context_tokens']} words"
    print(f"{told['method']:21} {words}  peak {told['peak_gb']:.2f} GB  {told['seconds']:.0f} s", flush=True)


if __name__ == "__main__":
    main()
