"""Four commands from a messy file to the page: Excel's table, weights in bfloat16, a console that cannot write θ."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from .serving import serve
from .visitor import Visitor

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = ("--x", "Überschrift", "--h", "Text", "--label", "Thema")
CONSOLE = os.environ | {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "PYTHONPATH": str(ROOT)}
NETWORK = {"HF_HUB_OFFLINE": "1"}


@pytest.fixture(scope="module")
def messy(tmp_path_factory, rows_to_file):
    """200 rows as Excel writes them in German: cp1252, semicolons, an index column, CRLF, quotes, rows to leave out."""
    import json

    folder = tmp_path_factory.mktemp("messy")
    rows = [json.loads(line) for line in rows_to_file(folder / "rows.jsonl", 200).read_text().splitlines()]
    lines = [";Überschrift ;Text;Thema"]
    lines += [f'{n};{r["title"]};"{r["body"]}; ""é""";{r["topic"]}' for n, r in enumerate(rows)]
    lines += ["", "200;…;once more;sea", "201;;no title;sky", "202;it was;;city", "203;it was again;seen;"]
    path = folder / "messy.CSV"
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    return path


@pytest.fixture(scope="module")
def half(tmp_path_factory, backbone):
    """The tiny backbone with its weights in bfloat16."""
    folder = tmp_path_factory.mktemp("half")
    AutoModel.from_pretrained(backbone).to(torch.bfloat16).save_pretrained(folder)
    AutoTokenizer.from_pretrained(backbone).save_pretrained(folder)
    return folder


def command(folder: Path, *arguments: object) -> str:
    line = [sys.executable, "-m", "dualroute", *map(str, arguments)]
    done = subprocess.run(line, cwd=folder, env=CONSOLE | NETWORK, capture_output=True)
    assert done.returncode == 0, done.stderr.decode("cp1252")[-3000:]
    return done.stdout.decode("cp1252") + done.stderr.decode("cp1252")


def test_four_commands(messy, half, tmp_path, browser):
    (tmp_path / "half").symlink_to(half)
    small = ("--hidden-size", 32, "--router-size", 8, "--epochs", 3, "--learning-rate", 0.01)
    said = command(tmp_path, "train", "--data", messy, *COLUMNS, "--backbone", "half", *small, "--out", "runs/mine")
    assert "checkpoint is in runs" in said
    assert "cp1252" in said  # how the file was decoded
    said = command(tmp_path, "evaluate", "--checkpoint", "runs/mine", "--data", messy, "--draws", 2)
    assert "routed, theta =" in said
    assert "rows" in command(tmp_path, "rows", "runs/mine", "--data", messy, "--draws", 2)
    line = (sys.executable, "-m", "dualroute", "serve", "--checkpoint", "runs/mine", "--no-mcp")
    with serve(
        tmp_path, command=line, env=CONSOLE | NETWORK | {"GRADIO_TEMP_DIR": str(tmp_path)}, cwd=tmp_path
    ) as server:
        visitor = Visitor(browser, server.url, start=server.url)
        visitor.page.wait_for_selector(".dr-empty")
        assert visitor.texts(".dr-x-label")[0] == "Überschrift"
        visitor.write("#x textarea", "it was seen 🙃")
        visitor.write("#h textarea", "a ship é")
        visitor.page.click("#run")
        visitor.page.wait_for_selector(".dr[data-ready]:not(.dr-empty)")
        assert visitor.texts(".dr-x button.dr-tok") == ["it", "was", "seen", "🙃"]
        visitor.open("Thresholds")
        visitor.page.wait_for_selector("[data-ready=mine]")
        visitor.open("Results")
        visitor.page.wait_for_selector("text=What to look at")
        assert visitor.problems == []
        visitor.close()
        assert "Traceback" not in server.log
