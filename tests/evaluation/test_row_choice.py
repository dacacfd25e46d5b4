"""The held-out rows of a training file are found again: those that training held out, and no other."""

import json

import pytest

from dualroute.checkpoints import TRAINING_RECORD
from dualroute.data.splits import load_splits
from dualroute.evaluation.row_choice import choose_rows
from dualroute.families.model_folders import file_sha256
from dualroute.tasks.base import custom_task

TASK = custom_task("x", "h", "y")


@pytest.mark.parametrize("most", [0, 40, 200, 700, 5000])
@pytest.mark.parametrize("seed", [0, 3])
def test_evaluation_and_baselines_use_the_rows_of_training(most, seed, tmp_path):
    data = tmp_path / "mine.csv"
    lines = [f"title {i % 990},body {i % 990},{'abc'[i % 3]}" for i in range(1000)]
    data.write_text("\n".join(["x,h,y", *lines, ",no title,a"]) + "\n")
    record = {"data_sha256": file_sha256(data), "settings": {"seed": seed, "max_rows": most}}
    (tmp_path / TRAINING_RECORD).write_text(json.dumps(record))
    trained = load_splits(TASK, data, seed=seed, max_rows=most)
    chosen = choose_rows(TASK, data, str(tmp_path))
    assert chosen.splits is not None
    assert (chosen.rows, chosen.splits.train) == (trained.validation, trained.train)
    assert not {row.x for row in chosen.rows} & {row.x for row in chosen.splits.train}
    assert chosen.skipped == 1
    assert chosen.note.startswith(f"the {len(trained.validation):,} rows held out of the 1,000 of the training file")


def test_a_record_without_a_limit_is_of_all_rows(tmp_path):
    data = tmp_path / "mine.csv"
    data.write_text("x,h,y\n" + "".join(f"title {i},body,{'ab'[i % 2]}\n" for i in range(300)))
    record = {"data_sha256": file_sha256(data), "settings": {"seed": 0}}
    (tmp_path / TRAINING_RECORD).write_text(json.dumps(record))
    assert choose_rows(TASK, data, str(tmp_path)).rows == load_splits(TASK, data).validation
