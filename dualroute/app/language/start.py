"""What the tab "Language model" begins with: the choices, and questions that were really answered.

`python -m dualroute.app.language.start` answers the questions anew and stores what came of it.
"""

import json
from functools import lru_cache
from pathlib import Path

from dualroute.app.language.handlers import sources_of, write
from dualroute.app.language.models import (
    EMBEDDED,
    GATES,
    TITLES,
    default_gate,
    is_hosted,
    missing,
    offered,
    trained_gates,
)
from dualroute.app.language.requests import MAX_TOKENS
from dualroute.attribute.methods import METHODS
from dualroute.paths import assets_dir

QUESTIONS = (  # (caption, gate, prompt, passage); no gate: the one that the page begins with
    ("A year", "", "When was the inn at Marlow built?", "The inn at Marlow was built in 1702."),
    (
        "A painter",
        "",
        "Who painted the picture above the fireplace?",
        "The inn at Marlow was built in 1702. Above its fireplace hangs a picture of a grey horse, which Edith Brandt "
        "painted in 1931.",
    ),
    (
        "Two passages",
        "",
        "Which architect designed the lighthouse on Vell Island?",
        "The lighthouse on Vell Island is 40 metres high. It was designed by the architect Clara Mendes.\n\n"
        "The bridge at Orrin was opened in 1920. It was designed by the engineer Thomas Hale.",
    ),
    (
        "A headline",
        "lm-headlines",
        "Write a headline.",
        "ORRIN - The ferry between Orrin and Vell Island will stop on Monday for three weeks, since its engine must be "
        "repaired, the harbour company said. Islanders can use a bus over the new bridge until then.",
    ),
)
# What is wrong with the stored answers, as people judged them; "" for a right one.
FAULTS = {
    "The inn at Marlow was built in 1702.": "",
    "The picture above the fireplace is a nod to the 1931 painting of a grey horse by Edith Brandt.": (
        "By the passage the picture is the painting of 1931, and no nod to it."
    ),
    "The lighthouse on Vell Island was designed by the architect Clara Mendes, while the bridge at Orrin was opened in "
    "1920.": "The name is right; the rest of the answer was not asked for.",
}


def start() -> dict:
    """A `LanguageStart`."""
    trained = [
        {
            "name": name,
            "title": f"Trained: {name}",
            "help": _trained_on(config.get("training", {})),
            "full": bool(config.get("router", {}).get("full")),
            "trained": True,
        }
        for name, config in trained_gates().items()
    ]
    untrained = [
        {"name": name, "title": title, "help": words, "full": full, "trained": False}
        for name, (title, words, full) in GATES.items()
    ]
    return {
        "models": [(name, TITLES.get(name, name)) for name in offered()],
        "gates": trained + untrained,
        "gate": default_gate(),
        "free": not is_hosted(),
        "missing": missing(),
        "examples": json.dumps(stored_examples()),
        "methods": [
            {"name": name, "title": method.title, "trust": method.trust}
            for name, method in METHODS.items()
            if method.runs_model and name != "layer_conductance"
        ],
        "mostTokens": MAX_TOKENS,
    }


def _trained_on(training: dict) -> str:
    """What a trained gate has learned from, in words."""
    text = "a small router, trained on answers whose passage helps and on others whose passage cannot"
    prompt = training.get("frame", {}).get("prompt", "{h}")
    return text if "{" in prompt else f"{text}, all to the prompt “{prompt}”"


def examples_file() -> Path:
    """Where the answered questions are."""
    return assets_dir() / "language" / "examples.json"


@lru_cache
def stored_examples() -> list[dict]:
    """The answered questions, as `LanguageExample`; [] where there are none."""
    path = examples_file()
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []


def answer_questions() -> list[dict]:
    """Answer the questions by the embedded model, greedily; `LanguageExample`s, without the seconds that it took."""
    found = []
    for caption, gate, prompt, passage in QUESTIONS:
        request = {"model": EMBEDDED, "gate": gate, "prompt": prompt, "passage": passage}
        *_, written = write(request | {"max_tokens": 48})
        *_, parts = sources_of(request | {"ids": written["payload"]["given"]})
        for flow in ("routed", "direct", "merged"):
            written[flow]["costs"]["seconds"] = 0.0
        parts["seconds"] = 0.0
        found.append({"caption": caption, "written": written, "sources": parts})
    return found


def main() -> None:
    path = examples_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(answer_questions(), ensure_ascii=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
