"""Seconds to load each shipped checkpoint once its backbone is in memory, and the memory that all of them take.

python -m benchmarks.loading [--json OUT]

Every checkpoint is loaded in a fresh process, after the backbone alone; then all of them together in another. Memory
is what the process holds of its own and shared pages (resident set), Python and torch included.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

from dualroute.paths import shipped

REPEATS = 3
LARGEST_SECONDS, LARGEST_BYTES = 1.0, 1.5e9
CHILD = """
import json, sys, time
import psutil
import dualroute
from dualroute.families.dual_route.backbone import load_backbone
from dualroute.families.dual_route.config import DualRouteConfig

load_backbone(DualRouteConfig().backbone)
resident = psutil.Process().memory_info().rss
seconds, kept = {}, []
for name in sys.argv[1:]:
    begun = time.perf_counter()
    kept.append(dualroute.load(name))
    seconds[name] = time.perf_counter() - begun
print(json.dumps({"seconds": seconds, "before": resident, "after": psutil.Process().memory_info().rss}))
"""


def load_fresh(names: list[str]) -> dict:
    """{seconds by name, resident bytes before and after} of a process that loads `names` one after another."""
    done = subprocess.run([sys.executable, "-c", CHILD, *names], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def measure(names: list[str]) -> dict:
    """Medians over `REPEATS` fresh processes for each checkpoint, and one process with all."""
    seconds = {name: [load_fresh([name])["seconds"][name] for _ in range(REPEATS)] for name in names}
    together = load_fresh(names)
    return {
        "benchmark": "loading",
        "seconds": {name: {"median": statistics.median(times), "max": max(times)} for name, times in seconds.items()},
        "backbone_bytes": together["before"],
        "all_bytes": together["after"],
        "aims": {"seconds": LARGEST_SECONDS, "bytes": LARGEST_BYTES},
    }


def show(results: dict) -> None:
    for name, times in results["seconds"].items():
        said = "" if times["median"] <= LARGEST_SECONDS else "  missed"
        print(f"{name:<28}{times['median']:>8.3f} s, at most {times['max']:.3f} s{said}")
    before, after = (results[key] / 1e6 for key in ("backbone_bytes", "all_bytes"))
    said = "" if results["all_bytes"] <= LARGEST_BYTES else "  missed"
    print(f"resident: {before:.0f} MB with the backbone alone, {after:.0f} MB with all {len(results['seconds'])}{said}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--json", type=Path, dest="json_out", metavar="OUT")
    given = parser.parse_args()
    results = measure(shipped())
    show(results)
    if given.json_out:
        given.json_out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
