"""Does the page's memory grow? Attributions of all methods and tests of faithfulness by ten visitors over loopback.

    python -m benchmarks.memory [--attributions 300] [--measures 30] [--longest 240] [--tasks news,vqa-easy] [--app APP]

Every visitor has a session of its own and takes the turns of the page: what its button sends, what its stream answers.
Inputs of all shipped tasks, texts cut or joined to lengths from 4 to 240 words, pictures as they are; each attribution
is by the next method, each tenth is a test of faithfulness by two methods. Memory is the resident set of the server's
process after every thirtieth, a moment after its last answer, when the page has given back what it needed for it; the
aim compares the end of the first third, when all models and methods have run, with the end of the last one. Ends with
1 where it is missed.
"""

import json
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np

from benchmarks.browser import APP, PATIENCE, app, option, report
from benchmarks.soak import server_process
from dualroute.app.memory import SECONDS
from dualroute.attribute.methods import METHODS
from dualroute.checkpoints import VARIANT
from dualroute.paths import shipped
from dualroute.trace.record import Trace

VISITORS, AIM, POINTS = 10, 1.05, 30
LENGTHS = (4, 9, 17, 30, 48, 75, 110, 160, 240)  # words of a text
FEW = {"n_samples": 12}
FAITHFUL = ("exact", "input_x_gradient", "feature_ablation", "saliency")


class Visitor:
    """A session: what a browser sends when a button is pressed, and the last payload that comes back."""

    def __init__(self, url: str, calls: dict[str, int]):
        self.url, self.calls, self.session = f"{url}/gradio_api", calls, uuid.uuid4().hex[:10]

    def ask(self, event: str, request: dict) -> dict:
        """The last payload of the stream of `event`."""
        body = {"data": [], "event_data": request, "fn_index": self.calls[event], "session_hash": self.session}
        with httpx.Client(timeout=PATIENCE) as client:
            client.post(f"{self.url}/queue/join", json=body).raise_for_status()
            with client.stream("GET", f"{self.url}/queue/data", params={"session_hash": self.session}) as stream:
                for line in stream.iter_lines():
                    told = json.loads(line[6:]) if line.startswith("data: ") else {}
                    if told.get("msg") == "process_completed":
                        return told
        raise RuntimeError("the stream ended before its answer")

    def ask_all(self, asked: list[tuple[str, dict]]) -> list[dict]:
        """The last payload of each."""
        return [self.ask(*one) for one in asked]


def calls_of(url: str) -> dict[str, int]:
    """The number of each of the workbench's events."""
    known = httpx.get(f"{url}/config", timeout=PATIENCE).json()["dependencies"]
    return {one["api_name"]: one["id"] for one in known if one["api_name"] in ("run_methods", "measure")}


def inputs_of(task: str) -> list[dict]:
    """Shipped examples as requests."""
    path = Path(__file__).resolve().parents[1] / "assets" / "examples" / f"{task.split(VARIANT)[0]}.jsonl"
    traces = [json.loads(line)["trace"] for line in path.read_text(encoding="utf-8").splitlines()]
    return [request_of(task, Trace.from_json(json.dumps(trace))) for trace in traces]


def request_of(task: str, trace: Trace) -> dict:
    return {"checkpoint": task, "x": trace.x, "h": trace.h, "image": trace.image or None}


def lengthened(request: dict, words: int) -> dict:
    """The same with x of so many words, and h, where it is a text of one line, of twice as many."""
    changed = {"x": _repeat(request["x"], words)}
    if request["h"] and "\n" not in request["h"]:
        changed["h"] = _repeat(request["h"], 2 * words)
    return request | changed


def _repeat(text: str, words: int) -> str:
    return " ".join((text.split() * words)[:words])


def requests(tasks: list[str], attributions: int, measures: int, longest: int) -> list[tuple[str, dict]]:
    """(event, request) in their order; the same for every run."""
    generator, inputs = np.random.default_rng(0), {task: inputs_of(task) for task in tasks}
    methods, made, lengths = list(METHODS), [], [words for words in LENGTHS if words <= longest]
    every = max(1, attributions // max(1, measures))
    for number in range(attributions):
        task = tasks[number % len(tasks)]
        base = inputs[task][int(generator.integers(len(inputs[task])))]
        name, words = methods[number // len(tasks) % len(methods)], int(generator.choice(lengths))
        parameters = FEW if "n_samples" in {one.name for one in METHODS[name].parameters} else {}
        asked = lengthened(base, words) | {"targets": ["prediction", "gate"], "granularity": "word"}
        made.append(("run_methods", asked | {"id": number, "key": "", "methods": {name: parameters}}))
        if number % every == every - 1:
            chosen = {one: {} for one in generator.choice(FAITHFUL, 2, replace=False)}
            asked = lengthened(base, min(words, 48)) | {"targets": ["prediction", "gate"], "granularity": "word"}
            made.append(("measure", asked | {"id": number, "key": "", "methods": chosen}))
    return made


def main() -> None:
    attributions = option("--attributions", int, 300, "how many")
    measures = option("--measures", int, 30, "how many tests of faithfulness")
    tasks = option("--tasks", str, ",".join(sorted(shipped())), "names of checkpoints").split(",")
    with app(option("--app", Path, APP, "another app.py")) as (url, _), ThreadPoolExecutor(VISITORS) as pool:
        process, calls = server_process(), calls_of(url)
        visitors = [Visitor(url, calls) for _ in range(VISITORS)]
        made = requests(tasks, attributions, measures, option("--longest", int, LENGTHS[-1], "words of a text"))
        memory, errors = [], 0
        size = max(1, len(made) // POINTS)
        for first in range(0, len(made), size):
            # A visitor asks one thing at a time, ten visitors at once.
            turns = [made[first : first + size][place::VISITORS] for place in range(VISITORS)]
            answered = pool.map(
                lambda pair: [pair[0].ask(*asked) for asked in pair[1]], zip(visitors, turns, strict=True)
            )
            told = [one for of_visitor in answered for one in of_visitor]
            errors += sum(not one["success"] or '"error"' in json.dumps(one["output"]) for one in told)
            time.sleep(2 * SECONDS)  # memory is given back so long after the last answer at most
            memory.append(process.memory_info().rss / 2**20)
            print(f"{min(first + size, len(made))} of {len(made)}, {errors} refused, {memory[-1]:.0f} MB", flush=True)
    third = memory[len(memory) // 3 - 1]
    growth = memory[-1] / third
    report(
        f"{attributions} attributions and {measures} tests by {VISITORS} visitors: {third:.0f} MB after the first "
        f"third, {memory[-1]:.0f} MB at the end, ratio {growth:.3f}",
        {"benchmark": "memory", "attributions": attributions, "measures": measures, "tasks": tasks}
        | {"memory_mb": [round(value) for value in memory], "ratio": round(growth, 4), "aim": AIM},
    )
    sys.exit(int(growth > AIM))


if __name__ == "__main__":
    main()
