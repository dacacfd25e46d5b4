"""Texts that a generator writes for rows chosen by a hash, neither the best nor the worst; no text of a data set."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from dualroute.api import DualRouter
from dualroute.images import find_pictures
from dualroute.tasks import Example, Task
from dualroute.training.collect import collect
from dualroute.training.data import encode_examples
from dualroute.training.rows import limited, read_rows, without_empty

FILE = "samples.md"


def samples(router: DualRouter, task: Task, files: Iterable[Path], count: int = 20) -> str:
    """Markdown with `count` texts, the same number from each of `files`, as the router decides by default.

    What they were written from and what was expected is left out: the data's licences may not let it be passed on.
    """
    files = list(map(Path, files))
    lines = [f"# What `{task.name}` writes", "", _HEAD.format(count=count), ""]
    for path in files:
        rows = limited(without_empty(read_rows(task, path), path.name), count // len(files))
        lines += [f"## {path.resolve().parent.name}, {path.name}", ""]
        lines += [f"- `{row.id}` {text}" for row, text in zip(rows, _written(router, task, rows, path), strict=True)]
        lines.append("")
    return "\n".join(lines)


def _written(router: DualRouter, task: Task, rows: list[Example], path: Path) -> list[str]:
    model = router.model
    with tempfile.TemporaryDirectory(prefix="dualroute-") as cache:
        dataset = encode_examples(model.backbone, rows, model.config, Path(cache), "samples", find_pictures(path))
        corpus = collect(model, dataset, metric=task.metric)
    return corpus.texts(*corpus.decision(model.config.policy, model.config.threshold), model.config.num_beams)


_HEAD = (
    "{count} texts for test rows that a hash of their content chose, not the best ones. Ids are those of the data; the "
    "articles and their own headlines are not given, since the data sets are not part of this repository."
)
