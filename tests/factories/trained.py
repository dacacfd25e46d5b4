"""A tiny random backbone in a folder, tiny data files, and one router trained on them."""

import json
import random
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertModel, BertTokenizer

from dualroute.tasks.base import custom_task
from dualroute.training.settings import TrainingSettings
from dualroute.training.train import train

TOPICS = {"sea": ("ship", "wave", "fish"), "sky": ("cloud", "bird", "wind"), "city": ("street", "tram", "house")}
PLAIN = ("it", "was", "seen", "again", "today")
TASK = custom_task("title", "body", "topic")
SETTINGS = TrainingSettings(epochs=8, batch_size=16, learning_rate=1e-2, budget=0.05)
SMALL = {"hidden_size": 32, "num_heads": 2, "router_size": 8}


def make_rows(count: int, seed: int) -> list[dict]:
    """Half of the titles tell the topic, the bodies always do."""
    draw = random.Random(seed)
    rows = []
    for number in range(count):
        topic = draw.choice(sorted(TOPICS))
        word = draw.choice(TOPICS[topic]) if number % 2 else draw.choice(PLAIN)
        title = draw.sample([word, *draw.sample(PLAIN, 2)], 3)
        body = [draw.choice(TOPICS[topic]), *draw.sample(PLAIN, 3)]
        rows.append({"title": " ".join(title), "body": " ".join(body), "topic": topic})
    return rows


def write_jsonl(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@contextmanager
def one_thread():
    """Matrices this small are slower with more."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@pytest.fixture(scope="module", autouse=True)
def run_on_one_thread():
    with one_thread():
        yield


@pytest.fixture(scope="session")
def task():
    """The three columns of the tiny data as a task."""
    return TASK


@pytest.fixture(scope="session")
def rows_to_file():
    """A function (path, count, seed) -> path that writes a tiny data file."""
    return lambda path, count, seed=9: write_jsonl(path, make_rows(count, seed))


@pytest.fixture(scope="session")
def backbone(tmp_path_factory) -> str:
    """Folder of a random BERT of one layer with a word-level vocabulary."""
    folder = tmp_path_factory.mktemp("backbone")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *PLAIN, *(w for ws in TOPICS.values() for w in ws)]
    BertTokenizer(vocab={word: i for i, word in enumerate(words)}).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
    )
    torch.manual_seed(0)
    BertModel(config).save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="session")
def data(tmp_path_factory) -> Path:
    """Folder with train, validation and test rows in JSON Lines."""
    folder = tmp_path_factory.mktemp("data")
    for seed, (split, count) in enumerate({"train": 200, "validation": 40, "test": 60}.items()):
        write_jsonl(folder / f"{split}.jsonl", make_rows(count, seed))
    return folder


@pytest.fixture(scope="session")
def trained(tmp_path_factory, data, backbone) -> Path:
    """Folder of a router trained long enough to be right more often than not."""
    out = tmp_path_factory.mktemp("trained")
    with one_thread():
        train(TASK, data, out, SETTINGS, SMALL, backbone)
    return out
